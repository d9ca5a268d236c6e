import { createHash } from 'node:crypto'
import { eq, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { typeidUnboxed } from 'typeid-js'
import type { Actor } from '../membership/actor.ts'
import { mailboxOf } from '../membership/email.ts'
import type { Page, Slice } from '../membership/queries.ts'
import type { Result } from '../membership/result.ts'
import { mailBlocks } from '../records/account-tables.ts'
import { appendEvent } from '../records/environment-events.ts'
import { type BrokenCursor, continues, type Keyset, type Order, orderOf, readPage } from '../records/page.ts'

/*
 * Who wants no more invitations. Found by a hash of the email, so that the wish outlives the account of the person: then
 * the email itself is forgotten. The hash has no key, since keys are rotated and the wish must not end with one.
 */

export type MailBlock = typeof mailBlocks.$inferSelect

/** Of the mailbox: the wish holds for all its plus-addresses. */
export const emailHash = (email: string): string =>
  createHash('sha256')
    .update(`muster.mail-block.v1:${mailboxOf(email)}`)
    .digest('base64url')

/** The recipient, who is known by the link in a mail and has perhaps no account. */
const RECIPIENT: Actor = { type: 'invitee', id: null }

const byEmail = (email: string) => eq(mailBlocks.emailHash, emailHash(email))
const isThere = (email: string) => sql`exists (select 1 from ${mailBlocks} where ${byEmail(email)})`

/** Asking again changes nothing. */
export async function blockInvitationMails(accounts: D1Database, email: string, now: number): Promise<void> {
  const database = drizzle(accounts)
  const id = typeidUnboxed('blk')
  const event = {
    id: typeidUnboxed('evt'),
    type: 'mail_block.created',
    occurredAt: now,
    actor: RECIPIENT,
    target: { type: 'mail_block', id },
    data: {},
  } as const
  await database.batch([
    appendEvent(database, event, sql`not ${isThere(email)}`),
    database
      .insert(mailBlocks)
      .values({ id, emailHash: emailHash(email), email, createdAt: now })
      .onConflictDoNothing(),
  ])
}

/** The recipient wants invitations again. */
export async function unblockInvitationMails(accounts: D1Database, email: string, now: number): Promise<void> {
  const block = await mailBlockOf(accounts, email)
  if (block !== null) await liftMailBlock(accounts, block.id, RECIPIENT, now)
}

/** Answers whether there was such a block. */
export async function liftMailBlock(accounts: D1Database, id: string, actor: Actor, now: number): Promise<boolean> {
  const database = drizzle(accounts)
  const isThis = eq(mailBlocks.id, id)
  const event = {
    id: typeidUnboxed('evt'),
    type: 'mail_block.removed',
    occurredAt: now,
    actor,
    target: { type: 'mail_block', id },
    data: {},
  } as const
  const [, removed] = await database.batch([
    appendEvent(database, event, sql`exists (select 1 from ${mailBlocks} where ${isThis})`),
    database.delete(mailBlocks).where(isThis).returning({ id: mailBlocks.id }),
  ])
  return removed.length > 0
}

export const mailBlockOf = async (accounts: D1Database, email: string): Promise<MailBlock | null> =>
  (await drizzle(accounts).select().from(mailBlocks).where(byEmail(email)).get()) ?? null

/** Newest first. */
export async function listMailBlocks(
  accounts: D1Database,
  page: Page,
): Promise<Result<Slice<MailBlock>, BrokenCursor>> {
  const order: Order = { key: mailBlocks.createdAt, id: mailBlocks.id, descending: true }
  const keyset: Keyset<MailBlock> = {
    scope: ['mail blocks'],
    keyOf: (block) => block.createdAt,
    idOf: (block) => block.id,
  }
  return readPage(
    keyset,
    page,
    1,
    (_, position, limit) =>
      drizzle(accounts)
        .select()
        .from(mailBlocks)
        .where(continues(order, position))
        .orderBy(...orderOf(order))
        .limit(limit)
        .all(),
    (block) => block,
  )
}
