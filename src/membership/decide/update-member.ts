import { type Context, missing, missingFreshProofToGive, missingToAssign, missingToManage } from '../authority.ts'
import type { UpdateMember } from '../commands.ts'
import { type Change, type Decision, decided, event, memberTarget, reject, unchanged } from '../decision.ts'
import { type Departure, departure, type Keep } from '../departure.ts'
import { difference } from '../event.ts'
import { belongs, type Member } from '../member.ts'
import { lastOwner } from '../ownership.ts'
import type { Rejection } from '../rejection.ts'
import { ok, type Result } from '../result.ts'
import { OWNER, type Role } from '../roles.ts'
import type { DepartingFacts } from './remove-member.ts'

export interface UpdateMemberFacts extends DepartingFacts {
  /** The role to give, when one is named. */
  readonly newRole: Role | null
}

/** Changes a person's role, profile, or both. Giving the role that they have changes nothing. */
export function updateMember(facts: UpdateMemberFacts, command: UpdateMember, context: Context): Decision<Member> {
  const { member: before } = facts
  const { now } = context
  const refusal = missingToUpdate(facts, command, context)
  if (refusal !== null) return reject(refusal)
  if (!belongs(before)) return reject({ code: 'not_found', resource: 'member' })
  const departed = departureToRole(facts, before, command.keep ?? [], context)
  if (!departed.ok) return departed

  const profile = { ...before.profile, ...command.profile }
  const after: Member = { ...before, role: command.role ?? before.role, profile, updatedAt: now }
  const events: Change[] = []
  if (after.role !== before.role) {
    events.push(event('member.role_changed', memberTarget(after), { role: { from: before.role, to: after.role } }))
  }
  const changed = difference(before.profile, profile)
  if (Object.keys(changed).length > 0) events.push(event('member.profile_updated', memberTarget(after), changed))
  return events.length === 0
    ? unchanged(before)
    : decided(after, { kind: 'member', before, after }, ...events, ...departed.value.changes)
}

export function missingToUpdate(
  facts: UpdateMemberFacts,
  command: Pick<UpdateMember, 'role'>,
  context: Context,
): Rejection | null {
  const { member, role } = facts
  const permitted = missing(context.authority, 'members:manage')
  if (permitted !== null) return permitted
  if (!belongs(member)) return { code: 'not_found', resource: 'member' }
  return (
    missingToManage(context.authority, role) ??
    (command.role === undefined ? null : roleRefusal(facts, member, context))
  )
}

/** What happens to what the person made when they get the new role. */
export function departureToRole(
  { newRole, departing }: Pick<UpdateMemberFacts, 'newRole' | 'departing'>,
  member: Member,
  keep: Keep,
  context: Context,
): Result<Departure, Rejection> {
  if (newRole === null || newRole.key === member.role) return ok({ entries: [], changes: [] })
  return departure(departing(member), { remaining: new Set(newRole.permissions), gone: false }, keep, context)
}

function roleRefusal(facts: UpdateMemberFacts, before: Member, context: Context): Rejection | null {
  const { authority } = context
  const { organization, tally, newRole } = facts
  if (newRole === null) return { code: 'invalid', path: 'role', message: 'There is no such role in this organization.' }
  if (newRole.key === before.role) return null
  return (
    missingToAssign(authority, newRole) ??
    (newRole.key === OWNER && organization.ownership === 'single' ? { code: 'single_owner' } : null) ??
    lastOwner(before, tally) ??
    missingFreshProofToGive(newRole, context)
  )
}
