import { type Context, missing, missingToAssign, missingToManage } from '../authority.ts'
import type { DeleteRole } from '../commands.ts'
import { type Change, type Decision, decided, event, reject } from '../decision.ts'
import type { Rejection } from '../rejection.ts'
import { builtInRole, OWNER, type Role } from '../roles.ts'

export interface DeleteRoleFacts {
  readonly role: Role | null
  readonly replacement: Role | null
  /** How many people and open or expired invitations refer to the role. */
  readonly members: number
  readonly invitations: number
}

/** Nobody is left without a role: whoever holds it moves to `reassign_to` in the same step. */
export function deleteRole(facts: DeleteRoleFacts, command: DeleteRole, { authority }: Context): Decision<Role> {
  const { role, members, invitations } = facts
  const permitted = missing(authority, 'roles:manage')
  if (permitted !== null) return reject(permitted)
  if (builtInRole(command.key) !== undefined) return reject({ code: 'role_built_in' })
  if (role === null) return reject({ code: 'not_found', resource: 'role' })
  const inUse = members + invitations > 0
  if (inUse && command.reassignTo === null) return reject({ code: 'role_in_use', members, invitations })
  const refusal = missingToManage(authority, role) ?? replacementProblem(facts, command, { authority })
  if (refusal !== null) return reject(refusal)

  const changes: Change[] = inUse ? [{ kind: 'role_reassigned', from: role.key, to: command.reassignTo ?? '' }] : []
  const deleted = event(
    'role.deleted',
    { type: 'role', id: role.key },
    { name: role.name, reassigned_to: command.reassignTo, members, invitations },
  )
  return decided(role, ...changes, { kind: 'role_deleted', key: role.key }, deleted)
}

function replacementProblem(
  { replacement }: DeleteRoleFacts,
  { key, reassignTo }: DeleteRole,
  { authority }: Pick<Context, 'authority'>,
): Rejection | null {
  if (reassignTo === null) return null
  const path = 'reassign_to'
  if (replacement === null || reassignTo === key)
    return { code: 'invalid', path, message: 'There is no such other role.' }
  if (replacement.key === OWNER) return { code: 'invalid', path, message: 'Ownership is given person by person.' }
  return missingToAssign(authority, replacement)
}
