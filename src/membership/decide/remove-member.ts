import { type Context, missing, missingToManage } from '../authority.ts'
import type { RemoveMember } from '../commands.ts'
import { type Decision, decided, event, memberTarget, reject } from '../decision.ts'
import { type DepartureFacts, departure, GONE } from '../departure.ts'
import { endedAlready, endingBy } from '../ending.ts'
import type { Member } from '../member.ts'
import type { Organization } from '../organization.ts'
import { lastOwner } from '../ownership.ts'
import type { Rejection } from '../rejection.ts'
import type { Role } from '../roles.ts'
import type { Tally } from '../seats.ts'

export interface MemberFacts {
  readonly organization: Organization
  readonly tally: Tally
  readonly member: Member | null
  /** The role that the member holds. */
  readonly role: Role
}

export interface DepartingFacts extends MemberFacts {
  readonly departing: (member: Member) => DepartureFacts
}

/** Access ends with the next request and the seat is free. What the person made on their authority ends or passes on. */
export function removeMember(
  facts: DepartingFacts,
  { keep = [] }: Pick<RemoveMember, 'keep'>,
  context: Context,
): Decision<Member> {
  const { member: before } = facts
  const refusal = missingToRemove(facts, context)
  if (refusal !== null) return reject(refusal)
  if (before === null) return reject({ code: 'not_found', resource: 'member' })
  if (before.status === 'removed') return endedAlready(before, context)
  const departed = departure(facts.departing(before), GONE, keep, context)
  if (!departed.ok) return departed

  const after: Member = {
    ...before,
    status: 'removed',
    ending: endingBy(context.authority, before),
    updatedAt: context.now,
  }
  return decided(
    after,
    { kind: 'member', before, after },
    event('member.removed', memberTarget(after), { email: after.email, role: after.role }),
    ...departed.value.changes,
  )
}

export const missingToRemove = (
  { tally, member, role }: MemberFacts,
  { authority }: Pick<Context, 'authority'>,
): Rejection | null =>
  missing(authority, 'members:manage') ??
  (member === null ? { code: 'not_found', resource: 'member' } : null) ??
  missingToManage(authority, role) ??
  (member === null ? null : lastOwner(member, tally))
