import type { Caller } from '../../../src/membership/actor.ts'
import type { Permission } from '../../../src/membership/permissions.ts'
import { days } from '../commands.ts'

/*
 * What an organization is by design/rules.md, written down a second time and as plainly as possible: no code of
 * src/membership, no indexes, no counters. It serves as the measure for random histories.
 */

const MEMBER_MAY: readonly Permission[] = ['organization:read', 'members:read', 'products:use']
const ADMIN_MAY: readonly Permission[] = [
  ...MEMBER_MAY,
  'organization:update',
  'members:manage',
  'domains:manage',
  'sso:manage',
  'scim:manage',
  'oauth_clients:manage',
  'api_keys:manage',
  'webhooks:manage',
  'audit_log:read',
]
const OWNER_MAY: readonly Permission[] = [
  ...ADMIN_MAY,
  'admins:manage',
  'roles:manage',
  'billing:manage',
  'owners:manage',
  'organization:delete',
]
export const BUILT_IN: ReadonlyMap<string, readonly Permission[]> = new Map([
  ['owner', OWNER_MAY],
  ['admin', ADMIN_MAY],
  ['member', MEMBER_MAY],
])

export interface ModelOrganization {
  name: string
  ownership: 'multiple' | 'single'
  seatLimit: number | null
  deletedAt: number | null
}

export interface ModelMember {
  readonly id: string
  userId: string
  email: string
  role: string
  status: 'active' | 'suspended' | 'removed'
  /** As the organization shows it. */
  name: string | null
  /** As the account said it last, at that revision. */
  ownName: string | null
  revision: number
  /** Who removed or suspended them: `person`, `themselves`, or a process and its connection. Null while active. */
  decidedBy: string | null
  returnAllowed: boolean
  /** When an arrival was refused because of it. */
  attempted: boolean
  /** What each source calls them. */
  externalIds: Readonly<Record<string, string>>
}

/** Removed and suspended by nobody. */
export const NOT_ENDED = { decidedBy: null, returnAllowed: false, attempted: false } as const

export interface ModelInvitation {
  readonly id: string
  email: string
  role: string
  status: 'pending' | 'accepted' | 'declined' | 'canceled' | 'expired'
  sends: number
  sentAt: number
  expiresAt: number
  memberId: string | null
  /** The account of the person on whose authority it stands. */
  maker: string | null
}

export interface ModelKey {
  readonly id: string
  readonly secretHash: string
  readonly permissions: readonly Permission[]
  readonly expiresAt: number | null
  revoked: boolean
  maker: string | null
  left: boolean
}

export class ReferenceModel {
  organization: ModelOrganization | null = null
  readonly members = new Map<string, ModelMember>()
  readonly invitations = new Map<string, ModelInvitation>()
  readonly roles = new Map<string, readonly Permission[]>()
  readonly keys = new Map<string, ModelKey>()
  #mails: number[] = []

  memberWhere(matches: (member: ModelMember) => boolean): ModelMember | undefined {
    return [...this.members.values()].find(matches)
  }

  /** Active or suspended, under this address. */
  holderOf(email: string): ModelMember | undefined {
    return this.memberWhere((member) => member.email === email && member.status !== 'removed')
  }

  /** Which invitation of an address is open at a time; there is one at most. */
  openInvitation(email: string, now: number): ModelInvitation | undefined {
    return this.open(now).find((invitation) => invitation.email === email)
  }

  open(now: number): ModelInvitation[] {
    return [...this.invitations.values()].filter(({ status, expiresAt }) => status === 'pending' && now < expiresAt)
  }

  activeOwners(): ModelMember[] {
    return [...this.members.values()].filter(({ role, status }) => role === 'owner' && status === 'active')
  }

  used(now: number): number {
    return [...this.members.values()].filter(({ status }) => status === 'active').length + this.open(now).length
  }

  full(now: number): boolean {
    const limit = this.organization?.seatLimit ?? null
    return limit !== null && this.used(now) >= limit
  }

  /** What a role grants; one that is no more grants what a plain member has to whoever manages its former holders. */
  grants(role: string): readonly Permission[] {
    return BUILT_IN.get(role) ?? this.roles.get(role) ?? MEMBER_MAY
  }

  roleExists(role: string): boolean {
    return BUILT_IN.has(role) || this.roles.has(role)
  }

  rightsOf(caller: Caller, now: number): Rights | null {
    const nobody = {
      permissions: new Set<Permission>(),
      member: null,
      everything: false,
      key: false,
      maker: null,
      process: null,
    }
    switch (caller.type) {
      case 'operator':
        return { ...nobody, permissions: new Set(OWNER_MAY), everything: true }
      case 'system': {
        const { process: name, connectionId = null } = caller
        return { ...nobody, permissions: new Set(OWNER_MAY), everything: true, process: { name, connectionId } }
      }
      case 'invitee':
        return nobody
      case 'api_key': {
        const key = [...this.keys.values()].find(({ secretHash }) => secretHash === caller.secretHash)
        if (key === undefined || key.revoked || (key.expiresAt !== null && now >= key.expiresAt)) return null
        return { ...nobody, permissions: new Set(key.permissions), key: true, maker: key.maker }
      }
      case 'user': {
        const member = this.memberWhere(({ userId, status }) => userId === caller.userId && status !== 'removed')
        if (member === undefined) return { ...nobody, maker: caller.userId }
        const active = member.status === 'active' && this.roleExists(member.role)
        return { ...nobody, permissions: new Set(active ? this.grants(member.role) : []), member, maker: caller.userId }
      }
    }
  }

