import { type Context, missing, missingFreshProofToGive, missingToAssign } from '../authority.ts'
import type { ResendInvitation } from '../commands.ts'
import { type Decision, decided, event, invitationTarget, reject } from '../decision.ts'
import { invitationKept, type Maker, makerProblem, takenOver } from '../departure.ts'
import { isErasedAddress } from '../erasure.ts'
import { type Invitation, isOpen, RESEND_INTERVAL_MS, statusAt } from '../invitation.ts'
import { belongs } from '../member.ts'
import type { Rejection } from '../rejection.ts'
import { expiry } from './expire-invitations.ts'
import { type InviteFacts, invitationMail, mailLimitProblem, noFreeSeat, roleProblem } from './invite-member.ts'

/** `invitation` is the one to resend; `pending` the one its address has open by now, which may be another. */
export interface ResendFacts extends InviteFacts {
  readonly pending: Invitation | null
  readonly maker: Maker
}

/**
 * A new link, a full lifetime and a new mail. Earlier links die. An expired invitation takes a seat again. It goes on
 * resting on the authority of its maker; a person who resends an invitation that its maker could no longer make takes it over.
 */
export function resendInvitation(
  facts: ResendFacts,
  command: ResendInvitation,
  context: Context,
): Decision<Invitation> {
  const { organization, tally, role, invitation: before } = facts
  const { authority, now } = context
  const permitted = missing(authority, 'members:manage')
  if (permitted !== null) return reject(permitted)
  if (before === null) return reject({ code: 'not_found', resource: 'invitation' })

  const expired = statusAt(before, now) === 'expired'
  const takesOver = makerProblem(before, role, facts.maker) !== null
  const refusal =
    (role === null ? null : missingToAssign(authority, role)) ??
    notResendable(before, now) ??
    roleProblem(facts, context) ??
    takenMeanwhile(facts, before, now) ??
    (expired ? noFreeSeat(organization, tally) : null) ??
    tooSoon(before, now) ??
    mailLimitProblem(facts, command, now) ??
    (expired || takesOver ? missingFreshProofToGive(role, context) : null)
  if (refusal !== null) return reject(refusal)

  const after: Invitation = {
    ...(takesOver ? takenOver(before, authority) : before),
    status: 'pending',
    sendCount: before.sendCount + 1,
    delivery: 'queued',
    sentAt: now,
    expiresAt: now + command.defaultLifetimeMs,
  }
  const resent = event('invitation.resent', invitationTarget(after), {
    email: after.email,
    send_count: after.sendCount,
    expires_at: new Date(after.expiresAt).toISOString(),
  })
  const overdue = facts.pending !== null && facts.pending.id !== before.id ? expiry(facts.pending) : []
  const kept = takesOver ? [invitationKept(after)] : []
  return decided(after, ...overdue, { kind: 'invitation', before, after }, resent, ...kept, {
    kind: 'mail',
    mail: invitationMail({ organization, role }, after, context),
  })
}

function notResendable(invitation: Invitation, now: number): Rejection | null {
  const status = statusAt(invitation, now)
  const alive = (status === 'pending' || status === 'expired') && !isErasedAddress(invitation.email)
  return alive ? null : { code: 'invitation_not_pending', status }
}

/** Its address may have joined, or have been invited again while this invitation lay expired. */
function takenMeanwhile({ member, pending }: ResendFacts, before: Invitation, now: number): Rejection | null {
  if (belongs(member)) return { code: 'already_member', memberId: member.id }
  const other = isOpen(pending, now) && pending.id !== before.id
  return other ? { code: 'already_invited', invitationId: pending.id } : null
}

function tooSoon(invitation: Invitation, now: number): Rejection | null {
  const waitMs = invitation.sentAt + RESEND_INTERVAL_MS - now
  return waitMs > 0 ? { code: 'resend_too_soon', retryAfterSeconds: Math.ceil(waitMs / 1000) } : null
}
