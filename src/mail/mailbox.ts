import { desc, eq } from 'drizzle-orm'
import { ok } from '../membership/result.ts'
import { mailbox } from '../records/account-tables.ts'
import type { Database } from '../records/database.ts'
import type { Transport } from './transport.ts'

export type MailboxMail = typeof mailbox.$inferSelect

/** Keeps every mail in D1 instead of sending it, for local development. Never fails, unless D1 does, which throws. */
export const mailboxTransport = (db: Database): Transport => ({
  async send({ id, to, subject, text, html, links, sentAt }) {
    const mail = { id, toAddress: to.address, subject, text, html, links: [...links], sentAt }
    await db.insert(mailbox).values(mail).onConflictDoNothing()
    return ok(undefined)
  },
})

export const mailOfId = async (db: Database, id: string): Promise<MailboxMail | null> =>
  (await db.select().from(mailbox).where(eq(mailbox.id, id)).get()) ?? null

/** Newest first; `to` is the exact address. */
export const listMailbox = (
  db: Database,
  { to, limit }: { readonly to?: string | undefined; readonly limit: number },
): Promise<MailboxMail[]> =>
  db
    .select()
    .from(mailbox)
    .where(to === undefined ? undefined : eq(mailbox.toAddress, to))
    .orderBy(desc(mailbox.sentAt), desc(mailbox.id))
    .limit(limit)
