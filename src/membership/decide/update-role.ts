import { type Context, missing, missingToManage } from '../authority.ts'
import type { UpdateRole } from '../commands.ts'
import { type Decision, decided, event, reject, unchanged } from '../decision.ts'
import { type Departure, type DepartureFacts, departure } from '../departure.ts'
import { difference, type EventData } from '../event.ts'
import type { Rejection } from '../rejection.ts'
import { ok, type Result } from '../result.ts'
import { builtInRole, type Role } from '../roles.ts'
import { grantProblem } from './create-role.ts'

export interface UpdateRoleFacts {
  readonly role: Role | null
  /** What the holders of the role made. */
  readonly holdersDeparting: () => DepartureFacts
}

/**
 * Takes effect for everyone who holds the role, with their next request. The key stays. Invitations into it stay with their
 * makers: acceptance refuses those whose makers could not give the role as it is by then.
 */
export function updateRole(facts: UpdateRoleFacts, command: UpdateRole, context: Context): Decision<Role> {
  const { role: before } = facts
  const { authority } = context
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
  const departed = departureFromRole(facts, before, after, context)
  if (!departed.ok) return departed
  const updated = event('role.updated', { type: 'role', id: after.key }, changed)
  return decided(after, { kind: 'role', after }, updated, ...departed.value.changes)
}

/** What happens to what the holders of a role made when another role replaces it. */
export function departureFromRole(
  { holdersDeparting }: Pick<UpdateRoleFacts, 'holdersDeparting'>,
  before: Role,
  after: Role,
  context: Context,
): Result<Departure, Rejection> {
  const loses = before.permissions.some((permission) => !after.permissions.includes(permission))
  if (!loses) return ok({ entries: [], changes: [] })
  const facts = holdersDeparting()
  const roles = () => facts.roles().map((role) => (role.key === before.key ? { ...after, key: role.key } : role))
  // Holders of a role that invites nobody have no pending invitations, however many they are.
  const makers = before.permissions.includes('members:manage') ? facts.makers : () => []
  return departure({ ...facts, roles, makers }, { remaining: new Set(after.permissions), gone: false }, [], context)
}

const describe = (role: Role): EventData => ({
  name: role.name,
  description: role.description,
  permissions: role.permissions,
})
