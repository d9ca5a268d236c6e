import { type Context, missing, missingToAssign, missingToManage } from '../authority.ts'
import type { DeleteRole } from '../commands.ts'
import { type Change, type Decision, decided, event, reject } from '../decision.ts'
import type { DepartureFacts } from '../departure.ts'
import type { Rejection } from '../rejection.ts'
import { builtInRole, OWNER, type Role } from '../roles.ts'
import { departureFromRole } from './update-role.ts'

export interface DeleteRoleFacts {
  readonly role: Role | null
  readonly replacement: Role | null
  /** How many people and open or expired invitations refer to the role. */
  readonly members: number
  readonly invitations: number
  readonly holdersDeparting: () => DepartureFacts
}

/**
 * Nobody is left without a role: members who hold it move to `reassign_to` in the same step. So do invitations, which stay with
 * their makers.
 */
export function deleteRole(facts: DeleteRoleFacts, command: DeleteRole, context: Context): Decision<Role> {
  const { authority } = context
  const { role, members, invitations } = facts
  const permitted = missing(authority, 'roles:manage')
  if (permitted !== null) return reject(permitted)
  if (builtInRole(command.key) !== undefined) return reject({ code: 'role_built_in' })
  if (role === null) return reject({ code: 'not_found', resource: 'role' })
  const inUse = members + invitations > 0
  if (inUse && command.reassignTo === null) return reject({ code: 'role_in_use', members, invitations })
  const refusal = missingToManage(authority, role) ?? replacementProblem(facts, command, { authority })
  if (refusal !== null) return reject(refusal)

  const { replacement } = facts
  const departed = replacement === null ? null : departureFromRole(facts, role, replacement, context)
  if (departed?.ok === false) return departed
  // Before the move to the new role, so that what ends is written as the rule has seen it.
  const ended = departed?.value.changes ?? []
  const moved: Change = { kind: 'role_reassigned', from: role.key, to: command.reassignTo ?? '' }
  const changes: Change[] = inUse ? [moved] : []
  const deleted = event(
    'role.deleted',
    { type: 'role', id: role.key },
    { name: role.name, reassigned_to: command.reassignTo, members, invitations },
  )
  return decided(
    role,
    ...ended.map((change) => inRole(change, role, replacement)),
    ...changes,
    { kind: 'role_deleted', key: role.key },
    deleted,
  )
}

/** Moves ended invitations too, so that no row names a deleted role. */
function inRole(change: Change, { key }: Role, replacement: Role | null): Change {
  if (change.kind !== 'invitation' || change.after.role !== key || replacement === null) return change
  return { ...change, after: { ...change.after, role: replacement.key } }
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
