import { lackingToAssign, permissionToManage } from './authority.ts'
import { secondOwner } from './decide/invite-member.ts'
import type { MemberStatus } from './member.ts'
import { lastOwner } from './ownership.ts'
import type { Permission } from './permissions.ts'
import type { Team } from './queries.ts'
import type { Rejection } from './rejection.ts'
import { builtInRole, MEMBER, OWNER, type Role } from './roles.ts'

/*
 * What can be offered to somebody who looks at people, and why not where it cannot. Says beforehand what the commands
 * would answer, by the same rules; what is done the commands decide anew.
 */

/** Somebody who looks, and what they look at. */
export interface Outlook extends Team {
  readonly permissions: ReadonlySet<Permission>
}

/** Why something is not to be had now; null where it is. */
export type Obstacle = Rejection | null

interface Person {
  readonly role: string
  readonly status: MemberStatus
}

export interface MemberOffers {
  /** Also for suspending and removing. */
  readonly changeRole: Obstacle
  readonly reactivate: Obstacle
  readonly transferOwnership: Obstacle
}

export function memberOffers(person: Person, outlook: Outlook): MemberOffers {
  const { activeOwners, organization, seats } = outlook
  const outranked = obstacleToManage(person.role, outlook)
  const full = seats.available === 0 ? seatsFull(outlook) : null
  return {
    changeRole: outranked ?? lastOwner(person, { activeOwners }),
    reactivate: outranked ?? secondOwner(organization, outlook, roleOf(person.role, outlook)) ?? full,
    transferOwnership: missing('owners:manage', outlook) ?? (person.status === 'active' ? null : NOT_ACTIVE),
  }
}

const NOT_ACTIVE: Rejection = { code: 'member_not_active' }

const seatsFull = ({ seats, organization }: Outlook): Rejection => ({
  code: 'seat_limit_reached',
  seats,
  upgradeUrl: organization.upgradeUrl,
})

/** To whoever holds this role, and to invitations into it: is it theirs to act on them? */
export const obstacleToManage = (role: string, outlook: Outlook): Obstacle =>
  missing('members:manage', outlook) ?? missing(permissionToManage(roleOf(role, outlook), outlook.permissions), outlook)

/** Those that can be given to someone now: not more than one has, and no second owner where there is to be one. */
export const rolesToGive = (outlook: Outlook, to: 'member' | 'invitee'): Role[] =>
  outlook.roles.filter(
    (role) =>
      outlook.permissions.has('members:manage') &&
      lackingToAssign(role, outlook.permissions) === null &&
      (to === 'invitee' ? secondOwner(outlook.organization, outlook, role) : ownerByTransferOnly(role, outlook)) ===
        null,
  )

const missing = (permission: Permission, { permissions }: Outlook): Obstacle =>
  permissions.has(permission) ? null : { code: 'forbidden', permission }

/** Whoever holds a role that is no more is managed like a plain member. */
const roleOf = (key: string, { roles }: Outlook): Role =>
  roles.find((role) => role.key === key) ?? (builtInRole(MEMBER) as Role)

const ownerByTransferOnly = (role: Role, { organization }: Outlook): Obstacle =>
  role.key === OWNER && organization.ownership === 'single' ? { code: 'single_owner' } : null
