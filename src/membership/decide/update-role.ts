import { type Context, missing, missingToManage } from '../authority.ts'
import type { UpdateRole } from '../commands.ts'
import { type Decision, decided, event, reject, unchanged } from '../decision.ts'
import { difference, type EventData } from '../event.ts'
import { builtInRole, type Role } from '../roles.ts'
import { grantProblem } from './create-role.ts'

/** Takes effect for everyone who holds the role, with their next request. The key stays. */
export function updateRole(
  { role: before }: { role: Role | null },
  command: UpdateRole,
  { authority }: Context,
): Decision<Role> {
  const permitted = missing(authority, 'roles:manage')
  if (permitted !== null) return reject(permitted)
  if (builtInRole(command.key) !== undefined) return reject({ code: 'role_built_in' })
  if (before === null) return reject({ code: 'not_found', resource: 'role' })
  const after: Role = {
    ...before,
    name: command.name ?? before.name,
    description: command.description ?? before.description,
    permissions: command.permissions ?? before.permissions,
  }
  const refusal =
    command.permissions === undefined
      ? null
      : (missingToManage(authority, before) ?? grantProblem(after, { authority }))
  if (refusal !== null) return reject(refusal)
  const changed = difference(describe(before), describe(after))
  if (Object.keys(changed).length === 0) return unchanged(before)
  return decided(after, { kind: 'role', after }, event('role.updated', { type: 'role', id: after.key }, changed))
}

const describe = (role: Role): EventData => ({
  name: role.name,
  description: role.description,
  permissions: role.permissions,
})
