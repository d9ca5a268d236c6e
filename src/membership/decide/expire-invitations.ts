import { type Context, missingOperator } from '../authority.ts'
import type { CommandValues, ExpireInvitations } from '../commands.ts'
import { type Change, type Decision, decided, event, invitationTarget, reject } from '../decision.ts'
import { type Invitation, isExpired } from '../invitation.ts'

/** Their seats are free already since the moment they expired; this writes it down and tells the log. */
export function expireInvitations(
  { overdue }: { overdue: readonly Invitation[] },
  command: ExpireInvitations,
  { authority, now }: Context,
): Decision<CommandValues['ExpireInvitations']> {
  const refusal = missingOperator(authority)
  if (refusal !== null) return reject(refusal)
  const expired = overdue.filter((invitation) => invitation.status === 'pending' && isExpired(invitation, now))
  const swept = expired.slice(0, command.limit)
  return decided({ expired: swept.length, more: expired.length > swept.length }, ...swept.flatMap(expiry))
}

export function expiry(before: Invitation): Change[] {
  const after: Invitation = { ...before, status: 'expired' }
  return [
    { kind: 'invitation', before, after },
    event('invitation.expired', invitationTarget(after), { email: after.email }),
  ]
}
