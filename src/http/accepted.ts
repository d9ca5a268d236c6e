import type { Context } from 'hono'
import { attributeDefinitions } from '../accounts/attributes.ts'
import type { StartedSession } from '../accounts/sessions.ts'
import type { Acceptance } from '../onboarding/acceptance.ts'
import type { HttpEnvironment } from './environment.ts'
import * as present from './present.ts'

/** Answers whoever has accepted an invitation. */
export async function accepted(
  c: Context<HttpEnvironment>,
  acceptance: Acceptance,
  session: StartedSession | null,
): Promise<Response> {
  c.header('Muster-Revision', String(acceptance.revision))
  return c.json({
    object: 'accepted_invitation',
    ...present.joined(acceptance, await attributeDefinitions(c.env.DIRECTORY)),
    ...(session === null ? {} : { session: present.startedSession(session) }),
  })
}
