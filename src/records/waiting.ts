import { type SQL, sql } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'

/** What waits to be done: how many, and since when the one that has waited longest; null where nothing waits. */
export interface Waiting {
  readonly count: number
  readonly since: number | null
}

/** Nobody has to know more exactly, and a count beyond would cost more than it tells. */
export const COUNTED_UP_TO = 10_000

/** Of several databases together. */
export function together(all: readonly Waiting[]): Waiting {
  const times = all.flatMap(({ since }) => since ?? [])
  const count = all.reduce((sum, waiting) => sum + waiting.count, 0)
  return { count: Math.min(count, COUNTED_UP_TO), since: times.length === 0 ? null : Math.min(...times) }
}

/** Cheap where an index holds those that the condition fits, in the order of the time. */
export async function countWaiting(
  database: DrizzleD1Database,
  time: SQLiteColumn,
  condition: SQL | undefined,
): Promise<Waiting> {
  const waiting = sql`select ${time} as "at" from ${time.table} where ${condition} order by ${time} limit ${COUNTED_UP_TO}`
  return database.get<Waiting>(sql`select count(*) as "count", min("at") as "since" from (${waiting})`)
}
