import type { ArrivalOutcome, ArrivalResult, UnusableRow } from '../arrival.ts'
import { hasArrived } from '../arrival.ts'
import { type Context, missingOperator } from '../authority.ts'
import type { AddMembers, Arrival, CommandValues } from '../commands.ts'
import { type Change, type Decision, decided, reject, unchanged } from '../decision.ts'
import type { Maker } from '../departure.ts'
import { type Invitation, isOpen } from '../invitation.ts'
import { belongs, externalIdSource, type Member } from '../member.ts'
import type { Organization } from '../organization.ts'
import { isActiveOwner } from '../ownership.ts'
import type { Rejection } from '../rejection.ts'
import type { Role } from '../roles.ts'
import { seats, type Tally } from '../seats.ts'
import { type ArrivalFacts, arrive } from './arrive.ts'

export interface AddMembersFacts {
  readonly organization: Organization
  readonly tally: Tally
  /** All roles of the organization, by key. */
  readonly roles: ReadonlyMap<string, Role>
  /** The people's memberships, present or past. */
  readonly members: readonly Member[]
  /** The members who have these emails in the organization. */
  readonly holders: readonly Member[]
  /** The members, present or past, whom the source calls by these ids. */
  readonly named: readonly Member[]
  /** The pending invitations of these emails, whose time may have come. */
  readonly invitations: readonly Invitation[]
  /** Of these emails, those with a declined invitation. */
  readonly declined: ReadonlySet<string>
  readonly maker: (invitation: Invitation) => Maker
}

type Value = CommandValues['AddMembers']

/** One outcome per row, in the order given: row by row as if each had come alone, all in one step. */
export function addMembers(facts: AddMembersFacts, command: AddMembers, context: Context): Decision<Value> {
  const refusal = missingOperator(context.authority)
  if (refusal !== null) return reject(refusal)
  const { mode, dryRun, source } = command
  const scene = new Scene(facts, context)
  const results: ArrivalResult[] = []
  const changes: Change[] = []
  const newIds = new Set<string>()
  for (const row of command.rows) {
    if ('unusable' in row) {
      results.push({ userId: row.userId, email: row.email, outcome: row.unusable, memberId: null })
      continue
    }
    const arrived = arrive(scene.factsOf(row), { ...row, source }, context)
    const caused = arrived.ok ? arrived.value.changes : arrived.changes
    scene.apply(caused)
    changes.push(...caused)
    if (arrived.ok && arrived.value.outcome === 'added') newIds.add(arrived.value.member.id)
    results.push(
      arrived.ok
        ? resultOf(row, arrived.value.outcome, arrived.value.member.id)
        : resultOf(row, outcomeOf(arrived.error), memberIdOf(arrived.error)),
    )
  }

  const withoutNewIds = results.map((result) =>
    newIds.has(result.memberId ?? '') ? { ...result, memberId: null } : result,
  )
  if (dryRun) return unchanged({ results: withoutNewIds, seats: seats(facts.organization, scene.tally) })
  if (mode === 'all' && results.some(({ outcome }) => !hasArrived(outcome))) {
    const untouched = seats(facts.organization, facts.tally)
    return reject({ code: 'arrivals_refused', results: withoutNewIds, seats: untouched })
  }
  return decided({ results, seats: seats(facts.organization, scene.tally) }, ...changes)
}

const resultOf = ({ person }: Arrival, outcome: ArrivalOutcome, memberId: string | null): ArrivalResult => ({
  userId: person.userId,
  email: person.email,
  outcome,
  memberId,
})

const memberIdOf = (refusal: Rejection): string | null => ('memberId' in refusal ? refusal.memberId : null)

function outcomeOf({ code }: Rejection): Exclude<ArrivalOutcome, UnusableRow['unusable']> {
  switch (code) {
    case 'already_member':
    case 'external_id_taken':
    case 'single_owner':
    case 'seat_limit_reached':
    case 'removed_by_admin':
    case 'suspended_by_admin':
    case 'invitation_declined':
      return code
    case 'invalid':
    case 'forbidden':
      return 'role_not_allowed'
    default:
      throw new Error(`An arrival is not refused with ${code}`)
  }
}

/** The organization as it is after the rows so far. */
class Scene {
  tally: Tally
  readonly #facts: AddMembersFacts
  readonly #context: Context
  readonly #members = new Map<string, Member>()
  readonly #byUser = new Map<string, string>()
  readonly #byEmail = new Map<string, string>()
  readonly #byExternalId = new Map<string, string>()
  readonly #invitations: Map<string, Invitation>

  constructor(facts: AddMembersFacts, context: Context) {
    this.tally = facts.tally
    this.#facts = facts
    this.#context = context
    this.#invitations = new Map(facts.invitations.map((invitation) => [invitation.email, invitation]))
    for (const member of [...facts.members, ...facts.holders, ...facts.named]) this.#put(member)
  }

  member(id: string | undefined): Member | null {
    return (id === undefined ? undefined : this.#members.get(id)) ?? null
  }

  factsOf({ person, role, externalId }: Arrival): ArrivalFacts {
    const { organization, roles, declined, maker } = this.#facts
    const invitation = this.#invitations.get(person.email) ?? null
    return {
      organization,
      tally: this.tally,
      role: roles.get(role) ?? null,
      member: this.member(this.#byUser.get(person.userId)),
      memberOfEmail: this.member(this.#byEmail.get(person.email)),
      memberOfExternalId: externalId === undefined ? null : this.member(this.#byExternalId.get(externalId)),
      invitation,
      invited: () => ({
        role: (invitation && roles.get(invitation.role)) ?? null,
        maker: invitation === null ? { member: null, role: null } : maker(invitation),
      }),
      hasDeclined: declined.has(person.email),
    }
  }

  apply(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.kind === 'member') {
        this.#count(change.before, change.after)
        this.#put(change.after, change.before)
      } else if (change.kind === 'invitation') {
        if (isOpen(change.before, this.#context.now)) this.#count(null, null, -1)
        this.#invitations.delete(change.after.email)
      }
    }
  }

  #count(before: Member | null, after: Member | null, pending = 0): void {
    const active = (member: Member | null) => Number(member?.status === 'active')
    const owner = (member: Member | null) => Number(member !== null && isActiveOwner(member))
    const { activeMembers, activeOwners, pendingInvitations } = this.tally
    this.tally = {
      activeMembers: activeMembers + active(after) - active(before),
      activeOwners: activeOwners + owner(after) - owner(before),
      pendingInvitations: pendingInvitations + pending,
    }
  }

  #put(member: Member, before: Member | null = null): void {
    const source = externalIdSource(this.#context.authority.process)
    const formerId = before?.externalIds[source]
    if (formerId !== undefined && this.#byExternalId.get(formerId) === member.id) this.#byExternalId.delete(formerId)
    const externalId = member.externalIds[source]
    if (externalId !== undefined) this.#byExternalId.set(externalId, member.id)
    this.#members.set(member.id, member)
    this.#byUser.set(member.userId, member.id)
    if (belongs(member)) this.#byEmail.set(member.email, member.id)
  }
}
