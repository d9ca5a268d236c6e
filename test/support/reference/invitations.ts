import type { BulkRow } from '../../../src/membership/commands.ts'
import { days, minutes } from '../commands.ts'
import { enter, secondOwner } from './arrivals.ts'
import { judged, type Rules, refusedWith, type Situation, unchanged } from './judgement.ts'
import { lacks, type ModelInvitation, mayActOn, mayGive, type ReferenceModel } from './model.ts'

export const invitationRules: Rules<
  | 'InviteMember'
  | 'ResendInvitation'
  | 'CancelInvitation'
  | 'AcceptInvitation'
  | 'DeclineInvitation'
  | 'ExpireInvitations'
> = {
  InviteMember(situation, command) {
    const { model, rights, now } = situation
    const refusal = lacks(rights, 'members:manage')
    if (refusal !== null) return refusedWith(refusal)
    const { expiresAt, email, role, sendEmail } = command
    const outOfRange = expiresAt !== null && (expiresAt <= now || expiresAt > now + days(90))
    return judged(
      [
        [outOfRange, 'invalid'],
        ...roleRules(situation, role),
        ...addressRules(model, email, now),
        [model.full(now), 'seat_limit_reached'],
        [sendEmail && model.mailsLeft(command.mailsPerDay, now) <= 0, 'invitation_rate_limited'],
      ],
      () => {
        invite(situation, command, expiresAt ?? now + command.defaultLifetimeMs)
        if (sendEmail) model.mailSent(now)
      },
    )
  },

  ResendInvitation(situation, command) {
    const { model, rights, now } = situation
    const refusal = lacks(rights, 'members:manage')
    if (refusal !== null) return refusedWith(refusal)
    const invitation = model.invitations.get(command.invitationId)
    if (invitation === undefined) return refusedWith('not_found')
    const status = statusOf(invitation, now)
    const expired = status === 'expired'
    return judged(
      [
        [status !== 'pending' && !expired, 'invitation_not_pending'],
        [invitation.email.endsWith('@deleted.invalid'), 'invitation_not_pending'],
        ...roleRules(situation, invitation.role),
        ...(expired
          ? addressRules(model, invitation.email, now)
          : [[model.holderOf(invitation.email) !== undefined, 'already_member'] as const]),
        [expired && model.full(now), 'seat_limit_reached'],
        [now < invitation.sentAt + minutes(1), 'resend_too_soon'],
        [model.mailsLeft(command.mailsPerDay, now) <= 0, 'invitation_rate_limited'],
      ],
      () => {
        const expiresAt = now + command.defaultLifetimeMs
        const { maker: before, role } = invitation
        const stands = before === null || (!model.isSuspended(before) && model.couldInvite(before, role))
        const maker = stands ? before : rights.maker
        Object.assign(invitation, { status: 'pending', sends: invitation.sends + 1, sentAt: now, expiresAt, maker })
        model.mailSent(now)
      },
    )
  },

  CancelInvitation({ model, rights, now }, { invitationId }) {
    const refusal = lacks(rights, 'members:manage')
    if (refusal !== null) return refusedWith(refusal)
    const invitation = model.invitations.get(invitationId)
    if (invitation === undefined) return refusedWith('not_found')
    const settled = !['pending', 'canceled'].includes(statusOf(invitation, now))
    return judged(
      [
        [
          model.roleExists(invitation.role) && !mayActOn(rights, invitation.role, model.grants(invitation.role)),
          'forbidden',
        ],
        [settled, 'invitation_not_pending'],
      ],
      () => {
        invitation.status = 'canceled'
      },
    )
  },

  AcceptInvitation({ model, now }, { invitationId, sendNumber, person }) {
    const invitation = model.invitations.get(invitationId)
    if (invitation === undefined) return refusedWith('not_found')
    const known = model.memberWhere(({ userId }) => userId === person.userId)
    const member = known?.status === 'removed' ? undefined : known
    if (invitation.status === 'accepted') {
      return member !== undefined && member.id === invitation.memberId
        ? unchanged
        : refusedWith('invitation_not_pending')
    }
    return judged(
      [
        ...linkRules(invitation, sendNumber, now),
        [isUnfounded(model, invitation), 'invitation_canceled'],
        [model.isSuspended(invitation.maker), 'maker_suspended'],
        [person.email !== invitation.email, 'email_mismatch'],
        [member === undefined && model.holderOf(invitation.email) !== undefined, 'already_member'],
        [member === undefined && secondOwner(model, invitation.role), 'single_owner'],
      ],
      () => {
        const accepting = member ?? enter(model, person, invitation.role)
        Object.assign(invitation, { status: 'accepted', memberId: accepting.id })
      },
    )
  },

  DeclineInvitation({ model, now }, { invitationId, sendNumber }) {
    const invitation = model.invitations.get(invitationId)
    if (invitation === undefined) return refusedWith('not_found')
    if (invitation.status === 'declined') return unchanged
    if (invitation.status === 'accepted') return refusedWith('invitation_not_pending')
    return judged([...linkRules(invitation, sendNumber, now)], () => {
      invitation.status = 'declined'
    })
  },

  /** Whether or not time has been written down makes no difference to any answer. */
  ExpireInvitations: () => unchanged,
}

/** Its maker could not give the role as it is now. */
const isUnfounded = (model: ReferenceModel, { maker, role }: ModelInvitation): boolean =>
  maker !== null && !model.couldInvite(maker, role)

type Checks = readonly (readonly [boolean, string])[]

/** May this actor invite into this role, and may there be such an invitation? */
export function roleRules({ model, rights }: Situation, role: string): Checks {
  if (!model.roleExists(role)) return [[true, 'invalid']]
  return [
    [!mayGive(rights, role, model.grants(role)), 'forbidden'],
    [secondOwner(model, role), 'single_owner'],
  ]
}

export const addressRules = (model: ReferenceModel, email: string, now: number): Checks => [
  [model.holderOf(email) !== undefined, 'already_member'],
  [model.openInvitation(email, now) !== undefined, 'already_invited'],
]

/** Statuses come first, then whether the link is the newest, then time. */
function linkRules(invitation: ModelInvitation, sendNumber: number, now: number): Checks {
  if (invitation.status === 'canceled') return [[true, 'invitation_canceled']]
  if (invitation.status === 'declined') return [[true, 'invitation_declined']]
  return [
    [sendNumber !== invitation.sends, 'invitation_link_superseded'],
    [statusOf(invitation, now) === 'expired', 'invitation_expired'],
  ]
}

export const statusOf = (invitation: ModelInvitation, now: number): ModelInvitation['status'] =>
  invitation.status === 'pending' && now >= invitation.expiresAt ? 'expired' : invitation.status

export function invite(
  { model, rights, now }: Situation,
  { invitationId, email, role }: Pick<BulkRow, 'invitationId' | 'email' | 'role'>,
  expiresAt: number,
): void {
  const born = { sends: 1, sentAt: now, expiresAt, memberId: null, maker: rights.maker }
  model.invitations.set(invitationId, { id: invitationId, email, role, status: 'pending', ...born })
}
