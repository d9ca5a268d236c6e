import { NEVER_HELD_BY_KEYS, OWNER_ONLY_PERMISSIONS, PERMISSIONS, type Permission } from '../membership/permissions.ts'

/** What each permission lets people do, in their words. */
export const PERMISSION_TEXT: { readonly [permission in Permission]: string } = {
  'organization:read': 'See the name and the seats',
  'members:read': 'See who belongs to the team',
  'products:use': 'Use the product',
  'organization:update': 'Change name, address and settings',
  'members:manage': 'Invite, change, suspend and remove members',
  'domains:manage': 'Manage domains',
  'sso:manage': 'Manage single sign-on',
  'scim:manage': 'Manage directory sync',
  'oauth_clients:manage': 'Manage OAuth clients',
  'api_keys:manage': 'Create and revoke API keys',
  'webhooks:manage': 'Manage webhooks',
  'audit_log:read': 'Read the audit log',
  'admins:manage': 'Manage people who manage members',
  'roles:manage': 'Create and change roles',
  'billing:manage': 'Manage billing',
  'owners:manage': 'Manage owners',
  'organization:delete': 'Delete everything',
}

interface PermissionOption {
  readonly value: Permission
  readonly name: string
  readonly hint: string
  readonly disabled?: boolean
}

/** As choices for somebody who can give only what they have themselves. */
const grantable = (may: (permission: Permission) => boolean): PermissionOption[] =>
  PERMISSIONS.map((value) => ({
    value,
    name: PERMISSION_TEXT[value],
    hint: may(value) ? value : `${value}: you do not have it yourself`,
    disabled: !may(value),
  }))

/** For custom roles: some things stay with owners. */
export const grantableInRole = (may: (permission: Permission) => boolean): PermissionOption[] =>
  grantable(may).filter(({ value }) => !OWNER_ONLY_PERMISSIONS.includes(value))

/** For API keys, which change no owners and make no keys. */
export const grantableInKey = (may: (permission: Permission) => boolean): PermissionOption[] =>
  grantable(may).filter(({ value }) => !NEVER_HELD_BY_KEYS.includes(value))
