/** The authentication log is kept this long. */
export const LOG_KEPT_MS = 90 * 24 * 60 * 60_000

const ROWS_AT_ONCE = 2_000

/** Deletes a step of what is older than that, found by an index. Answers whether there may be more. */
export async function forgetOldLogs(logs: D1Database, now: number): Promise<boolean> {
  const before = now - LOG_KEPT_MS
  const [signIns, refusals] = await logs.batch([
    logs
      .prepare(
        'delete from sign_ins where id in (select id from sign_ins where occurred_at < ?1 order by occurred_at limit ?2)',
      )
      .bind(before, ROWS_AT_ONCE),
    logs
      .prepare(
        'delete from refusals where rowid in (select rowid from refusals where hour < ?1 order by hour limit ?2)',
      )
      .bind(before, ROWS_AT_ONCE),
  ])
  return (signIns?.meta.changes ?? 0) >= ROWS_AT_ONCE || (refusals?.meta.changes ?? 0) >= ROWS_AT_ONCE
}

/** What the log holds of people whose accounts are deleted. */
export async function forgetLogsOf(logs: D1Database, userIds: readonly string[]): Promise<void> {
  await logs
    .prepare('delete from sign_ins where user_id in (select value from json_each(?1))')
    .bind(JSON.stringify(userIds))
    .run()
}

/** Whether the database of the logs answers. */
export async function logsAnswer(logs: D1Database): Promise<boolean> {
  try {
    await logs.prepare('select 1 from sign_ins limit 1').first()
    return true
  } catch {
    return false
  }
}
