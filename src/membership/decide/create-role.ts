import { type Context, missing, missingToGrant, missingToManage } from '../authority.ts'
import type { CreateRole } from '../commands.ts'
import { type Decision, decided, event, reject } from '../decision.ts'
import { OWNER_ONLY_PERMISSIONS, type Permission } from '../permissions.ts'
import type { Rejection } from '../rejection.ts'
import { builtInRole, MAX_CUSTOM_ROLES, ROLE_KEY, type Role } from '../roles.ts'

export interface CreateRoleFacts {
  readonly role: Role | null
  readonly customRoles: number
}

export function createRole(facts: CreateRoleFacts, command: CreateRole, { authority }: Context): Decision<Role> {
  const role: Role = {
    key: command.key,
    name: command.name,
    description: command.description,
    permissions: command.permissions,
    builtIn: false,
  }
  const refusal = missing(authority, 'roles:manage') ?? keyProblem(command.key) ?? grantProblem(role, { authority })
  if (refusal !== null) return reject(refusal)
  if (facts.role !== null || builtInRole(command.key) !== undefined) return reject({ code: 'role_exists' })
  if (facts.customRoles >= MAX_CUSTOM_ROLES) return reject({ code: 'role_limit_reached', limit: MAX_CUSTOM_ROLES })
  const data = { name: role.name, description: role.description, permissions: role.permissions }
  return decided(role, { kind: 'role', after: role }, event('role.created', { type: 'role', id: role.key }, data))
}

const keyProblem = (key: string): Rejection | null =>
  ROLE_KEY.test(key)
    ? null
    : { code: 'invalid', path: 'key', message: 'A key is 2 to 32 of a-z, 0-9, _ and -, and starts with a letter.' }

/** A custom role never makes an owner, and never grants more than its maker has. */
export function grantProblem(role: Role, { authority }: Pick<Context, 'authority'>): Rejection | null {
  const reserved = role.permissions.find((permission: Permission) => OWNER_ONLY_PERMISSIONS.includes(permission))
  if (reserved !== undefined) {
    return { code: 'invalid', path: 'permissions', message: `Only the role owner can hold ${reserved}.` }
  }
  return missingToManage(authority, role) ?? missingToGrant(authority, role.permissions)
}
