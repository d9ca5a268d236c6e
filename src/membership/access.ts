import type { Member } from './member.ts'
import type { Permission } from './permissions.ts'
import type { Role } from './roles.ts'

export const ACCESS_REASONS = ['granted', 'not_a_member', 'suspended', 'permission_missing'] as const

/** May this person do that here, and why. Without a permission to ask for: may they do anything here at all. */
export interface Access {
  readonly userId: string
  readonly permission: Permission | null
  readonly allowed: boolean
  readonly reason: (typeof ACCESS_REASONS)[number]
  readonly role: string | null
  readonly status: 'active' | 'suspended' | null
  readonly permissions: readonly Permission[]
}

/** The little of a member's row that decides what the person may do. */
export type Membership = Pick<Member, 'id' | 'role' | 'status'>

export function accessOf(
  userId: string,
  member: Pick<Membership, 'role' | 'status'> | null,
  role: Role | null,
  permission: Permission | null,
): Access {
  const asked = { userId, permission }
  if (member === null || member.status === 'removed') {
    return { ...asked, allowed: false, reason: 'not_a_member', role: null, status: null, permissions: [] }
  }
  if (member.status === 'suspended') {
    return { ...asked, allowed: false, reason: 'suspended', role: member.role, status: 'suspended', permissions: [] }
  }
  const permissions = role?.permissions ?? []
  const allowed = permission === null || permissions.includes(permission)
  const reason = allowed ? 'granted' : 'permission_missing'
  return { ...asked, allowed, reason, role: member.role, status: 'active', permissions }
}
