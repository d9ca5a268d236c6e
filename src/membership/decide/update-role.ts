import { type Context, missing, missingToManage } from '../authority.ts'
import type { UpdateRole } from '../commands.ts'
import { type Change, type Decision, decided, event, reject, unchanged } from '../decision.ts'
import { type Departure, type DepartureFacts, departure } from '../departure.ts'
import { difference, type EventData } from '../event.ts'
import type { Rejection } from '../rejection.ts'
import { ok, type Result } from '../result.ts'
import { builtInRole, type Role } from '../roles.ts'
import { grantProblem } from './create-role.ts'

export interface UpdateRoleFacts {
  readonly role: Role | null
  /** What those who hold the role made. */
  readonly holdersDeparting: () => DepartureFacts
}

/** Takes effect for everyone who holds the role, with their next request. The key stays. */
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
  const widened = after.permissions.some((permission) => !before.permissions.includes(permission))
  const adopted: Change[] = widened ? [adoptedBy(context, after.key)] : []
  return decided(after, { kind: 'role', after }, updated, ...departed.value.changes, ...adopted)
}

/** Who widens a role answers for the invitations into it: the people who sent them might not have given so much. */
export const adoptedBy = ({ authority }: Pick<Context, 'authority'>, role: string): Change => ({
  kind: 'invitations_adopted',
  role,
  maker: authority.maker,
})

/** What becomes of what the holders of a role made, once they have another in its place. */
export function departureFromRole(
  { holdersDeparting }: Pick<UpdateRoleFacts, 'holdersDeparting'>,
  before: Role,
  after: Role,
  context: Context,
): Result<Departure, Rejection> {
  const loses = before.permissions.some((permission) => !after.permissions.includes(permission))
  if (!loses) return ok({ entries: [], changes: [] })
  const facts = holdersDeparting()
  const role = (key: string) => (key === before.key ? after : facts.role(key))
  return departure({ ...facts, role }, { remaining: new Set(after.permissions), gone: false }, [], context)
}

const describe = (role: Role): EventData => ({
  name: role.name,
  description: role.description,
  permissions: role.permissions,
})
