import { type Context, Hono } from 'hono'
import { configOf } from '../../../env.ts'
import { statusAt } from '../../../membership/invitation.ts'
import { obstacleToManage } from '../../../membership/offers.ts'
import { invitationTerms, linkFor } from '../../../onboarding/invitation-terms.ts'
import type { PortalEnvironment } from '../../environment.ts'
import { redirectWith } from '../../flash.ts'
import { ask, callerOf, carryOut } from '../../organization-call.ts'
import { refusedPage } from '../../refused-page.tsx'
import { shellPage } from '../../shell-page.tsx'
import { ConfirmCancellation } from './confirmations.tsx'
import { InvitationLink } from './invitation-link.tsx'
import { notDone } from './not-done.tsx'
import { outlookOf } from './outlook.ts'
import { wayBack } from './way-back.ts'

type InvitationContext = Context<PortalEnvironment>

const INVITATION = '/:invitation{inv_[0-9a-z]+}'

/** What can be done about an invitation that waits for an answer. */
export const pendingRoutes = new Hono<PortalEnvironment>()

pendingRoutes.post(`${INVITATION}/resend`, async (c) => {
  const { settings } = c.var
  const terms = invitationTerms(settings)
  const done = await carryOut(c, { type: 'ResendInvitation', invitationId: invitationId(c), ...terms })
  return done.ok ? redirectWith(c, wayBack(c), 'invitation_resent') : notDone(c, done.error, toList(c))
})

pendingRoutes.get(`${INVITATION}/cancel`, async (c) => {
  const found = await ask(c, { type: 'GetInvitation', invitationId: invitationId(c) })
  if (!found.ok) return notDone(c, found.error, toList(c))
  if (!c.var.workplace.may('members:manage')) return refusedPage(c, { code: 'forbidden', permission: 'members:manage' })
  const props = { action: c.req.path, back: toList(c).back, email: found.value.email }
  return shellPage(c, { title: 'Cancel invitation', section: 'members' }, <ConfirmCancellation {...props} />)
})

pendingRoutes.post(`${INVITATION}/cancel`, async (c) => {
  const done = await carryOut(c, { type: 'CancelInvitation', invitationId: invitationId(c) })
  return done.ok ? redirectWith(c, wayBack(c), 'invitation_canceled') : notDone(c, done.error, toList(c))
})

/** For people who could have made the invitation, and only if its link proves nothing. */
pendingRoutes.get(`${INVITATION}/link`, async (c) => {
  const [found, team] = await Promise.all([
    ask(c, { type: 'GetInvitation', invitationId: invitationId(c) }),
    ask(c, { type: 'ViewTeam', roster: null }),
  ])
  if (!found.ok) return notDone(c, found.error, toList(c))
  if (!team.ok) return refusedPage(c, team.error)
  const invitation = found.value
  const obstacle = obstacleToManage(invitation.role, outlookOf(c, team.value))
  if (obstacle !== null) return notDone(c, obstacle, toList(c))
  const status = statusAt(invitation, Date.now())
  if (status !== 'pending') return notDone(c, { code: 'invitation_not_pending', status }, toList(c))
  const url = linkFor(callerOf(c), configOf(c.env), invitation)
  if (url === null) return notDone(c, { code: 'not_found', resource: 'invitation' }, toList(c))
  const props = { email: invitation.email, url, back: toList(c).back }
  return shellPage(c, { title: 'Invitation link', section: 'members' }, <InvitationLink {...props} />)
})

pendingRoutes.get(`${INVITATION}/resend`, (c) => c.redirect(toList(c).back))

const invitationId = (c: InvitationContext): string => c.req.param('invitation') ?? ''

const toList = (c: InvitationContext) =>
  ({ section: 'members', back: `${c.var.workplace.path}/members`, name: 'Back to the members' }) as const
