import { type Context, missing, missingToManage } from '../authority.ts'
import { type Decision, decided, event, memberTarget, reject, unchanged } from '../decision.ts'
import { isErasedAddress } from '../erasure.ts'
import type { Ending, Member } from '../member.ts'
import type { MemberFacts } from './remove-member.ts'

/** Withdraws the decision against a removed or suspended person: the next arrival brings them back, once. */
export function allowReturn(
  { member: before, role }: Pick<MemberFacts, 'member' | 'role'>,
  { authority, now }: Context,
): Decision<Member> {
  const permitted = missing(authority, 'members:manage')
  if (permitted !== null) return reject(permitted)
  if (before === null || isErasedAddress(before.email)) return reject({ code: 'not_found', resource: 'member' })
  const outranked = missingToManage(authority, role)
  if (outranked !== null) return reject(outranked)
  if (before.status === 'active' || before.ending?.returnAllowed === true) return unchanged(before)

  if (before.ending?.by === 'themselves') {
    return reject({ code: 'invalid', path: 'member', message: 'The person has left. An invitation brings them back.' })
  }
  const decision: Ending = before.ending ?? { by: 'person', connectionId: null }
  const after: Member = { ...before, ending: { ...decision, returnAllowed: true }, updatedAt: now }
  return decided(
    after,
    { kind: 'member', before, after },
    event('member.return_allowed', memberTarget(after), { email: after.email }),
  )
}
