import type { Context } from '../authority.ts'
import type { PreviewDeparture } from '../commands.ts'
import { type Decision, reject, unchanged } from '../decision.ts'
import { type DepartureEntry, departure, GONE } from '../departure.ts'
import { belongs } from '../member.ts'
import { lastOwner } from '../ownership.ts'
import { missingToRemove } from './remove-member.ts'
import { departureToRole, missingToUpdate, type UpdateMemberFacts } from './update-member.ts'

/** The list of what would end or pass on, refused like the removal, the leaving or the change of role itself. */
export function previewDeparture(
  facts: UpdateMemberFacts,
  command: PreviewDeparture,
  context: Context,
): Decision<readonly DepartureEntry[]> {
  const { member } = facts
  const { role, keep = [] } = command
  const leaves = role === undefined && member !== null && context.authority.member?.id === member.id
  const refusal = leaves
    ? lastOwner(member, facts.tally)
    : role === undefined
      ? missingToRemove(facts, context)
      : missingToUpdate(facts, { role }, context)
  if (refusal !== null) return reject(refusal)
  if (!belongs(member)) return unchanged([])
  const departed =
    role === undefined
      ? departure(facts.departing(member), GONE, keep, context)
      : departureToRole(facts, member, keep, context)
  return departed.ok ? unchanged(departed.value.entries) : departed
}
