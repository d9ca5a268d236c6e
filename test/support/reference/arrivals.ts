import type { AddMembers, Arrival } from '../../../src/membership/commands.ts'
import type { MemberSource } from '../../../src/membership/member.ts'
import type { Situation } from './judgement.ts'
import { type ModelMember, NOT_ENDED, type ReferenceModel, type Rights } from './model.ts'

/* People who enter without answering an invitation, and the decisions that keep them out. */

interface ArrivalJudgement {
  /** Every rule that the arrival breaks. */
  readonly broken: readonly string[]
  /** What becomes of it if it breaks none. */
  readonly success: string
  readonly apply: () => void
}

/** For each row the outcomes that would be right. */
export interface ArrivalsJudgement {
  readonly refusal: string | null
  readonly outcomes: readonly (readonly string[])[]
}

const OUTCOME_OF: { readonly [code: string]: string } = { invalid: 'role_not_allowed' }
const ARRIVED = ['added', 'returned', 'reactivated', 'linked', 'unchanged']

/** Row by row; which of several refusals was told decides whether an attempt is on record, so the model is told as well. */
export function judgeArrivals(
  situation: Situation,
  { rows, source, mode, dryRun }: AddMembers,
  told: readonly string[],
): ArrivalsJudgement {
  const { model, rights } = situation
  if (!rights.everything) {
    return { refusal: rights.member === null && !rights.key ? 'not_found' : 'forbidden', outcomes: [] }
  }
  const before = snapshot(model)
  const outcomes = rows.map((row, index) => {
    if ('unusable' in row) return [row.unusable]
    const { broken, success, apply } = arrival(situation, row, source)
    if (broken.length === 0) {
      apply()
      return [success]
    }
    if (told[index] === 'removed_by_admin') recordAttempt(model, row.person.userId)
    return broken.map((code) => OUTCOME_OF[code] ?? code)
  })
  const isRefused = mode === 'all' && outcomes.some(([outcome = '']) => !ARRIVED.includes(outcome))
  if (dryRun || isRefused) before()
  return { refusal: isRefused && !dryRun ? 'arrivals_refused' : null, outcomes }
}

/** A removed person has tried to come back. */
export function recordAttempt(model: ReferenceModel, person: string): void {
  const former = model.memberWhere(({ userId }) => userId === person)
  if (former === undefined) return
  former.attempted = true
  former.decidedBy ??= 'person'
}

/** What restores the model. */
function snapshot({ members, invitations }: ReferenceModel): () => void {
  const [people, invited] = [structuredClone([...members]), structuredClone([...invitations])]
  return () => {
    members.clear()
    invitations.clear()
    for (const [id, member] of people) members.set(id, member)
    for (const [id, invitation] of invited) invitations.set(id, invitation)
  }
}

export function arrival(situation: Situation, row: Arrival, source: MemberSource): ArrivalJudgement {
  const { model, rights, now } = situation
  const { person, role, externalId, active = true } = row
  const member = model.memberWhere(({ userId }) => userId === person.userId)
  const key = rights.process?.connectionId ?? rights.process?.name ?? 'operator'
  const holder = model.memberWhere(({ externalIds }) => externalId !== undefined && externalIds[key] === externalId)
  const isTaken = holder !== undefined && holder.status !== 'removed' && holder !== member
  const hasNoSeat = active && model.full(now) && model.openInvitation(person.email, now) === undefined
  const name = (named: ModelMember) => {
    if (externalId === undefined) return
    if (holder !== undefined && holder.id !== named.id) {
      holder.externalIds = Object.fromEntries(Object.entries(holder.externalIds).filter(([source]) => source !== key))
    }
    named.externalIds = { ...named.externalIds, [key]: externalId }
  }
  if (member !== undefined && member.status !== 'removed') {
    const comesBack = member.status === 'suspended' && active
    const differs = (source === 'added' && role !== member.role) || (member.status === 'active' && !active)
    const isNamed = externalId !== undefined && member.externalIds[key] !== externalId
    return {
      broken: brokenOf([
        [differs, 'already_member'],
        [comesBack && !undoes(source, member, rights), 'suspended_by_admin'],
        [isTaken, 'external_id_taken'],
        [comesBack && secondOwner(model, member.role), 'single_owner'],
        [comesBack && hasNoSeat, 'seat_limit_reached'],
      ]),
      success: comesBack ? 'reactivated' : isNamed ? 'linked' : 'unchanged',
      apply: () => {
        name(member)
        if (comesBack) Object.assign(member, { status: 'active', ...NOT_ENDED })
        if (comesBack || isNamed) settle(model, member, now, person.email)
      },
    }
  }
  if (model.holderOf(person.email) !== undefined) return { broken: ['already_member'], success: '', apply: () => {} }
  const against = isAgainst(situation, person.email, member, source)
  return {
    broken: brokenOf([
      [!model.roleExists(role), 'invalid'],
      [source === 'domain' && model.grants(role).includes('members:manage'), 'invalid'],
      [secondOwner(model, role), 'single_owner'],
      [against, member === undefined ? 'invitation_declined' : 'removed_by_admin'],
      [isTaken, 'external_id_taken'],
      [hasNoSeat, 'seat_limit_reached'],
    ]),
    success: member === undefined ? 'added' : 'returned',
    apply: () => {
      const entered = enter(model, person, role)
      name(entered)
      if (!active) {
        entered.status = 'suspended'
        entered.decidedBy = decider(rights, null)
      }
      settle(model, entered, now)
    },
  }
}

