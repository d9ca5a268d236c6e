import { and, eq, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { mailAttempts } from '../records/directory-tables.ts'

/** While one delivery of a message is at work, others keep away for this long; then it is taken for dead. */
const LEASE_MS = 2 * 60_000
/** Longer than the queue keeps a message (14 days at most), so that no late delivery finds its record gone. */
const KEPT_MS = 30 * 24 * 60 * 60_000

export type MailClaim = 'claimed' | 'busy' | 'sent' | 'failed'

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

export async function settleMail(directory: D1Database, messageId: string, status: 'sent' | 'failed'): Promise<void> {
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
