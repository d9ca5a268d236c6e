import { inArray, lte, type SQL, sql } from 'drizzle-orm'
import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1'
import type { AccountMail } from '../contract/mail-message.ts'
import { accountMails } from '../records/account-tables.ts'
import { failureOf } from '../records/failure.ts'

/*
 * The outbox of accounts. A mail is written in the batch of the change that it is about, so neither is ever stored
 * without the other. It is queued right after, or by cron if that failed: at least once. The consumer sends each message
 * id once.
 */

/** How long the call that wrote a mail has to queue it before cron does. */
const SENT_AFTER_MS = 60_000
/** The most messages in one call of the queue. */
const MESSAGES_AT_ONCE = 100

/** For a batch, behind the change: written only where the condition holds. */
export function queueAccountMail(database: DrizzleD1Database, message: AccountMail, when: SQL, now: number) {
  return database
    .insert(accountMails)
    .select(sql`select ${message.id}, ${JSON.stringify(message)}, ${now} where ${when}`)
    .onConflictDoNothing()
}

/** Call it after the batch. Never fails: cron queues what this call could not. */
export async function flushAccountMails(accounts: D1Database, queue: Queue, ids: readonly string[]): Promise<void> {
  try {
    const these = sql`(select value from json_each(${JSON.stringify(ids)}))`
    await send(
      accounts,
      queue,
      await drizzle(accounts).select().from(accountMails).where(inArray(accountMails.id, these)),
    )
  } catch (error) {
    console.warn({ message: 'mails of an account not queued yet', error: failureOf(error) })
  }
}

/**
 * For cron: mails that their own call did not queue, the oldest first. A call of the queue that fails does not
 * keep the others from their turn. Answers how many were found; throws the last failure.
 */
export async function sendOverdueAccountMails(
  accounts: D1Database,
  queue: Queue,
  now: number,
  limit: number,
): Promise<number> {
  const isOverdue = lte(accountMails.createdAt, now - SENT_AFTER_MS)
  const rows = await drizzle(accounts)
    .select()
    .from(accountMails)
    .where(isOverdue)
    .orderBy(accountMails.createdAt)
    .limit(limit)
  const failures: unknown[] = []
  for (let start = 0; start < rows.length; start += MESSAGES_AT_ONCE) {
    try {
      await send(accounts, queue, rows.slice(start, start + MESSAGES_AT_ONCE))
    } catch (error) {
      console.warn({ message: 'mails of accounts not queued yet', error: failureOf(error) })
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures.at(-1)
  return rows.length
}

/** If it stops in between, the message is queued twice and mailed once. */
async function send(
  accounts: D1Database,
  queue: Queue,
  rows: readonly { readonly id: string; readonly message: AccountMail }[],
): Promise<void> {
  if (rows.length === 0) return
  await queue.sendBatch(rows.map(({ message }) => ({ body: message, contentType: 'json' })))
  const sent = sql`(select value from json_each(${JSON.stringify(rows.map(({ id }) => id))}))`
  await drizzle(accounts).delete(accountMails).where(inArray(accountMails.id, sent))
}
