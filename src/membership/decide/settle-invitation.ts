import type { Context } from '../authority.ts'
import { type Change, event, invitationTarget } from '../decision.ts'
import { type Invitation, isOpen } from '../invitation.ts'
import type { Member } from '../member.ts'

/** The invitee is a member now. Their seat is the one that the invitation held, so one person never holds two. */
export function settleInvitation(before: Invitation, member: Member, { now }: Pick<Context, 'now'>): Change[] {
  const after: Invitation = { ...before, status: 'accepted', acceptedAt: now, memberId: member.id }
  return [
    { kind: 'invitation', before, after },
    event('invitation.accepted', invitationTarget(after), { email: after.email, member_id: member.id }),
  ]
}

/** For every way in without the invitation: settles the open one of the same address, if there is one. */
export const settleOpen = (invitation: Invitation | null, member: Member, context: Pick<Context, 'now'>): Change[] =>
  isOpen(invitation, context.now) ? settleInvitation(invitation, member, context) : []
