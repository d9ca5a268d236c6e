import { type Context, missing, missingToManage } from '../authority.ts'
import { type Decision, decided, event, invitationTarget, reject, unchanged } from '../decision.ts'
import { type Invitation, statusAt } from '../invitation.ts'
import type { Role } from '../roles.ts'

/** Frees the seat and kills the link. Canceling a canceled invitation changes nothing. */
export function cancelInvitation(
  { invitation: before, role }: { invitation: Invitation | null; role: Role | null },
  { authority, now }: Context,
): Decision<Invitation> {
  const refusal = missing(authority, 'members:manage')
  if (refusal !== null) return reject(refusal)
  if (before === null) return reject({ code: 'not_found', resource: 'invitation' })
  const outranked = role === null ? null : missingToManage(authority, role)
  if (outranked !== null) return reject(outranked)

  if (before.status === 'canceled') return unchanged(before)
  const status = statusAt(before, now)
  if (status !== 'pending') return reject({ code: 'invitation_not_pending', status })
  const after: Invitation = { ...before, status: 'canceled' }
  return decided(
    after,
    { kind: 'invitation', before, after },
    event('invitation.canceled', invitationTarget(after), { email: after.email }),
  )
}
