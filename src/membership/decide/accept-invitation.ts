import type { Context } from '../authority.ts'
import type { AcceptedInvitation, AcceptInvitation, InvitationProof } from '../commands.ts'
import { type Decision, decided, event, memberTarget, reject, unchanged } from '../decision.ts'
import { type Maker, makerProblem } from '../departure.ts'
import { type Invitation, isExpired } from '../invitation.ts'
import { belongs, type Member } from '../member.ts'
import type { Organization } from '../organization.ts'
import type { Rejection } from '../rejection.ts'
import type { Role } from '../roles.ts'
import type { Tally } from '../seats.ts'
import { arrival } from './arrive.ts'
import { secondOwner } from './invite-member.ts'
import { settleInvitation } from './settle-invitation.ts'

export interface AcceptFacts {
  readonly organization: Organization
  readonly tally: Tally
  readonly invitation: Invitation | null
  readonly role: Role | null
  /** The person's own membership, present or past, by account. */
  readonly member: Member | null
  /** Whoever has the invited address in the organization, perhaps under another account. */
  readonly memberOfEmail: Member | null
  readonly maker: Maker
}

/** Turns a pending invitation into a membership. The seat was reserved when the invitation was sent, so none is checked here. */
export function acceptInvitation(
  facts: AcceptFacts,
  command: AcceptInvitation,
  context: Context,
): Decision<AcceptedInvitation> {
  const { organization, tally, invitation: before, role, member, memberOfEmail } = facts
  const { person } = command
  if (before === null || isForeign(before, command)) return reject({ code: 'not_found', resource: 'invitation' })
  if (before.status === 'accepted') {
    if (member === null || member.id !== before.memberId) {
      return reject({ code: 'invitation_not_pending', status: 'accepted' })
    }
    return belongs(member)
      ? unchanged({ member, organization })
      : reject({ code: 'invitation_not_pending', status: 'accepted', formerMember: true })
  }
  const dead = deadProof(before, command, context.now) ?? makerProblem(before, role, facts.maker)
  if (dead !== null) return reject(dead)
  if (person.email !== before.email) return reject({ code: 'email_mismatch' })

  if (command.byLinkAlone && member !== null) return reject({ code: 'sign_in_required' })
  if (belongs(member))
    return decided({ member, organization, acceptedNow: true }, ...settleInvitation(before, member, context))
  if (memberOfEmail !== null) return reject({ code: 'already_member', memberId: memberOfEmail.id })
  const second = role === null ? null : secondOwner(organization, tally, role)
  if (second !== null) return reject(second)
  const terms = {
    role: before.role,
    source: 'invitation',
    // The inviter's guess, for someone who has not said how they are called.
    profile: before.name === null || person.name !== null ? {} : { name: before.name },
  } as const
  const joined = arrival(organization, member, person, terms, context)
  return decided(
    { member: joined, organization, acceptedNow: true },
    { kind: 'member', before: member, after: joined },
    ...settleInvitation(before, joined, context),
    event('member.added', memberTarget(joined), { email: joined.email, role: joined.role, source: 'invitation' }),
  )
}

/** For whoever comes without a link, the invitation of another address does not exist. */
export const isForeign = ({ email }: Invitation, { verifiedEmail }: InvitationProof): boolean =>
  verifiedEmail !== undefined && verifiedEmail !== email

/** Why the invitation cannot be answered any more; null when it can. */
export const deadProof = (
  invitation: Invitation,
  { sendNumber, verifiedEmail }: InvitationProof,
  now: number,
): Rejection | null => deadLink(invitation, verifiedEmail === undefined ? sendNumber : invitation.sendCount, now)

/** Why a validly signed link no longer works, in the order that tells a person most; null when it does. */
export function deadLink(invitation: Invitation, sendNumber: number, now: number): Rejection | null {
  switch (invitation.status) {
    case 'accepted':
      return { code: 'invitation_not_pending', status: 'accepted' }
    case 'canceled':
      return { code: 'invitation_canceled' }
    case 'declined':
      return { code: 'invitation_declined' }
    case 'expired':
    case 'pending':
      if (sendNumber !== invitation.sendCount) return { code: 'invitation_link_superseded' }
      return invitation.status === 'expired' || isExpired(invitation, now)
        ? { code: 'invitation_expired', expiredAt: invitation.expiresAt }
        : null
  }
}
