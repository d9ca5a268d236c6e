import { type Context, missing, missingFreshProofToGive, missingToAssign } from '../authority.ts'
import type { InvitationTerms, InviteMember } from '../commands.ts'
import { type Change, type Decision, decided, event, invitationTarget, reject } from '../decision.ts'
import { type Invitation, isOpen, MAX_INVITATION_DAYS, MAX_INVITATION_LIFETIME_MS } from '../invitation.ts'
import { type InvitationMail, type MailAllowance, mailsLeft, secondsUntilNextDay } from '../mail.ts'
import { belongs, type Member } from '../member.ts'
import type { Organization } from '../organization.ts'
import type { Rejection } from '../rejection.ts'
import { OWNER, type Role } from '../roles.ts'
import { hasFreeSeat, seats, type Tally } from '../seats.ts'
import { expiry } from './expire-invitations.ts'

export interface InviteFacts {
  readonly organization: Organization
  readonly tally: Tally
  readonly role: Role | null
  /** Whoever has this address in the organization. */
  readonly member: Member | null
  /** The invitation of this address that is pending, or would be if its time had not come. */
  readonly invitation: Invitation | null
  readonly mailAllowance: MailAllowance
  /** When the address was last mailed an invitation of the organization, within the interval of the command. */
  readonly lastMailAt: number | null
}

/** Reserves a seat for an address and asks for the mail. The seat is held until the invitation is settled or expires. */
export function inviteMember(facts: InviteFacts, command: InviteMember, context: Context): Decision<Invitation> {
  const { authority, now } = context
  const refusal =
    missing(authority, 'members:manage') ??
    expiryProblem(command.expiresAt, now) ??
    roleProblem(facts, context) ??
    addressTaken(facts, now) ??
    noFreeSeat(facts.organization, facts.tally) ??
    (command.sendEmail ? mailLimitProblem(facts, command, now) : null) ??
    missingFreshProofToGive(facts.role, context)
  if (refusal !== null) return reject(refusal)

  const after = newInvitation(facts.organization, command, context)
  return decided(after, ...invitationChanges(facts, after, command.sendEmail, context))
}

/** The role must exist, be the actor's to give, and not be a second owner where there is to be one. */
export function roleProblem(
  facts: Pick<InviteFacts, 'organization' | 'tally' | 'role'>,
  context: Context,
): Rejection | null {
  const { organization, tally, role } = facts
  if (role === null) return { code: 'invalid', path: 'role', message: 'There is no such role in this organization.' }
  return missingToAssign(context.authority, role) ?? secondOwner(organization, tally, role)
}

/** In mode `single` an owner arrives by invitation only while there is none. */
export const secondOwner = (
  organization: Organization,
  { activeOwners }: Pick<Tally, 'activeOwners'>,
  role: Pick<Role, 'key'>,
): Rejection | null =>
  role.key === OWNER && organization.ownership === 'single' && activeOwners > 0 ? { code: 'single_owner' } : null

export function addressTaken({ member, invitation }: InviteFacts, now: number): Rejection | null {
  if (belongs(member)) return { code: 'already_member', memberId: member.id }
  return isOpen(invitation, now) ? { code: 'already_invited', invitationId: invitation.id } : null
}

export const noFreeSeat = (organization: Organization, tally: Tally): Rejection | null =>
  hasFreeSeat(organization, tally)
    ? null
    : { code: 'seat_limit_reached', seats: seats(organization, tally), upgradeUrl: organization.upgradeUrl }

export function mailLimitProblem(
  { mailAllowance, lastMailAt }: Pick<InviteFacts, 'mailAllowance' | 'lastMailAt'>,
  terms: InvitationTerms,
  now: number,
): Rejection | null {
  const waitMs = lastMailAt === null ? 0 : lastMailAt + (terms.mailIntervalMs ?? 0) - now
  if (waitMs > 0) return { code: 'invitation_rate_limited', retryAfterSeconds: Math.ceil(waitMs / 1000) }
  if (mailsLeft(mailAllowance, terms.mailsPerDay, now) > 0) return null
  return { code: 'invitation_rate_limited', retryAfterSeconds: secondsUntilNextDay(now) }
}

function expiryProblem(expiresAt: number | null, now: number): Rejection | null {
  if (expiresAt === null || (expiresAt > now && expiresAt <= now + MAX_INVITATION_LIFETIME_MS)) return null
  const message = `An expiry lies in the future, at most ${MAX_INVITATION_DAYS} days ahead.`
  return { code: 'invalid', path: 'expires_at', message }
}

type Wanted = Pick<
  InviteMember,
  'invitationId' | 'email' | 'name' | 'role' | 'expiresAt' | 'sendEmail' | 'defaultLifetimeMs'
>

export function newInvitation(organization: Organization, wanted: Wanted, { authority, now }: Context): Invitation {
  return {
    id: wanted.invitationId,
    organizationId: organization.id,
    email: wanted.email,
    name: wanted.name,
    role: wanted.role,
    status: 'pending',
    sendCount: 1,
    delivery: wanted.sendEmail ? 'queued' : 'none',
    invitedBy: authority.actor,
    makerId: authority.maker,
    expiresAt: wanted.expiresAt ?? now + wanted.defaultLifetimeMs,
    sentAt: now,
    createdAt: now,
    acceptedAt: null,
    memberId: null,
  }
}

export function invitationChanges(
  facts: Pick<InviteFacts, 'organization' | 'role' | 'invitation'>,
  after: Invitation,
  sendEmail: boolean,
  context: Context,
): Change[] {
  const overdue = facts.invitation === null ? [] : expiry(facts.invitation)
  const created = event('invitation.created', invitationTarget(after), {
    email: after.email,
    role: after.role,
    expires_at: new Date(after.expiresAt).toISOString(),
  })
  const changes: Change[] = [...overdue, { kind: 'invitation', before: null, after }, created]
  if (sendEmail) changes.push({ kind: 'mail', mail: invitationMail(facts, after, context) })
  return changes
}

export function invitationMail(
  { organization, role }: Pick<InviteFacts, 'organization' | 'role'>,
  invitation: Invitation,
  { authority }: Context,
): InvitationMail {
  return {
    kind: 'invitation',
    organizationId: organization.id,
    organizationName: organization.name,
    invitationId: invitation.id,
    sendNumber: invitation.sendCount,
    email: invitation.email,
    name: invitation.name,
    roleName: role?.name ?? invitation.role,
    inviter: authority.member === null ? null : (authority.member.profile.name ?? authority.member.email),
    invitedBy: authority.actor,
    expiresAt: invitation.expiresAt,
  }
}
