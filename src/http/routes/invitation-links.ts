import { type Context, Hono } from 'hono'
import { logOf } from '../../accounts/authentication-log.ts'
import { networkOf } from '../../accounts/network.ts'
import { AcceptInvitation } from '../../contract/invitations.ts'
import type { Visitor } from '../../onboarding/acceptor.ts'
import { acceptInvitation, declineInvitation, viewInvitation } from '../../onboarding/answer-invitation.ts'
import { logArrival } from '../../onboarding/log-sign-in.ts'
import { accepted, declined } from '../accepted.ts'
import { nobody } from '../authentication.ts'
import { deviceOfRequest } from '../device-header.ts'
import type { HttpEnvironment } from '../environment.ts'
import { describe } from '../openapi/description.ts'
import * as operation from '../openapi/operations/invitations.ts'
import { unconditional } from '../organization-call.ts'
import * as present from '../present.ts'
import { type AnyRefusal, problem } from '../problems.ts'
import { noBody, optionalBody } from '../validation.ts'

/** For whoever holds an invitation link: the link is the credential. */
export const invitationLinks = new Hono<HttpEnvironment>()

invitationLinks.get('/:token', describe(operation.viewInvitation), async (c) => {
  const viewed = await viewInvitation(c.env, c.var.config.LINK_KEYS, c.req.param('token'))
  if (!viewed.ok) return refused(c, viewed.error)
  if (viewed.value.superseded) return problem(c, { code: 'invitation_link_superseded' })
  c.header('Muster-Revision', String(viewed.value.revision))
  return c.json(present.invitationPreview(viewed.value))
})

invitationLinks.post(
  '/:token/accept',
  describe(operation.acceptInvitation),
  optionalBody(AcceptInvitation),
  async (c) => {
    const repeatable = await unconditional(c)
    if (!repeatable.ok) return problem(c, repeatable.error)
    const acceptance = {
      ...repeatable.value,
      visitor: visitorOf(c),
      introduction: c.req.valid('json'),
      userAgent: c.req.header('User-Agent') ?? null,
      network: networkOf(c.req.header('CF-Connecting-IP')),
      deviceId: deviceOfRequest(c),
    }
    const answer = await acceptInvitation(c.env, c.var.config, c.req.param('token'), acceptance, Date.now())
    if (answer.ok) {
      if (answer.value.session !== null) logArrival(c, answer.value.session.session)
      return accepted(c, answer.value, answer.value.session)
    }
    const { error } = answer
    if (error.code === 'sign_in_required') return c.json(present.signInRequired(error), 202)
    return error.code === 'unauthenticated' ? nobody(c) : refused(c, error)
  },
)

/** A link that leads to no invitation counts for its network. */
function refused(c: Context<HttpEnvironment>, refusal: AnyRefusal): Response {
  if (refusal.code === 'not_found' && refusal.resource === 'invitation') logOf(c).refuse('invalid_invitation_link')
  return problem(c, refusal)
}

/** An API key is no person, and the operator names the person it acts for. Without a person only the link counts. */
function visitorOf(c: Context<HttpEnvironment>): Visitor | null {
  const { caller, session } = c.get('credential') ?? {}
  if (caller?.type !== 'user') return null
  return { ...caller, reachOrganizationId: session?.reachOrganizationId ?? null }
}

invitationLinks.post('/:token/decline', describe(operation.declineInvitation), noBody, async (c) => {
  const repeatable = await unconditional(c)
  if (!repeatable.ok) return problem(c, repeatable.error)
  const { idempotency } = repeatable.value
  const answer = await declineInvitation(c.env, c.var.config.LINK_KEYS, c.req.param('token'), idempotency)
  return answer.ok ? declined(c, answer) : refused(c, answer.error)
})
