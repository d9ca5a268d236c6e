import { type Context, missingOperator } from '../authority.ts'
import type { AddMember, Person } from '../commands.ts'
import { type Decision, decided, event, memberTarget, reject } from '../decision.ts'
import { type Invitation, isOpen } from '../invitation.ts'
import { belongs, latest, type Member } from '../member.ts'
import type { Organization } from '../organization.ts'
import type { Role } from '../roles.ts'
import type { Tally } from '../seats.ts'
import { noFreeSeat, roleProblem } from './invite-member.ts'
import { settleOpen } from './settle-invitation.ts'

export interface AddFacts {
  readonly organization: Organization
  readonly tally: Tally
  readonly role: Role | null
  /** The person's membership, present or past, by account. */
  readonly member: Member | null
  /** Whoever has this address in the organization. */
  readonly memberOfEmail: Member | null
  /** The invitation of this address that is pending, or would be if its time had not come. */
  readonly invitation: Invitation | null
}

/** Makes a person a member at once. Their open invitation is settled, and they take its seat. */
export function addMember(facts: AddFacts, command: AddMember, context: Context): Decision<Member> {
  const { organization, tally, member, memberOfEmail, invitation } = facts
  const refusal = missingOperator(context.authority) ?? roleProblem(facts, context)
  if (refusal !== null) return reject(refusal)
  const present = belongs(member) ? member : memberOfEmail
  if (belongs(present)) return reject({ code: 'already_member', memberId: present.id })
  const full = isOpen(invitation, context.now) ? null : noFreeSeat(organization, tally)
  if (full !== null) return reject(full)

  const joined = arrival(organization, member, command.person, command, context)
  return decided(
    joined,
    { kind: 'member', before: member, after: joined },
    ...settleOpen(invitation, joined, context),
    event('member.added', memberTarget(joined), { email: joined.email, role: joined.role, source: joined.source }),
  )
}

type Terms = Pick<AddMember, 'role' | 'source' | 'profile'>

/** A person enters, for the first time or again. Who returns keeps the member id and profile of before. */
export function arrival(
  organization: Organization,
  former: Member | null,
  person: Person,
  { role, source, profile }: Terms,
  { now }: Context,
): Member {
  const name = person.name === null ? {} : { name: person.name }
  return {
    id: former?.id ?? person.memberId,
    organizationId: organization.id,
    userId: person.userId,
    email: person.email,
    role,
    status: 'active',
    source,
    profile: { ...former?.profile, ...name, ...profile },
    attributes: person.attributes ?? former?.attributes ?? {},
    personName: person.name,
    personRevision: person.revision ?? former?.personRevision ?? 0,
    joinedAt: now,
    lastSignInAt: latest(person.lastSignInAt ?? null, former?.lastSignInAt ?? null),
    createdAt: former?.createdAt ?? now,
    updatedAt: now,
  }
}
