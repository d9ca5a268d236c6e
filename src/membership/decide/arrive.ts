import type { Context } from '../authority.ts'
import type { Arrival, Person } from '../commands.ts'
import { type Change, event, memberTarget } from '../decision.ts'
import { type Maker, makerProblem } from '../departure.ts'
import { endingBy, undoes } from '../ending.ts'
import { difference } from '../event.ts'
import { type Invitation, isOpen } from '../invitation.ts'
import {
  belongs,
  type Ending,
  type ExternalIds,
  externalIdSource,
  latest,
  type Member,
  type MemberSource,
} from '../member.ts'
import type { Organization } from '../organization.ts'
import type { Rejection } from '../rejection.ts'
import { ok, type Result, refuse } from '../result.ts'
import type { Role } from '../roles.ts'
import type { Tally } from '../seats.ts'
import { noFreeSeat, roleProblem, secondOwner } from './invite-member.ts'
import { settleOpen } from './settle-invitation.ts'

export interface ArrivalFacts {
  readonly organization: Organization
  readonly tally: Tally
  readonly role: Role | null
  /** The person's membership, present or past, by account. */
  readonly member: Member | null
  /** The member who has this email in the organization. */
  readonly memberOfEmail: Member | null
  /** The member, present or past, whom the source calls by this id. */
  readonly memberOfExternalId: Member | null
  /** The invitation of this email that is pending, or would be if its time had not come. */
  readonly invitation: Invitation | null
  /** The role and the maker of that invitation. */
  readonly invited: () => { readonly role: Role | null; readonly maker: Maker }
  /** An invitation to this email was declined. */
  readonly hasDeclined: boolean
}

export interface Arrived {
  readonly outcome: 'added' | 'returned' | 'reactivated' | 'linked' | 'unchanged'
  readonly member: Member
  readonly changes: readonly Change[]
}

interface Coming extends Arrival {
  readonly source: MemberSource
}

/** `changes` record the attempt. */
export interface Refused {
  readonly ok: false
  readonly error: Rejection
  readonly changes: readonly Change[]
}

/**
 * The one rule by which a person enters without answering an invitation: added by the operator, through a verified domain, at
 * the first sign-in, or by a directory. The person's open invitation is settled, and they take its seat.
 */
export function arrive(
  facts: ArrivalFacts,
  coming: Coming,
  context: Context,
): { readonly ok: true; readonly value: Arrived } | Refused {
  const judged = judge(facts, coming, context)
  return judged.ok ? judged : { ...judged, changes: attempt(judged.error, facts.member, coming.source, context) }
}

/** A removed person has tried to come back. The first attempt is recorded, so that an admin can let the person in. */
function attempt({ code }: Rejection, before: Member | null, source: MemberSource, { now }: Context): Change[] {
  if (code !== 'removed_by_admin' || before === null || before.ending?.attempt !== undefined) return []
  const decision: Ending = before.ending ?? { by: 'person', connectionId: null }
  const after: Member = { ...before, ending: { ...decision, attempt: { source, at: now } } }
  return [
    { kind: 'member', before, after },
    event('member.return_refused', memberTarget(after), { email: after.email, source }),
  ]
}

function judge(facts: ArrivalFacts, coming: Coming, context: Context): Result<Arrived, Rejection> {
  const { member, memberOfEmail } = facts
  if (belongs(member)) return presentArrival(facts, member, coming, context)
  if (belongs(memberOfEmail)) return refuse({ code: 'already_member', memberId: memberOfEmail.id })
  return newArrival(facts, coming, context)
}

/** People who belong keep role and profile. A suspended person becomes active if the source may undo the suspension. */
function presentArrival(
  facts: ArrivalFacts,
  before: Member,
  coming: Coming,
  context: Context,
): Result<Arrived, Rejection> {
  const { organization, tally, invitation } = facts
  const { role, source, externalId, active = true } = coming
  const comesBack = before.status === 'suspended' && active
  const differs = (source === 'added' && role !== before.role) || (before.status === 'active' && !active)
  if (differs) return refuse({ code: 'already_member', memberId: before.id })
  if (comesBack && !undoes(source, before.ending, context.authority)) {
    return refuse({ code: 'suspended_by_admin', memberId: before.id })
  }
  const refusal =
    takenExternalId(facts, before) ??
    (comesBack ? secondOwner(organization, tally, { key: before.role }) : null) ??
    (comesBack && !isOpen(invitation, context.now) ? noFreeSeat(organization, tally) : null)
  if (refusal !== null) return refuse(refusal)

  const externalIds = withExternalId(before, externalId, context)
  const renamed = difference(shownId(before.externalIds, context), shownId(externalIds, context))
  const isRenamed = Object.keys(renamed).length > 0
  if (!comesBack && !isRenamed) return ok({ outcome: 'unchanged', member: before, changes: [] })
  const activation = comesBack ? ({ status: 'active', ending: null } as const) : {}
  const after: Member = { ...before, ...activation, externalIds, updatedAt: context.now }
  const target = memberTarget(after)
  return ok({
    outcome: comesBack ? 'reactivated' : 'linked',
    member: after,
    changes: [
      ...releasedExternalId(facts, after, context),
      { kind: 'member', before, after },
      ...settleOpen(invitation, after, context),
      ...(comesBack ? [event('member.reactivated', target, { email: after.email })] : []),
      ...(isRenamed ? [event('member.profile_updated', target, renamed)] : []),
    ],
  })
}

