/** Every permission of the product. Custom roles and API keys choose from this list. */
export const PERMISSIONS = [
  'organization:read',
  'members:read',
  'products:use',
  'organization:update',
  'members:manage',
  'domains:manage',
  'sso:manage',
  'scim:manage',
  'oauth_clients:manage',
  'api_keys:manage',
  'webhooks:manage',
  'audit_log:read',
  'admins:manage',
  'roles:manage',
  'billing:manage',
  'owners:manage',
  'organization:delete',
] as const

export type Permission = (typeof PERMISSIONS)[number]

/** What only reads, or uses what is licensed, changes nothing. A new kind of permission counts as one that does. */
export const changesSomething = (permission: Permission): boolean => !/:(read|use)$/.test(permission)

/** What only the role `owner` may hold; a custom role never grants these. */
export const OWNER_ONLY_PERMISSIONS: readonly Permission[] = ['owners:manage', 'organization:delete']

/** Permissions that no API key can have: a credential that outlives sessions must not change owners or make credentials. */
export const NEVER_HELD_BY_KEYS: readonly Permission[] = [...OWNER_ONLY_PERMISSIONS, 'api_keys:manage']
