import { type Context, missing, missingFreshProof } from '../authority.ts'
import { type Change, type Decision, decided, event, memberTarget, reject, unchanged } from '../decision.ts'
import { type DepartureFacts, departure, type Loss } from '../departure.ts'
import type { Member } from '../member.ts'
import type { Organization } from '../organization.ts'
import { ADMIN, builtInRole, OWNER } from '../roles.ts'

export interface TransferFacts {
  readonly organization: Organization
  readonly member: Member | null
  /** Mode `single`: the one owner. Mode `multiple`: the acting owner, or null when the operator acts. */
  readonly outgoing: Member | null
  readonly departing: (member: Member) => DepartureFacts
}

const AS_ADMIN: Loss = { remaining: new Set(builtInRole(ADMIN)?.permissions), gone: false }

/** Swaps in one step: the new owner becomes `owner`, the one who hands over becomes `admin`. */
export function transferOwnership(facts: TransferFacts, context: Context): Decision<Member> {
  const { authority, now } = context
  const { organization, member: before, outgoing } = facts
  const permitted = missing(authority, 'owners:manage')
  if (permitted !== null) return reject(permitted)
  if (before === null || before.status === 'removed') return reject({ code: 'not_found', resource: 'member' })
  if (before.status !== 'active') return reject({ code: 'member_not_active' })
  if (before.id === outgoing?.id) return unchanged(before)
  if (before.role === OWNER && outgoing === null) return unchanged(before)

  const stale = missingFreshProof(context)
  if (stale !== null) return reject(stale)
  const departed = outgoing === null ? null : departure(facts.departing(outgoing), AS_ADMIN, [], context)
  if (departed?.ok === false) return departed

  const after: Member = { ...before, role: OWNER, updatedAt: now }
  // The organization's own revision rises too: of two transfers with the same If-Match one is made.
  const changes: Change[] = [{ kind: 'organization', after: organization }]
  if (before.role !== OWNER) changes.push({ kind: 'member', before, after })
  if (outgoing !== null) {
    changes.push({ kind: 'member', before: outgoing, after: { ...outgoing, role: ADMIN, updatedAt: now } })
  }
  const swapped = event(
    'ownership.transferred',
    { type: 'organization', id: organization.id },
    { from: outgoing?.id ?? null, to: after.id },
  )
  const roles = event('member.role_changed', memberTarget(after), { role: { from: before.role, to: OWNER } })
  const handedOver =
    outgoing === null
      ? []
      : [event('member.role_changed', memberTarget(outgoing), { role: { from: OWNER, to: ADMIN } })]
  const gained = before.role === OWNER ? [] : [roles]
  return decided(after, ...changes, swapped, ...gained, ...handedOver, ...(departed?.value.changes ?? []))
}
