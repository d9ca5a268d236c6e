import type { Context } from '../authority.ts'
import { type Decision, decided, event, memberTarget, reject } from '../decision.ts'
import type { Member } from '../member.ts'
import { lastOwner } from '../ownership.ts'
import type { Tally } from '../seats.ts'

/** Nobody needs a permission to go, not even someone suspended; only the last owner has to hand over first. */
export function leave({ tally }: { tally: Tally }, { authority, now }: Context): Decision<Member> {
  const before = authority.member
  if (before === null) return reject({ code: 'not_found', resource: 'organization' })
  const refusal = lastOwner(before, tally)
  if (refusal !== null) return reject(refusal)
  const after: Member = { ...before, status: 'removed', updatedAt: now }
  return decided(
    after,
    { kind: 'member', before, after },
    event('member.left', memberTarget(after), { email: after.email, role: after.role }),
  )
}
