import { Hono } from 'hono'
import { AcceptInvitation } from '../../contract/invitations.ts'
import { ListOwnInvitations } from '../../contract/own-organizations.ts'
import { acceptOwnInvitation, declineOwnInvitation, ownInvitations } from '../../onboarding/own-invitations.ts'
import { accepted, declined } from '../accepted.ts'
import { nobody } from '../authentication.ts'
import type { HttpEnvironment } from '../environment.ts'
import { describe } from '../openapi/description.ts'
import * as operation from '../openapi/operations/own-organizations.ts'
import { unconditional } from '../organization-call.ts'
import * as present from '../present.ts'
import { problem } from '../problems.ts'
import { noBody, optionalBody, query } from '../validation.ts'

/** Below `/v1/users/me`, which says who the person is. */
export const ownInvitationRoutes = new Hono<HttpEnvironment>()

ownInvitationRoutes.get('/', describe(operation.listOwnInvitations), query(ListOwnInvitations), async (c) => {
  const { limit, cursor = null } = c.req.valid('query')
  const listed = await ownInvitations(c.env, c.var.person, { limit, cursor }, Date.now())
  return listed.ok ? c.json(present.list(listed.value, present.invitationPreview)) : problem(c, listed.error)
})

ownInvitationRoutes.post(
  '/:invitation/accept',
  describe(operation.acceptOwnInvitation),
  optionalBody(AcceptInvitation),
  async (c) => {
    const { person, personCaller } = c.var
    const repeatable = await unconditional(c)
    if (!repeatable.ok) return problem(c, repeatable.error)
    const said = { introduction: c.req.valid('json'), ...repeatable.value }
    const id = c.req.param('invitation')
    const answer = await acceptOwnInvitation(c.env, person, id, said, Date.now(), personCaller.via)
    if (answer.ok) return accepted(c, answer.value, null)
    return answer.error.code === 'unauthenticated' ? nobody(c) : problem(c, answer.error)
  },
)

ownInvitationRoutes.post('/:invitation/decline', describe(operation.declineOwnInvitation), noBody, async (c) => {
  const repeatable = await unconditional(c)
  if (!repeatable.ok) return problem(c, repeatable.error)
  const { person, personCaller } = c.var
  const { idempotency } = repeatable.value
  const id = c.req.param('invitation')
  return declined(c, await declineOwnInvitation(c.env, person, id, personCaller.via, idempotency))
})
