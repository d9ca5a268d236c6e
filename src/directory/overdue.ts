import { and, lte, min, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { invitations, organizations } from '../records/directory-tables.ts'
import { countWaiting, type Waiting } from '../records/waiting.ts'

const isOverdue = (now: number) =>
  and(
    sql`${invitations.status} = 'pending'`,
    lte(invitations.expiresAt, now),
    sql`exists (select 1 from ${organizations} where ${organizations.id} = ${invitations.organizationId}
      and ${organizations.deletedAt} is null)`,
  )

/** Pending invitations past their time, as far as the directory has followed. */
export const countOverdueInvitations = (directory: D1Database, now: number): Promise<Waiting> =>
  countWaiting(drizzle(directory), invitations.expiresAt, isOverdue(now))

/** Organizations with pending invitations past their time, longest overdue first, as far as the directory has followed. */
export async function organizationsWithOverdueInvitations(
  directory: D1Database,
  now: number,
  limit: number,
): Promise<string[]> {
  const rows = await drizzle(directory)
    .select({ id: invitations.organizationId, first: min(invitations.expiresAt) })
    .from(invitations)
    .where(isOverdue(now))
    .groupBy(invitations.organizationId)
    .orderBy(min(invitations.expiresAt))
    .limit(limit)
  return rows.map(({ id }) => id)
}
