import { and, eq, isNull, lte, min, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { invitations, organizations } from '../records/directory-tables.ts'

/** Organizations with pending invitations past their time, longest overdue first, as far as the directory has followed. */
export async function organizationsWithOverdueInvitations(
  directory: D1Database,
  now: number,
  limit: number,
): Promise<string[]> {
  const rows = await drizzle(directory)
    .select({ id: invitations.organizationId, first: min(invitations.expiresAt) })
    .from(invitations)
    .innerJoin(organizations, eq(organizations.id, invitations.organizationId))
    .where(
      and(sql`${invitations.status} = 'pending'`, lte(invitations.expiresAt, now), isNull(organizations.deletedAt)),
    )
    .groupBy(invitations.organizationId)
    .orderBy(min(invitations.expiresAt))
    .limit(limit)
  return rows.map(({ id }) => id)
}
