import { and, eq, gt, inArray, lt, sql } from 'drizzle-orm'
import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1'
import { delayedMails, mailAttempts } from '../records/account-tables.ts'
import { countWaiting, type Waiting } from '../records/waiting.ts'

/** While one delivery of a message is at work, others keep away for this long; then it is taken for dead. */
const LEASE_MS = 2 * 60_000
/** Longer than the queue keeps a message (14 days at most), so that no late delivery finds its record gone. */
const KEPT_MS = 30 * 24 * 60 * 60_000

/** A mail without an answer may have been delivered; a second one comes this much later, when the first would have shown. */
const REPEATED_AFTER_MS = 6 * 60 * 60_000

export type SettledMail = Extract<typeof mailAttempts.$inferSelect.status, 'sent' | 'failed' | 'dropped' | 'blocked'>

/**
 * `claimed`: to be sent now, `repeating`: for the second time after an `unanswered` one, which is not to be sent yet;
 * `busy`: another delivery of the message is at work.
 */
export type MailClaim = 'claimed' | 'repeating' | 'busy' | 'unanswered' | SettledMail

/** Takes the mail for sending, unless it has been settled or another delivery of the same message is at work. */
export async function claimMail(accounts: D1Database, messageId: string, now: number): Promise<MailClaim> {
  const database = drizzle(accounts)
  const [claimed] = await database
    .insert(mailAttempts)
    .values({ messageId, status: 'sending', claimedAt: now })
    .onConflictDoUpdate({
      target: mailAttempts.messageId,
      set: { claimedAt: now, status: sql`case status when 'unanswered' then 'repeating' else status end` },
      setWhere: sql`(status = 'sending' and claimed_at < ${now - LEASE_MS})
        or (status = 'unanswered' and claimed_at < ${now - REPEATED_AFTER_MS})`,
    })
    .returning()
  if (claimed !== undefined) return claimed.status === 'repeating' ? 'repeating' : 'claimed'
  const row = await database.select().from(mailAttempts).where(eq(mailAttempts.messageId, messageId)).get()
  if (row === undefined || row.status === 'sending') return 'busy'
  if (row.status !== 'repeating') return row.status
  // No third mail: the first was probably delivered, with or without the second.
  return row.claimedAt < now - LEASE_MS ? 'sent' : 'busy'
}

/** The server did not answer about the first mail. When the second one is not answered either, it counts as sent. */
export async function noteUnanswered(accounts: D1Database, messageId: string, now: number): Promise<void> {
  const database = drizzle(accounts)
  await database.batch([
    database
      .update(mailAttempts)
      .set({ status: sql`case status when 'repeating' then 'sent' else 'unanswered' end`, claimedAt: now })
      .where(eq(mailAttempts.messageId, messageId)),
    waitsNoMore(database, messageId),
  ])
}

export async function settleMail(accounts: D1Database, messageId: string, status: SettledMail): Promise<void> {
  const database = drizzle(accounts)
  await database.batch([
    database.update(mailAttempts).set({ status }).where(eq(mailAttempts.messageId, messageId)),
    waitsNoMore(database, messageId),
  ])
}

const waitsNoMore = (database: DrizzleD1Database, messageId: string) =>
  database.delete(delayedMails).where(eq(delayedMails.messageId, messageId))

/** The attempt failed for the moment: the next delivery of the message may try at once. */
export async function releaseMail(accounts: D1Database, messageId: string): Promise<void> {
  const database = drizzle(accounts)
  const isThis = eq(mailAttempts.messageId, messageId)
  await database.batch([
    database.delete(mailAttempts).where(and(isThis, eq(mailAttempts.status, 'sending'))),
    database
      .update(mailAttempts)
      .set({ status: 'unanswered', claimedAt: sql`claimed_at - ${REPEATED_AFTER_MS + LEASE_MS}` })
      .where(and(isThis, eq(mailAttempts.status, 'repeating'))),
  ])
}

/** Drops what no delivery can ask about any more, a bounded number at a time. */
export async function forgetOldMail(accounts: D1Database, now: number, limit: number): Promise<number> {
  const { meta } = await drizzle(accounts).run(sql`delete from ${mailAttempts} where message_id in
    (select message_id from ${mailAttempts} where claimed_at < ${now - KEPT_MS} limit ${limit})`)
  return meta.changes
}

/** Of the mails that were tried since a time; what still lies in the queue is known to the queue alone. */
export interface MailFigures {
  /** Includes mails about which the server gave no answer. */
  readonly sent: Waiting
  /** The server has refused them for good, or they were tried in vain until the queue gave up. */
  readonly failed: Waiting
  /** Taken for sending long ago, and neither sent nor given back. */
  readonly interrupted: Waiting
}

export async function mailFigures(accounts: D1Database, from: number, now: number): Promise<MailFigures> {
  const count = (statuses: (typeof mailAttempts.$inferSelect.status)[], until: number) =>
    countWaiting(
      drizzle(accounts),
      mailAttempts.claimedAt,
      and(gt(mailAttempts.claimedAt, from), lt(mailAttempts.claimedAt, until), inArray(mailAttempts.status, statuses)),
    )
  const [sent, failed, interrupted] = await Promise.all([
    count(['sent', 'unanswered'], now + 1),
    count(['failed'], now + 1),
    count(['sending'], now - LEASE_MS),
  ])
  return { sent, failed, interrupted }
}
