import type { Context } from 'hono'
import { attributeDefinitions } from '../accounts/attributes.ts'
import type { StartedSession } from '../accounts/sessions.ts'
import type { DeclineInvitation } from '../membership/commands.ts'
import type { Acceptance } from '../onboarding/acceptance.ts'
import type { ExecutedCommand } from '../organization/requests.ts'
import type { HttpEnvironment } from './environment.ts'
import * as present from './present.ts'
import { problem } from './problems.ts'

/** Answers whoever has accepted an invitation. */
export async function accepted(
  c: Context<HttpEnvironment>,
  acceptance: Acceptance,
  session: StartedSession | null,
): Promise<Response> {
  c.header('Muster-Revision', String(acceptance.revision))
  if (acceptance.replayed) c.header('Idempotency-Replayed', 'true')
  return c.json({
    object: 'accepted_invitation',
    ...present.joined(acceptance, await attributeDefinitions(c.env.ACCOUNTS)),
    ...(session === null ? {} : { session: present.startedSession(session) }),
  })
}

/** Answers a person who has declined an invitation. */
export function declined(c: Context<HttpEnvironment>, executed: ExecutedCommand<DeclineInvitation>): Response {
  if (!executed.ok) return problem(c, executed.error)
  c.header('Muster-Revision', String(executed.revision))
  if (executed.replayed) c.header('Idempotency-Replayed', 'true')
  return c.json({ object: 'declined_invitation', id: executed.value.id, status: 'declined' })
}
