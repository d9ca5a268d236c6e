import { type Context, missing, missingFreshProofToGive, missingToManage } from '../authority.ts'
import { type Decision, decided, event, memberTarget, reject, unchanged } from '../decision.ts'
import { undoes } from '../ending.ts'
import type { Member } from '../member.ts'
import type { Rejection } from '../rejection.ts'
import { noFreeSeat, secondOwner } from './invite-member.ts'
import type { MemberFacts } from './remove-member.ts'

/** Gives access back, when there is a seat for it. */
export function reactivateMember(facts: MemberFacts, context: Context): Decision<Member> {
  const { authority, now } = context
  const { organization, tally, member: before, role } = facts
  const permitted = missing(authority, 'members:manage')
  if (permitted !== null) return reject(permitted)
  if (before === null || before.status === 'removed') return reject({ code: 'not_found', resource: 'member' })
  const outranked = missingToManage(authority, role)
  if (outranked !== null) return reject(outranked)
  if (before.status === 'active') return unchanged(before)
  const refusal =
    suspensionStands(before, context) ??
    secondOwner(organization, tally, role) ??
    noFreeSeat(organization, tally) ??
    missingFreshProofToGive(role, context)
  if (refusal !== null) return reject(refusal)

  const after: Member = { ...before, status: 'active', ending: null, updatedAt: now }
  return decided(
    after,
    { kind: 'member', before, after },
    event('member.reactivated', memberTarget(after), { email: after.email }),
  )
}

/** A directory reactivates only members that it has suspended itself, or whose return an admin has allowed. */
const suspensionStands = ({ id, ending }: Member, { authority }: Context): Rejection | null =>
  authority.process?.process !== 'scim' || undoes('scim', ending, authority)
    ? null
    : { code: 'suspended_by_admin', memberId: id }
