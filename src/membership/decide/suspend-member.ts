import { type Context, missing, missingToManage } from '../authority.ts'
import { type Decision, decided, event, memberTarget, reject } from '../decision.ts'
import { endedAlready, endingBy } from '../ending.ts'
import type { Member } from '../member.ts'
import { lastOwner } from '../ownership.ts'
import type { MemberFacts } from './remove-member.ts'

/** Takes access and seat away until reactivated; role and profile stay. */
export function suspendMember({ tally, member: before, role }: MemberFacts, context: Context): Decision<Member> {
  const { authority, now } = context
  const permitted = missing(authority, 'members:manage')
  if (permitted !== null) return reject(permitted)
  if (before === null || before.status === 'removed') return reject({ code: 'not_found', resource: 'member' })
  const refusal = missingToManage(authority, role) ?? lastOwner(before, tally)
  if (refusal !== null) return reject(refusal)
  if (before.status === 'suspended') return endedAlready(before, context)

  const after: Member = { ...before, status: 'suspended', ending: endingBy(authority, before), updatedAt: now }
  return decided(
    after,
    { kind: 'member', before, after },
    event('member.suspended', memberTarget(after), { email: after.email }),
  )
}
