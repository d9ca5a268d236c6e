import { type SQL, sql } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'

/** Where a page goes on, null for the first one, and how many rows of the index it takes at most. */
export interface PageRequest {
  readonly after: string | null
  readonly limit: number
}

export interface TimePage<Row> {
  readonly rows: readonly Row[]
  /** Null: there are no more. */
  readonly next: string | null
}

/**
 * Rows in the order of a time, without sorting: every index ends with the rowid, so rows of one time have an order too. The
 * condition should be that of a partial index on the time.
 */
export async function pageByTime<Row>(
  database: DrizzleD1Database,
  {
    time,
    condition,
    columns,
  }: { readonly time: SQLiteColumn; readonly condition: SQL | undefined; readonly columns: SQL },
  { after, limit }: PageRequest,
): Promise<TimePage<Row>> {
  const [at, row] = after === null ? [-1, 0] : after.split(':').map(Number)
  const rows = await database.all<Row & { readonly at: number; readonly row: number }>(sql`
    select ${columns}, ${time} as "at", ${time.table}.rowid as "row" from ${time.table}
    where ${condition} and (${time}, ${time.table}.rowid) > (${at}, ${row})
    order by ${time}, ${time.table}.rowid limit ${limit}`)
  const last = rows.at(-1)
  return { rows, next: last === undefined || rows.length < limit ? null : `${last.at}:${last.row}` }
}
