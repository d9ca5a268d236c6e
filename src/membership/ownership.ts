import type { Member } from './member.ts'
import type { Rejection } from './rejection.ts'
import { OWNER } from './roles.ts'
import type { Tally } from './seats.ts'

export const isActiveOwner = (member: Pick<Member, 'status' | 'role'>): boolean =>
  member.status === 'active' && member.role === OWNER

/** Once an organization has had an active owner it always has one. Binds the operator and every automatic process too. */
export const lastOwner = (
  leaving: Pick<Member, 'status' | 'role'>,
  tally: Pick<Tally, 'activeOwners'>,
): Rejection | null => (isActiveOwner(leaving) && tally.activeOwners <= 1 ? { code: 'last_owner' } : null)
