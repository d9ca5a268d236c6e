import { and, count, inArray, lt, min, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { projections } from '../records/directory-tables.ts'
import { failureOf } from '../records/failure.ts'
import { type PageRequest, pageByTime } from '../records/time-page.ts'
import { countWaiting, type Waiting } from '../records/waiting.ts'
import type { Candidates } from './candidates.ts'
import { askAll, type Directory } from './directories.ts'

/** Behind for longer than this, an organization's relay counts as lagging. */
export const LAGGING_AFTER_MS = 10 * 60_000

const lagging = (now: number) =>
  and(sql`head_version > projected_version`, lt(projections.projectedAt, now - LAGGING_AFTER_MS))

/** `lagging` is null when a directory cannot be asked. */
export async function directoryHealth(
  all: readonly Directory[],
): Promise<{ reachable: boolean; lagging: number | null }> {
  try {
    const rows = await askAll(all, (directory) =>
      drizzle(directory).select({ count: count() }).from(projections).where(lagging(Date.now())).get(),
    )
    return { reachable: true, lagging: rows.reduce((sum, row) => sum + (row?.count ?? 0), 0) }
  } catch (error) {
    console.warn({ message: 'a directory is out of reach', error: failureOf(error) })
    return { reachable: false, lagging: null }
  }
}

/** Whose relay has been behind for long, as far as the directory has been told. The longest first. */
export async function laggingOrganizations(
  directory: D1Database,
  now: number,
  page: PageRequest,
): Promise<Candidates<string>> {
  const columns = sql`${projections.organizationId} as "id"`
  const { rows, next } = await pageByTime<{ id: string }>(
    drizzle(directory),
    { time: projections.projectedAt, condition: lagging(now), columns },
    page,
  )
  return { found: rows.map(({ id }) => id), next }
}

/** Organizations of which the directory knows that it has not everything, however short a time. */
export const countBehind = (directory: D1Database): Promise<Waiting> =>
  countWaiting(drizzle(directory), projections.projectedAt, sql`head_version > projected_version`)

/** Organizations of which the directory knows that mails wait. */
export const countWithWaitingMails = (directory: D1Database): Promise<Waiting> =>
  countWaiting(drizzle(directory), projections.mailWaitingSince, sql`mail_waiting_since is not null`)

/** Organizations of which nothing has arrived since a rebuild was begun. */
export const countUnfinishedRebuilds = (directory: D1Database): Promise<Waiting> =>
  countWaiting(drizzle(directory), projections.projectedAt, sql`head_version = 0`)

/** Since when the oldest change that has not arrived and the oldest mail wait, as far as the directory has been told. */
export async function oldestBehind(
  directory: D1Database,
): Promise<{ readonly directorySince: number | null; readonly mailSince: number | null }> {
  const database = drizzle(directory)
  const { projectedAt, mailWaitingSince } = projections
  const [[rows], [mail]] = await database.batch([
    database
      .select({ since: min(projectedAt) })
      .from(projections)
      .where(sql`head_version > projected_version`),
    database
      .select({ since: min(mailWaitingSince) })
      .from(projections)
      .where(sql`mail_waiting_since is not null`),
  ])
  return { directorySince: rows?.since ?? null, mailSince: mail?.since ?? null }
}

/** Organizations whose mails wait, as far as the directory has been told. The longest first. */
export async function organizationsWithWaitingMails(
  directory: D1Database,
  page: PageRequest,
): Promise<Candidates<string>> {
  const columns = sql`${projections.organizationId} as "id"`
  const { rows, next } = await pageByTime<{ id: string }>(
    drizzle(directory),
    { time: projections.mailWaitingSince, condition: sql`mail_waiting_since is not null`, columns },
    page,
  )
  return { found: rows.map(({ id }) => id), next }
}

/** What the directory has of these organizations. */
export async function standingsOf(
  directory: D1Database,
  organizationIds: readonly string[],
): Promise<{ readonly id: string; readonly projectedVersion: number; readonly mailWaitingSince: number | null }[]> {
  const { organizationId, projectedVersion, mailWaitingSince } = projections
  return drizzle(directory)
    .select({ id: organizationId, projectedVersion, mailWaitingSince })
    .from(projections)
    .where(inArray(organizationId, sql`(select value from json_each(${JSON.stringify(organizationIds)}))`))
}
