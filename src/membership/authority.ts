import type { Membership } from './access.ts'
import { type Actor, actorOf, type Caller, type ShownOrigin, type SystemCaller } from './actor.ts'
import { type ApiKey, isUsable } from './api-key.ts'
import { belongs, type Member } from './member.ts'
import { PERMISSIONS, type Permission } from './permissions.ts'
import type { Rejection } from './rejection.ts'
import { ok, type Result, refuse } from './result.ts'
import { builtInRole, MEMBER, OWNER, type Role } from './roles.ts'

/**
 * What the caller is in this organization at this moment. `member` is set only for a person who belongs to it; rules see the
 * whole row, questions only what decides (`M`).
 */
export interface Authority<M extends Membership = Membership> {
  readonly actor: Actor
  readonly permissions: ReadonlySet<Permission>
  readonly member: M | null
  /** Of a person: until when their last proof counts as fresh, in epoch milliseconds. Absent: it does not. */
  readonly freshUntil?: number
  /** Of a person: where their call comes from, if the edge said. */
  readonly origin?: ShownOrigin
  /** Set if a process of the deployment acts. */
  readonly process?: SystemCaller
  /** The person on whose authority this happens: the user, or who made the key. Null: the operator, or a process. */
  readonly maker: string | null
}

/** When and by whom a command is carried out. `now` is epoch milliseconds of the object's own clock. */
export interface Context {
  readonly authority: Authority<Member>
  readonly now: number
}

/** The rows that say what a caller is: a person's membership and its role, or the key's row. */
export interface Standing<M extends Membership> {
  readonly member: M | null
  readonly role: Role | null
  readonly apiKey: ApiKey | null
  /** The membership of the key's maker, if the key depends on it. */
  readonly maker: Pick<Member, 'status'> | null
}

const EVERYTHING: ReadonlySet<Permission> = new Set(PERMISSIONS)
const NOTHING: ReadonlySet<Permission> = new Set()

/** Refused when the credential itself does not hold: an unknown, revoked or expired key, or one that is on hold. */
export function authorityOf<M extends Membership>(
  caller: Caller,
  standing: Standing<M>,
  now: number,
): Result<Authority<M>, Rejection> {
  const { member, role } = standing
  switch (caller.type) {
    case 'operator':
      return ok({ actor: actorOf(caller), permissions: EVERYTHING, member: null, maker: null })
    case 'system':
      return ok({
        actor: { type: 'system', id: caller.process },
        permissions: EVERYTHING,
        member: null,
        process: caller,
        maker: null,
      })
    case 'invitee':
      return ok({
        actor: { type: 'invitee', id: caller.invitationId },
        permissions: NOTHING,
        member: null,
        maker: null,
      })
    case 'api_key':
      return authorityOfKey(standing, now)
    case 'user': {
      const actor = actorOf(caller)
      const maker = caller.userId
      if (!belongs(member)) return ok({ actor, permissions: NOTHING, member: null, maker })
      const granted = member.status === 'active' && role !== null
      const fresh = caller.freshUntil === undefined ? {} : { freshUntil: caller.freshUntil }
      const from = caller.origin === undefined ? {} : { origin: caller.origin }
      const proof = { ...fresh, ...from }
      return ok({ actor, permissions: granted ? new Set(role.permissions) : NOTHING, member, maker, ...proof })
    }
  }
}

function authorityOfKey<M extends Membership>(
  { apiKey, maker }: Standing<M>,
  now: number,
): Result<Authority<M>, Rejection> {
  if (apiKey === null || !isUsable(apiKey, now)) return refuse({ code: 'unauthenticated' })
  if (maker?.status === 'suspended') return refuse({ code: 'maker_suspended', of: 'api_key' })
  const { id, permissions, createdBy } = apiKey
  const behind = createdBy.type === 'user' ? createdBy.id : null
  return ok({ actor: { type: 'api_key', id }, permissions: new Set(permissions), member: null, maker: behind })
}

/** Refuses a person of another organization exactly like an organization that does not exist. */
export function missing(authority: Authority, permission: Permission): Rejection | null {
  if (authority.permissions.has(permission)) return null
  if (authority.actor.type === 'api_key') return { code: 'forbidden', permission }
  if (authority.member === null) return { code: 'not_found', resource: 'organization' }
  if (authority.member.status === 'suspended') return { code: 'member_suspended' }
  return { code: 'forbidden', permission }
}

/**
 * For actions that cannot be undone or that give access: the person needs a recent proof of who they are. Check it last,
 * so that nobody types a code for a command that is refused anyway.
 */
export function missingFreshProof({ authority, now }: Context): Rejection | null {
  const { actor, freshUntil } = authority
  if (actor.type !== 'user' || isFresh({ freshUntil }, now)) return null
  return { code: 'reauthentication_required' }
}

/** A proof stops counting at the millisecond it ends. */
export const isFresh = ({ freshUntil }: { readonly freshUntil?: number | undefined }, now: number): boolean =>
  freshUntil !== undefined && now < freshUntil

/** Giving the role `owner` needs fresh proof. */
export const missingFreshProofToGive = (role: Role | null, context: Context): Rejection | null =>
  role?.key === OWNER ? missingFreshProof(context) : null

export function missingOperator({ actor, member }: Authority): Rejection | null {
  if (actor.type === 'operator' || actor.type === 'system') return null
  if (actor.type !== 'api_key' && member === null) return { code: 'not_found', resource: 'organization' }
  return { code: 'forbidden', permission: 'operator' }
}

/** The permissions of a plain member. Everybody may give these, even without having them. */
const PLAIN: ReadonlySet<Permission> = new Set(builtInRole(MEMBER)?.permissions)

type Held = ReadonlySet<Permission>

/** The permission needed to change, suspend or remove a person who holds this role. */
export function permissionToManage(role: Role, held: Held): Permission {
  if (role.key === OWNER) return 'owners:manage'
  const outranks = role.permissions.some(
    (permission) => permission === 'members:manage' || !(PLAIN.has(permission) || held.has(permission)),
  )
  return outranks ? 'admins:manage' : 'members:manage'
}

/** The permission missing to give this role; null if none is. People can only give permissions that they have. */
export function lackingToAssign(role: Role, held: Held): Permission | null {
  if (role.key === OWNER) return held.has('owners:manage') ? null : 'owners:manage'
  const needed = role.permissions.includes('members:manage') ? 'admins:manage' : 'members:manage'
  if (!held.has(needed)) return needed
  return role.permissions.find((permission) => !(PLAIN.has(permission) || held.has(permission))) ?? null
}

/** May the actor act on a person who holds this role? */
export const missingToManage = (authority: Authority, role: Role): Rejection | null =>
  missing(authority, permissionToManage(role, authority.permissions))

/** May the actor give this role to someone? */
export function missingToAssign(authority: Authority, role: Role): Rejection | null {
  const lacking = lackingToAssign(role, authority.permissions)
  return lacking === null ? null : missing(authority, lacking)
}

/** May the actor put these permissions into a role or a key? */
export function missingToGrant(authority: Authority, permissions: readonly Permission[]): Rejection | null {
  const lacking = permissions.find((permission) => !authority.permissions.has(permission))
  return lacking === undefined ? null : missing(authority, lacking)
}