  /** What this person could do if they were active; nothing once they no longer belong. */
  heldBy(userId: string): ReadonlySet<Permission> {
    const member = this.memberWhere((one) => one.userId === userId && one.status !== 'removed')
    return new Set(member !== undefined && this.roleExists(member.role) ? this.grants(member.role) : [])
  }

  /** Who has lost a permission since this moment, or does not belong any more. */
  whoLoses(): (userId: string) => boolean {
    const before = new Map([...this.members.values()].map(({ userId }) => [userId, this.heldBy(userId)]))
    const belonged = new Set([...before.keys()].filter((userId) => this.belongs(userId)))
    return (userId) => {
      const held = this.heldBy(userId)
      const loses = [...(before.get(userId) ?? [])].some((permission) => !held.has(permission))
      return loses || (belonged.has(userId) && !this.belongs(userId))
    }
  }

  belongs(userId: string): boolean {
    return this.memberWhere((one) => one.userId === userId && one.status !== 'removed') !== undefined
  }

  isSuspended(userId: string | null): boolean {
    return this.memberWhere((one) => one.userId === userId)?.status === 'suspended'
  }

  /** A key that changes something is on hold while its maker is suspended. */
  onHold(caller: Caller): boolean {
    if (caller.type !== 'api_key') return false
    const key = this.keys.get(caller.secretHash)
    return key?.permissions.some(changes) === true && this.isSuspended(key.maker)
  }

  /** "When somebody goes": nothing of theirs that is still good rests on a permission that they have not. */
  endWhatIsUnfounded(now: number, isConcerned: (userId: string) => boolean): void {
    for (const invitation of this.open(now)) {
      const { maker, role } = invitation
      if (maker !== null && isConcerned(maker) && !this.couldInvite(maker, role)) invitation.status = 'canceled'
    }
    for (const key of this.keys.values()) {
      if (key.maker === null || key.revoked || !isConcerned(key.maker)) continue
      const held = this.heldBy(key.maker)
      const lacking = key.permissions.filter((permission) => !held.has(permission))
      if (lacking.some(changes)) key.revoked = true
      else if (lacking.length > 0 || !this.belongs(key.maker)) key.left = true
    }
  }

  couldInvite(userId: string, role: string): boolean {
    const permissions = this.heldBy(userId)
    return permissions.has('members:manage') && mayGive({ permissions }, role, this.grants(role))
  }

  mailsLeft(perDay: number, now: number): number {
    const today = Math.floor(now / days(1))
    return perDay - this.#mails.filter((sentAt) => Math.floor(sentAt / days(1)) === today).length
  }

  mailSent(now: number): void {
    this.#mails.push(now)
  }
}

/** What a caller may do at the moment, and who they are here. */
export interface Rights {
  readonly permissions: ReadonlySet<Permission>
  readonly member: ModelMember | null
  readonly everything: boolean
  readonly key: boolean
  readonly maker: string | null
  /** Of the deployment, which may act for a connection. */
  readonly process: { readonly name: string; readonly connectionId: string | null } | null
}

/** The refusal of somebody who lacks a permission; strangers learn nothing. */
export function lacks(rights: Rights, permission: Permission): string | null {
  if (rights.permissions.has(permission)) return null
  if (rights.key) return 'forbidden'
  if (rights.member === null) return 'not_found'
  return rights.member.status === 'suspended' ? 'member_suspended' : 'forbidden'
}

/** "No escalation": what it takes to act on somebody of this role. */
export function mayActOn(rights: Pick<Rights, 'permissions'>, role: string, granted: readonly Permission[]): boolean {
  if (role === 'owner') return rights.permissions.has('owners:manage')
  const high = granted.includes('members:manage') || !beyondPlain(granted).every((one) => rights.permissions.has(one))
  return rights.permissions.has(high ? 'admins:manage' : 'members:manage')
}

/** What a plain member has is not counted. */
const beyondPlain = (granted: readonly Permission[]) => granted.filter((permission) => !MEMBER_MAY.includes(permission))

/** "Nobody hands out more than they have." */
export const mayGive = (rights: Pick<Rights, 'permissions'>, role: string, granted: readonly Permission[]): boolean =>
  mayActOn(rights, role, granted) && beyondPlain(granted).every((permission) => rights.permissions.has(permission))

export const changes = (permission: Permission): boolean => /:(manage|update|delete)$/.test(permission)
