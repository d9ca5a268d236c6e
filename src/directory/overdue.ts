import { and, lte, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { invitations, organizations } from '../records/directory-tables.ts'
import { type PageRequest, pageByTime } from '../records/time-page.ts'
import { countWaiting, type Waiting } from '../records/waiting.ts'
import type { Candidates } from './candidates.ts'

const isOverdue = (now: number) => and(sql`${invitations.status} = 'pending'`, lte(invitations.expiresAt, now))

/** An organization that is deleted can be restored, with its invitations, so nothing of it is written down until then. */
const isOfOpenOrganization = sql`exists (select 1 from ${organizations}
  where ${organizations.id} = ${invitations.organizationId} and ${organizations.deletedAt} is null)`

/** Pending invitations past their time, as far as the directory has followed. */
export const countOverdueInvitations = (directory: D1Database, now: number): Promise<Waiting> =>
  countWaiting(drizzle(directory), invitations.expiresAt, and(isOverdue(now), isOfOpenOrganization))

/**
 * Organizations with pending invitations past their time, longest overdue first, as far as the directory has followed. A page
 * is so many invitations, whatever organizations they are of.
 */
export async function overdueOrganizations(
  directory: D1Database,
  now: number,
  page: PageRequest,
): Promise<Candidates<string>> {
  const { rows, next } = await pageByTime<{ id: string; isOpen: number }>(
    drizzle(directory),
    {
      time: invitations.expiresAt,
      condition: isOverdue(now),
      columns: sql`${invitations.organizationId} as "id", ${isOfOpenOrganization} as "isOpen"`,
    },
    page,
  )
  return { found: [...new Set(rows.flatMap(({ id, isOpen }) => (isOpen === 1 ? [id] : [])))], next }
}
