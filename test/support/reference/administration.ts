import type { Permission } from '../../../src/membership/permissions.ts'
import { days } from '../commands.ts'
import { judged, type Rules, refusedWith, unchanged } from './judgement.ts'
import { BUILT_IN, lacks, mayActOn, mayGive, type ReferenceModel, type Rights } from './model.ts'

const OWNERS_ALONE: readonly Permission[] = ['owners:manage', 'organization:delete']

const NO_KEY: readonly Permission[] = [...OWNERS_ALONE, 'api_keys:manage']

const hasAll = (rights: Rights, permissions: readonly Permission[]): boolean =>
  permissions.every((permission) => rights.permissions.has(permission))

export const administrationRules: Rules<
  | 'UpdateOrganization'
  | 'DeleteOrganization'
  | 'RestoreOrganization'
  | 'CreateRole'
  | 'UpdateRole'
  | 'DeleteRole'
  | 'CreateApiKey'
  | 'RevokeApiKey'
> = {
  UpdateOrganization({ model, rights }, { name, ownership, seatLimit }) {
    const refusal = lacks(rights, 'organization:update')
    if (refusal !== null || model.organization === null) return refusedWith(refusal ?? 'not_found')
    const { organization } = model
    const switches = ownership !== undefined && ownership !== organization.ownership
    return judged(
      [
        [seatLimit !== undefined && !rights.everything, 'forbidden'],
        [seatLimit !== undefined && seatLimit !== null && !(Number.isInteger(seatLimit) && seatLimit >= 1), 'invalid'],
        [switches && !rights.permissions.has('owners:manage'), 'forbidden'],
        [switches && ownership === 'single' && model.activeOwners().length > 1, 'several_owners'],
      ],
      () => {
        organization.name = name ?? organization.name
        organization.ownership = ownership ?? organization.ownership
        if (seatLimit !== undefined) organization.seatLimit = seatLimit
      },
    )
  },

  DeleteOrganization({ model, rights, now }) {
    const refusal = lacks(rights, 'organization:delete')
    if (refusal !== null) return refusedWith(refusal)
    return judged([], () => {
      if (model.organization !== null) model.organization.deletedAt = now
    })
  },

  RestoreOrganization({ model, rights, now }) {
    if (!rights.everything) return refusedWith(rights.member === null && !rights.key ? 'not_found' : 'forbidden')
    const deletedAt = model.organization?.deletedAt ?? null
    if (deletedAt === null) return unchanged
    return judged([[now >= deletedAt + days(30), 'restore_window_passed']], () => {
      if (model.organization !== null) model.organization.deletedAt = null
    })
  },

  CreateRole({ model, rights }, { key, permissions }) {
    const refusal = lacks(rights, 'roles:manage')
    if (refusal !== null) return refusedWith(refusal)
    return judged(
      [
        [!/^[a-z][a-z0-9_-]{1,31}$/.test(key), 'invalid'],
        [permissions.some((permission) => OWNERS_ALONE.includes(permission)), 'invalid'],
        [!mayGive(rights, key, permissions) || !hasAll(rights, permissions), 'forbidden'],
        [model.roleExists(key), 'role_exists'],
        [model.roles.size >= 50, 'role_limit_reached'],
      ],
      () => model.roles.set(key, permissions),
    )
  },

  UpdateRole({ model, rights }, { key, permissions }) {
    const refusal = lacks(rights, 'roles:manage')
    if (refusal !== null) return refusedWith(refusal)
    if (BUILT_IN.has(key)) return refusedWith('role_built_in')
    const before = model.roles.get(key)
    if (before === undefined) return refusedWith('not_found')
    if (permissions === undefined) return unchanged
    return judged(
      [
        [permissions.some((permission) => OWNERS_ALONE.includes(permission)), 'invalid'],
        [!mayActOn(rights, key, before), 'forbidden'],
        [!mayGive(rights, key, permissions) || !hasAll(rights, permissions), 'forbidden'],
      ],
      () => {
        model.roles.set(key, permissions)
      },
    )
  },

  DeleteRole({ model, rights }, { key, reassignTo }) {
    const refusal = lacks(rights, 'roles:manage')
    if (refusal !== null) return refusedWith(refusal)
    if (BUILT_IN.has(key)) return refusedWith('role_built_in')
    const role = model.roles.get(key)
    if (role === undefined) return refusedWith('not_found')
    const other = reassignTo !== null && reassignTo !== key && model.roleExists(reassignTo) ? reassignTo : null
    return judged(
      [
        [reassignTo === null && inUse(model, key), 'role_in_use'],
        [!mayActOn(rights, key, role), 'forbidden'],
        [reassignTo !== null && (other === null || other === 'owner'), 'invalid'],
        [other !== null && !mayGive(rights, other, model.grants(other)), 'forbidden'],
      ],
      () => {
        model.roles.delete(key)
        for (const holder of holders(model, key)) holder.role = other ?? holder.role
      },
    )
  },

  CreateApiKey({ model, rights, now }, { keyId, permissions, secretHash, expiresAt }) {
    const refusal = lacks(rights, 'api_keys:manage')
    if (refusal !== null) return refusedWith(refusal)
    return judged(
      [
        [permissions.some((permission) => NO_KEY.includes(permission)), 'invalid'],
        [!hasAll(rights, permissions), 'forbidden'],
        [expiresAt !== null && expiresAt <= now, 'invalid'],
      ],
      () => {
        const born = { revoked: false, maker: rights.maker, left: false }
        model.keys.set(secretHash, { id: keyId, secretHash, permissions, expiresAt, ...born })
      },
    )
  },

  RevokeApiKey({ model, rights }, { keyId }) {
    const refusal = lacks(rights, 'api_keys:manage')
    if (refusal !== null) return refusedWith(refusal)
    const key = [...model.keys.values()].find(({ id }) => id === keyId)
    if (key === undefined) return refusedWith('not_found')
    return judged([], () => {
      key.revoked = true
    })
  },
}

/** A role is in use while somebody belongs to the organization with it, or could still come in by an invitation or a resend. */
const inUse = (model: ReferenceModel, role: string): boolean =>
  [...model.members.values()].some((member) => member.role === role && member.status !== 'removed') ||
  [...model.invitations.values()].some((invitation) => invitation.role === role && couldStillJoin(invitation.status))

function* holders(model: ReferenceModel, role: string): Generator<{ role: string }> {
  if (!inUse(model, role)) return
  for (const member of model.members.values()) if (member.role === role) yield member
  for (const invitation of model.invitations.values()) {
    if (invitation.role === role && couldStillJoin(invitation.status)) yield invitation
  }
}

const couldStillJoin = (status: string): boolean => status === 'pending' || status === 'expired'
