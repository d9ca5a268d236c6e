import { type Context, missingOperator } from '../authority.ts'
import type { CommandValues, RecordDeliveries } from '../commands.ts'
import { type Change, type Decision, decided, reject } from '../decision.ts'
import type { Invitation } from '../invitation.ts'

/** What became of mails. A report about an earlier mail of a resent invitation says nothing about the newest. */
export function recordDeliveries(
  { invitations }: { invitations: ReadonlyMap<string, Invitation> },
  command: RecordDeliveries,
  { authority }: Context,
): Decision<CommandValues['RecordDeliveries']> {
  const refusal = missingOperator(authority)
  if (refusal !== null) return reject(refusal)
  const changes: Change[] = []
  for (const report of command.deliveries) {
    const before = invitations.get(report.invitationId)
    if (before === undefined || before.sendCount !== report.sendNumber || before.delivery === report.delivery) continue
    changes.push({ kind: 'delivery', after: { ...before, delivery: report.delivery } })
  }
  return decided({ recorded: changes.length }, ...changes)
}
