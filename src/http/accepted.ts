import type { Context } from 'hono'
import { attributeDefinitions } from '../accounts/attributes.ts'
import type { StartedSession } from '../accounts/sessions.ts'
import type { Acceptance } from '../onboarding/acceptance.ts'
import type { HttpEnvironment } from './environment.ts'
import * as present from './present.ts'

/** Answers whoever has accepted an invitation. */
export async function accepted(
  c: Context<HttpEnvironment>,
  { member, organization, redirectUrl, revision }: Acceptance,
  session: StartedSession | null,
): Promise<Response> {
  c.header('Muster-Revision', String(revision))
  return c.json({
    object: 'accepted_invitation',
    member: present.member(await attributeDefinitions(c.env.DIRECTORY))(member),
    organization: present.organization(organization, revision),
    ...(session === null ? {} : { session: present.startedSession(session) }),
    ...(redirectUrl === null ? {} : { redirect_url: redirectUrl }),
  })
}
