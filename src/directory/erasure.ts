import { and, eq, lt, lte, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { RESTORE_WINDOW_MS } from '../membership/organization.ts'
import {
  apiKeys,
  erasedOrganizations,
  invitations,
  logCheckpoints,
  members,
  organizations,
  projections,
  roles,
} from '../records/directory-tables.ts'
import { type PageRequest, pageByTime } from '../records/time-page.ts'
import { countWaiting, type Waiting } from '../records/waiting.ts'
import type { Candidates } from './candidates.ts'

/** Per statement, well within what D1 does in its 30 seconds. */
const ROWS_AT_ONCE = 5_000

type Owned = SQLiteTable & { organizationId: SQLiteColumn }

const OWNED: readonly Owned[] = [members, invitations, roles, apiKeys, projections, logCheckpoints]

/**
 * Removes every row of an organization but its own: as long as that stands, the sweep finds it again. From the first step on
 * nothing of the organization is written any more, so a projection that is still on its way brings no rows back.
 */
export async function eraseOrganization(directory: D1Database, organizationId: string, now: number): Promise<void> {
  await drizzle(directory)
    .insert(erasedOrganizations)
    .values({ organizationId, erasedAt: now })
    .onConflictDoUpdate({ target: erasedOrganizations.organizationId, set: { erasedAt: now } })
  for (const table of OWNED) await eraseRows(directory, table, organizationId)
}

/** The last trace: only once the organization's own storage is empty. */
export async function forgetOrganization(directory: D1Database, organizationId: string): Promise<void> {
  await drizzle(directory).delete(organizations).where(eq(organizations.id, organizationId))
}

/** Whether the directory has any row of the organization. */
export async function hasRows(directory: D1Database, organizationId: string): Promise<boolean> {
  const database = drizzle(directory)
  const own = sql`exists (select 1 from ${organizations} where ${organizations.id} = ${organizationId})`
  const found = OWNED.map(
    (table) => sql`exists (select 1 from ${table} where ${table.organizationId} = ${organizationId})`,
  )
  const row = await database.get<{ found: number }>(sql`select ${sql.join([own, ...found], sql` or `)} as found`)
  return row?.found === 1
}

async function eraseRows(directory: D1Database, table: Owned, organizationId: string): Promise<void> {
  const database = drizzle(directory)
  for (;;) {
    const { meta } = await database.run(sql`delete from ${table} where rowid in
      (select rowid from ${table} where ${table.organizationId} = ${organizationId} limit ${ROWS_AT_ONCE})`)
    if (meta.changes < ROWS_AT_ONCE) return
  }
}

const isErasable = (now: number) =>
  and(sql`deleted_at is not null`, lte(organizations.deletedAt, now - RESTORE_WINDOW_MS))

/** Of those that `erasableOrganizations` would find, since their deletion. */
export const countErasable = (directory: D1Database, now: number): Promise<Waiting> =>
  countWaiting(drizzle(directory), organizations.deletedAt, isErasable(now))

/** Deleted so long ago that nobody can restore them. */
export async function erasableOrganizations(
  directory: D1Database,
  now: number,
  page: PageRequest,
): Promise<Candidates<string>> {
  const columns = sql`${organizations.id} as "id"`
  const { rows, next } = await pageByTime<{ id: string }>(
    drizzle(directory),
    { time: organizations.deletedAt, condition: isErasable(now), columns },
    page,
  )
  return { found: rows.map(({ id }) => id), next }
}

/** Much longer than any projection can be on its way. */
const ERASURE_REMEMBERED_MS = 24 * 60 * 60_000

/** Answers how many it has deleted. */
export async function forgetErasures(directory: D1Database, now: number, limit: number): Promise<number> {
  const old = sql`(select rowid from ${erasedOrganizations}
    where ${lt(erasedOrganizations.erasedAt, now - ERASURE_REMEMBERED_MS)} limit ${limit})`
  const { meta } = await drizzle(directory).run(sql`delete from ${erasedOrganizations} where rowid in ${old}`)
  return meta.changes
}
