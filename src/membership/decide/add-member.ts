import { type Context, missingOperator } from '../authority.ts'
import type { AddMember } from '../commands.ts'
import { type Decision, decided, reject } from '../decision.ts'
import type { Member } from '../member.ts'
import { type ArrivalFacts, arrive } from './arrive.ts'

/** Makes one person a member at once, or a suspended member active again. */
export function addMember(facts: ArrivalFacts, command: AddMember, context: Context): Decision<Member> {
  const refusal = missingOperator(context.authority)
  if (refusal !== null) return reject(refusal)
  const { member } = facts
  if (member?.status === 'active') return reject({ code: 'already_member', memberId: member.id })
  const arrived = arrive(facts, command, context)
  if (!arrived.ok) return arrived
  const { outcome, changes, member: joined } = arrived.value
  return outcome === 'unchanged' ? reject({ code: 'already_member', memberId: joined.id }) : decided(joined, ...changes)
}