function newArrival(facts: ArrivalFacts, coming: Coming, context: Context): Result<Arrived, Rejection> {
  const { organization, tally, member: former, invitation } = facts
  const { source, active = true } = coming
  const refusal =
    roleProblem(facts, context) ??
    (source === 'domain' ? managingRole(facts.role) : null) ??
    decisionAgainst(facts, source, context) ??
    takenExternalId(facts, former) ??
    (active && !isOpen(invitation, context.now) ? noFreeSeat(organization, tally) : null)
  if (refusal !== null) return refuse(refusal)

  const member: Member = {
    ...arrival(organization, former, coming.person, coming, context),
    externalIds: withExternalId(former, coming.externalId, context),
    ...(active ? {} : { status: 'suspended', ending: endingBy(context.authority, null) }),
  }
  const { email, role } = member
  const details = {
    ...(active ? {} : { status: member.status }),
    ...(coming.externalId === undefined ? {} : { external_id: coming.externalId }),
  }
  return ok({
    outcome: former === null ? 'added' : 'returned',
    member,
    changes: [
      ...releasedExternalId(facts, member, context),
      { kind: 'member', before: former, after: member },
      ...settleOpen(invitation, member, context),
      event('member.added', memberTarget(member), { email, role, source, ...details }),
    ],
  })
}

/** Owning an email of a domain does not make anybody an admin. */
const managingRole = (role: Role | null): Rejection | null =>
  role?.permissions.includes('members:manage')
    ? { code: 'invalid', path: 'role', message: 'A role that manages members is not given through a domain.' }
    : null

/** Somebody has decided that this person is not to be a member, and nobody has invited them since. */
function decisionAgainst(
  { member: former, invitation, invited, hasDeclined }: ArrivalFacts,
  source: MemberSource,
  { authority, now }: Context,
): Rejection | null {
  const isAgainst = former === null ? hasDeclined : true
  if (!isAgainst || undoes(source, former?.ending ?? null, authority)) return null
  if (isOpen(invitation, now)) {
    const { role, maker } = invited()
    if (makerProblem(invitation, role, maker) === null) return null
  }
  return former === null ? { code: 'invitation_declined' } : { code: 'removed_by_admin', memberId: former.id }
}

function takenExternalId({ memberOfExternalId: holder }: ArrivalFacts, member: Member | null): Rejection | null {
  if (!belongs(holder) || holder.id === member?.id) return null
  return { code: 'external_id_taken', memberId: holder.id }
}

function withExternalId(member: Member | null, externalId: string | undefined, { authority }: Context): ExternalIds {
  const known = member?.externalIds ?? {}
  return externalId === undefined ? known : { ...known, [externalIdSource(authority.process)]: externalId }
}

const shownId = (externalIds: ExternalIds, { authority }: Context) => ({
  external_id: externalIds[externalIdSource(authority.process)],
})

/** A removed member no longer holds an id that the source has given to another person. */
function releasedExternalId({ memberOfExternalId: holder }: ArrivalFacts, member: Member, context: Context): Change[] {
  if (holder === null || holder.id === member.id) return []
  const { [externalIdSource(context.authority.process)]: _, ...externalIds } = holder.externalIds
  return [{ kind: 'member', before: holder, after: { ...holder, externalIds } }]
}

type Terms = Pick<Coming, 'role' | 'source' | 'profile'>

/** A person enters, for the first time or again. A returning member keeps the member id and the profile. */
export function arrival(
  organization: Organization,
  former: Member | null,
  person: Person,
  { role, source, profile }: Terms,
  { now }: Pick<Context, 'now'>,
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
    externalIds: former?.externalIds ?? {},
    ending: null,
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