const brokenOf = (rules: readonly (readonly [boolean, string])[]): string[] =>
  rules.filter(([broken]) => broken).map(([, code]) => code)

/** "Removed by a person, left, declined or suspended is a decision." */
function isAgainst(
  { model, rights, now }: Situation,
  email: string,
  former: ModelMember | undefined,
  source: MemberSource,
): boolean {
  const declined = [...model.invitations.values()].some((one) => one.email === email && one.status === 'declined')
  if (former === undefined ? !declined : false) return false
  if (undoes(source, former, rights)) return false
  const open = model.openInvitation(email, now)
  if (open === undefined) return true
  return open.maker !== null && (model.isSuspended(open.maker) || !model.couldInvite(open.maker, open.role))
}

export function undoes(source: MemberSource, member: ModelMember | undefined, { process }: Rights): boolean {
  if (source === 'added') return true
  if (member?.returnAllowed) return true
  return source === 'scim' && member?.decidedBy === `scim ${process?.connectionId ?? null}`
}

/** A process does not take over what a person has decided. */
function decider({ process }: Rights, before: ModelMember | null): string {
  if (process === null || before?.decidedBy === 'person') return 'person'
  return `${process.name} ${process.connectionId}`
}

export function end(member: ModelMember, status: 'suspended' | 'removed', rights: Rights): void {
  const returnAllowed = rights.process !== null && member.returnAllowed
  Object.assign(member, { ...NOT_ENDED, status, decidedBy: decider(rights, member), returnAllowed })
}

/** A person decides what a process has done already. */
export function takeOver(member: ModelMember, { process }: Rights): void {
  const isOfProcess = member.decidedBy !== null && !['person', 'themselves'].includes(member.decidedBy)
  if (process === null && isOfProcess) Object.assign(member, { ...NOT_ENDED, decidedBy: 'person' })
}

export const secondOwner = (model: ReferenceModel, role: string): boolean =>
  role === 'owner' && model.organization?.ownership === 'single' && model.activeOwners().length > 0

interface Entering {
  readonly memberId: string
  readonly userId: string
  readonly email: string
}

/** Whoever was here before comes back as the same member. */
export function enter(model: ReferenceModel, { memberId, userId, email }: Entering, role: string): ModelMember {
  const former = model.memberWhere((member) => member.userId === userId)
  const known = {
    ...{ name: former?.name ?? null, ownName: null, revision: former?.revision ?? 0 },
    ...NOT_ENDED,
    externalIds: former?.externalIds ?? {},
  }
  const member: ModelMember = { id: former?.id ?? memberId, userId, email, role, status: 'active', ...known }
  model.members.set(member.id, member)
  return member
}

/** Whoever is a member has no open invitation: their seat is the one that it held. */
export function settle(model: ReferenceModel, member: ModelMember, now: number, email = member.email): void {
  const open = model.openInvitation(email, now)
  if (open !== undefined) Object.assign(open, { status: 'accepted', memberId: member.id })
}
