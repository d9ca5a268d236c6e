import { and, eq } from 'drizzle-orm'
import type { Membership } from '../membership/access.ts'
import type { Member } from '../membership/member.ts'
import { builtInRole, type Role } from '../membership/roles.ts'
import type { Database } from './database.ts'
import { memberOf, roleOf } from './rows.ts'
import { members, roles } from './tables.ts'

/** Who is who in one organization: what access checks look up. The object answers from prepared statements. */
export interface People {
  memberOfUser(userId: string): Member | null | Promise<Member | null>
  membershipOf(userId: string): Membership | null | Promise<Membership | null>
  role(key: string): Role | null | Promise<Role | null>
}

/** The same from any database that holds the organization's rows. */
export const peopleIn = (database: Database, organizationId: string): People => ({
  async memberOfUser(userId) {
    const row = await database.select().from(members).where(isPerson(userId, organizationId)).get()
    return row === undefined ? null : memberOf(row)
  },
  async membershipOf(userId) {
    const { id, role, status } = members
    const row = await database.select({ id, role, status }).from(members).where(isPerson(userId, organizationId)).get()
    return row ?? null
  },
  async role(key) {
    const builtIn = builtInRole(key)
    if (builtIn !== undefined) return builtIn
    const isThis = and(eq(roles.organizationId, organizationId), eq(roles.key, key), eq(roles.deleted, false))
    const row = await database.select().from(roles).where(isThis).get()
    return row === undefined ? null : roleOf(row)
  },
})

const isPerson = (userId: string, organizationId: string) =>
  and(eq(members.userId, userId), eq(members.organizationId, organizationId))
