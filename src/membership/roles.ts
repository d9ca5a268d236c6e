import { OWNER_ONLY_PERMISSIONS, PERMISSIONS, type Permission } from './permissions.ts'

/** A set of permissions with a name. The key never changes; members and invitations refer to it. */
export interface Role {
  readonly key: string
  readonly name: string
  readonly description: string
  readonly permissions: readonly Permission[]
  readonly builtIn: boolean
}

export const OWNER = 'owner'
export const ADMIN = 'admin'
export const MEMBER = 'member'

/** Least privilege: whoever arrives without a named role gets this one. */
export const DEFAULT_ROLE = MEMBER

/** 2 to 32 characters, so that a key is safe in paths, CSV and SQL alike. */
export const ROLE_KEY = /^[a-z][a-z0-9_-]{1,31}$/
export const MAX_CUSTOM_ROLES = 50

const OWNER_SHARE: readonly Permission[] = [
  'admins:manage',
  'roles:manage',
  'billing:manage',
  ...OWNER_ONLY_PERMISSIONS,
]

export const BUILT_IN_ROLES: readonly Role[] = [
  {
    key: OWNER,
    name: 'Owner',
    description: 'Everything, including ownership and deletion.',
    permissions: PERMISSIONS,
    builtIn: true,
  },
  {
    key: ADMIN,
    name: 'Admin',
    description: 'Manages members, settings, domains, keys and connections.',
    permissions: PERMISSIONS.filter((permission) => !OWNER_SHARE.includes(permission)),
    builtIn: true,
  },
  {
    key: MEMBER,
    name: 'Member',
    description: 'Uses what the organization has licensed.',
    permissions: ['organization:read', 'members:read', 'products:use'],
    builtIn: true,
  },
]

export const builtInRole = (key: string): Role | undefined => BUILT_IN_ROLES.find((role) => role.key === key)
