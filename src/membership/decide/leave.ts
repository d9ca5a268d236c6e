import type { Context } from '../authority.ts'
import { type Decision, decided, event, memberTarget, reject } from '../decision.ts'
import { type DepartureFacts, departure, GONE } from '../departure.ts'
import { THEMSELVES } from '../ending.ts'
import type { Member } from '../member.ts'
import { lastOwner } from '../ownership.ts'
import type { Tally } from '../seats.ts'

export interface LeaveFacts {
  readonly tally: Tally
  readonly departing: (member: Member) => DepartureFacts
}

/** Nobody needs a permission to go, not even someone suspended; only the last owner has to hand over first. */
export function leave({ tally, departing }: LeaveFacts, context: Context): Decision<Member> {
  const before = context.authority.member
  if (before === null) return reject({ code: 'not_found', resource: 'organization' })
  const refusal = lastOwner(before, tally)
  if (refusal !== null) return reject(refusal)
  const departed = departure(departing(before), GONE, [], context)
  if (!departed.ok) return departed
  const after: Member = { ...before, status: 'removed', ending: THEMSELVES, updatedAt: context.now }
  return decided(
    after,
    { kind: 'member', before, after },
    event('member.left', memberTarget(after), { email: after.email, role: after.role }),
    ...departed.value.changes,
  )
}
