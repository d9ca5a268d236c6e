import { and, eq, inArray, lte, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { sweepMarks } from '../records/account-tables.ts'

/*
 * What cron has queued and may still be on its way, so that no run queues it again for nothing. A mark counts for a while
 * only: a message that was lost or given up is queued again after that.
 */

/** Longer than a message and its retries take. */
export const MARKED_FOR_MS = 30 * 60_000

/** Marks what is not marked yet, and answers with what it has marked: of runs that overlap, one gets each subject. */
export async function mark(
  accounts: D1Database,
  chore: string,
  subjects: readonly string[],
  now: number,
): Promise<string[]> {
  const rows = await drizzle(accounts).all<{ subject: string }>(sql`
    insert into ${sweepMarks} (chore, subject, queued_at)
    select ${chore}, value, ${now} from json_each(${JSON.stringify(subjects)}) where true
    on conflict (chore, subject) do update set queued_at = excluded.queued_at where queued_at <= ${now - MARKED_FOR_MS}
    returning subject`)
  return rows.map(({ subject }) => subject)
}

/** They are done, or were not queued after all. */
export async function unmark(accounts: D1Database, chore: string, subjects: readonly string[]): Promise<void> {
  if (subjects.length === 0) return
  const these = sql`(select value from json_each(${JSON.stringify(subjects)}))`
  await drizzle(accounts)
    .delete(sweepMarks)
    .where(and(eq(sweepMarks.chore, chore), inArray(sweepMarks.subject, these)))
}

/** Answers how many it has deleted. */
export async function forgetMarks(accounts: D1Database, now: number, limit: number): Promise<number> {
  const old = sql`(select rowid from ${sweepMarks} where ${lte(sweepMarks.queuedAt, now - MARKED_FOR_MS)} limit ${limit})`
  const { meta } = await drizzle(accounts).run(sql`delete from ${sweepMarks} where rowid in ${old}`)
  return meta.changes
}
