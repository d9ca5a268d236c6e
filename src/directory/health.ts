import { and, count, lt, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { projections } from '../records/directory-tables.ts'
import { failureOf } from '../records/failure.ts'
import { countWaiting, type Waiting } from '../records/waiting.ts'

/** Behind for longer than this, an organization's relay counts as lagging. */
export const LAGGING_AFTER_MS = 10 * 60_000

const lagging = (now: number) =>
  and(sql`head_version > projected_version`, lt(projections.projectedAt, now - LAGGING_AFTER_MS))

/** `lagging` is null when the directory cannot be asked. */
export async function directoryHealth(directory: D1Database): Promise<{ reachable: boolean; lagging: number | null }> {
  try {
    const row = await drizzle(directory).select({ count: count() }).from(projections).where(lagging(Date.now())).get()
    return { reachable: true, lagging: row?.count ?? 0 }
  } catch (error) {
    console.warn({ message: 'directory out of reach', error: failureOf(error) })
    return { reachable: false, lagging: null }
  }
}

/** Whose relay has been behind for long, as far as the directory has been told. */
export async function laggingOrganizations(directory: D1Database, now: number, limit: number): Promise<string[]> {
  const rows = await drizzle(directory)
    .select({ id: projections.organizationId })
    .from(projections)
    .where(lagging(now))
    .orderBy(projections.projectedAt)
    .limit(limit)
  return rows.map(({ id }) => id)
}

/** Organizations of which the directory knows that it has not everything, however short a time. */
export const countBehind = (directory: D1Database): Promise<Waiting> =>
  countWaiting(drizzle(directory), projections.projectedAt, sql`head_version > projected_version`)

/** Organizations of which nothing has arrived since a rebuild was begun. */
export const countUnfinishedRebuilds = (directory: D1Database): Promise<Waiting> =>
  countWaiting(drizzle(directory), projections.projectedAt, sql`head_version = 0`)
