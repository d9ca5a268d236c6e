import { and, eq, gt, lt, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { mailAttempts } from '../records/directory-tables.ts'
import { countWaiting, type Waiting } from '../records/waiting.ts'

/** While one delivery of a message is at work, others keep away for this long; then it is taken for dead. */
const LEASE_MS = 2 * 60_000
/** Longer than the queue keeps a message (14 days at most), so that no late delivery finds its record gone. */
const KEPT_MS = 30 * 24 * 60 * 60_000

export type SettledMail = Exclude<typeof mailAttempts.$inferSelect.status, 'sending'>
export type MailClaim = 'claimed' | 'busy' | SettledMail

/** Takes the mail for sending, unless it has been settled or another delivery of the same message is at work. */
export async function claimMail(directory: D1Database, messageId: string, now: number): Promise<MailClaim> {
  const database = drizzle(directory)
  const [claimed] = await database
    .insert(mailAttempts)
    .values({ messageId, status: 'sending', claimedAt: now })
    .onConflictDoUpdate({
      target: mailAttempts.messageId,
      set: { claimedAt: now },
      setWhere: sql`status = 'sending' and claimed_at < ${now - LEASE_MS}`,
    })
    .returning()
  if (claimed !== undefined) return 'claimed'
  const row = await database.select().from(mailAttempts).where(eq(mailAttempts.messageId, messageId)).get()
  return row === undefined || row.status === 'sending' ? 'busy' : row.status
}

export async function settleMail(directory: D1Database, messageId: string, status: SettledMail): Promise<void> {
  await drizzle(directory).update(mailAttempts).set({ status }).where(eq(mailAttempts.messageId, messageId))
}

/** The attempt failed for the moment: the next delivery of the message may try at once. */
export async function releaseMail(directory: D1Database, messageId: string): Promise<void> {
  await drizzle(directory)
    .delete(mailAttempts)
    .where(and(eq(mailAttempts.messageId, messageId), eq(mailAttempts.status, 'sending')))
}

/** Drops what no delivery can ask about any more, a bounded number at a time. */
export async function forgetOldMail(directory: D1Database, now: number, limit: number): Promise<void> {
  await drizzle(directory).run(sql`delete from ${mailAttempts} where message_id in
    (select message_id from ${mailAttempts} where claimed_at < ${now - KEPT_MS} limit ${limit})`)
}

/** Of the mails that were tried since a time; what still lies in the queue is known to the queue alone. */
export interface MailFigures {
  readonly sent: Waiting
  /** The server has refused them for good, or they were tried in vain until the queue gave up. */
  readonly failed: Waiting
  /** Taken for sending long ago, and neither sent nor given back. */
  readonly interrupted: Waiting
}

export async function mailFigures(directory: D1Database, from: number, now: number): Promise<MailFigures> {
  const count = (status: 'sent' | 'failed' | 'sending', until: number) =>
    countWaiting(
      drizzle(directory),
      mailAttempts.claimedAt,
      and(gt(mailAttempts.claimedAt, from), lt(mailAttempts.claimedAt, until), eq(mailAttempts.status, status)),
    )
  const [sent, failed, interrupted] = await Promise.all([
    count('sent', now + 1),
    count('failed', now + 1),
    count('sending', now - LEASE_MS),
  ])
  return { sent, failed, interrupted }
}
