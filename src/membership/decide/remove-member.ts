import { type Context, missing, missingToManage } from '../authority.ts'
import { type Decision, decided, event, memberTarget, reject, unchanged } from '../decision.ts'
import type { Member } from '../member.ts'
import type { Organization } from '../organization.ts'
import { lastOwner } from '../ownership.ts'
import type { Role } from '../roles.ts'
import type { Tally } from '../seats.ts'

export interface MemberFacts {
  readonly organization: Organization
  readonly tally: Tally
  readonly member: Member | null
  /** The role that the member holds. */
  readonly role: Role
}

/** Access ends with the next request and the seat is free; nothing else of the person is touched. */
export function removeMember(
  { tally, member: before, role }: MemberFacts,
  { authority, now }: Context,
): Decision<Member> {
  const permitted = missing(authority, 'members:manage')
  if (permitted !== null) return reject(permitted)
  if (before === null) return reject({ code: 'not_found', resource: 'member' })
  const refusal = missingToManage(authority, role) ?? lastOwner(before, tally)
  if (refusal !== null) return reject(refusal)
  if (before.status === 'removed') return unchanged(before)

  const after: Member = { ...before, status: 'removed', updatedAt: now }
  return decided(
    after,
    { kind: 'member', before, after },
    event('member.removed', memberTarget(after), { email: after.email, role: after.role }),
  )
}
