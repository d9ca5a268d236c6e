import { Access, AccessList } from '../../../contract/access.ts'
import { ApiKey, ApiKeyList } from '../../../contract/api-keys.ts'
import { Role, RoleList } from '../../../contract/roles.ts'
import { CONDITIONS, type Description, json, nothing, resource } from '../description.ts'

export const getAccess: Description = {
  id: 'getAccess',
  summary: 'May this person do that here?',
  description: 'Everybody may ask about themselves.',
  tag: 'Access',
  permission: 'members:read',
  answers: { 200: json('Whether, and why.', Access) },
}

export const checkAccess: Description = {
  id: 'checkAccess',
  summary: 'Ask up to 100 such questions at once',
  tag: 'Access',
  onlyReads: true,
  permission: 'members:read',
  answers: { 200: json('An answer for each question, in their order.', AccessList) },
}

export const listRoles: Description = {
  id: 'listRoles',
  summary: 'List roles',
  description: 'The built-in ones first.',
  tag: 'Roles',
  permission: 'members:read',
  answers: { 200: json('The roles.', RoleList) },
}

export const createRole: Description = {
  id: 'createRole',
  summary: 'Create a role',
  tag: 'Roles',
  permission: 'roles:manage',
  heeds: ['Idempotency-Key'],
  answers: { 201: resource('The role.', Role) },
  refuses: ['role_exists', 'role_limit_reached'],
}

export const getRole: Description = {
  id: 'getRole',
  summary: 'Get a role',
  tag: 'Roles',
  permission: 'members:read',
  answers: { 200: resource('The role.', Role) },
}

export const updateRole: Description = {
  id: 'updateRole',
  summary: 'Change a role',
  description:
    'Takes effect for everybody who holds it with their next request. When it loses permissions, pending invitations and API keys that its holders could no longer make end in the same step.',
  tag: 'Roles',
  permission: 'roles:manage',
  heeds: CONDITIONS,
  answers: { 200: resource('The role after the change.', Role) },
  refuses: ['role_built_in'],
}

export const deleteRole: Description = {
  id: 'deleteRole',
  summary: 'Delete a role',
  description: 'While people or pending invitations hold it, only with `reassign_to`.',
  tag: 'Roles',
  permission: 'roles:manage',
  heeds: CONDITIONS,
  answers: { 204: nothing('The role is deleted.') },
  refuses: ['role_built_in', 'role_in_use'],
}

export const listApiKeys: Description = {
  id: 'listApiKeys',
  summary: 'List API keys',
  description: 'Without their secrets, which are kept nowhere.',
  tag: 'API keys',
  permission: 'api_keys:manage',
  answers: { 200: json('The keys that are not revoked.', ApiKeyList) },
}

export const getApiKey: Description = {
  id: 'getApiKey',
  summary: 'Get an API key',
  description: 'Without its secret. A revoked key is 404.',
  tag: 'API keys',
  permission: 'api_keys:manage',
  answers: { 200: resource('The key.', ApiKey) },
}

export const createApiKey: Description = {
  id: 'createApiKey',
  summary: 'Create an API key',
  description:
    'The `secret` is in this answer only. A repeated call with the same Idempotency-Key is answered without it.',
  tag: 'API keys',
  permission: 'api_keys:manage',
  heeds: ['Idempotency-Key'],
  answers: { 201: resource('The key, with its secret.', ApiKey) },
  refuses: ['api_key_limit_reached', 'reauthentication_required'],
}

export const revokeApiKey: Description = {
  id: 'revokeApiKey',
  summary: 'Revoke an API key',
  description: 'It ends with the next request.',
  tag: 'API keys',
  permission: 'api_keys:manage',
  heeds: CONDITIONS,
  answers: { 204: nothing('The key is revoked.') },
}
