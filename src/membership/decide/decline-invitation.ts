import type { Context } from '../authority.ts'
import type { DeclineInvitation } from '../commands.ts'
import { type Decision, decided, event, invitationTarget, reject, unchanged } from '../decision.ts'
import type { Invitation } from '../invitation.ts'
import { deadProof, isForeign } from './accept-invitation.ts'

/** The invitee says no; the seat is free again. Saying it twice changes nothing. */
export function declineInvitation(
  { invitation: before }: { invitation: Invitation | null },
  command: DeclineInvitation,
  { now }: Context,
): Decision<Invitation> {
  if (before === null || isForeign(before, command)) return reject({ code: 'not_found', resource: 'invitation' })
  if (before.status === 'declined') return unchanged(before)
  const dead = deadProof(before, command, now)
  if (dead !== null) return reject(dead)
  const after: Invitation = { ...before, status: 'declined' }
  return decided(
    after,
    { kind: 'invitation', before, after },
    event('invitation.declined', invitationTarget(after), { email: after.email }),
  )
}
