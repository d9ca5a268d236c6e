import { and, eq, inArray, isNull, lt, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { InvitationMessage } from '../contract/mail-message.ts'
import { delayedMails, mailBlocks } from '../records/account-tables.ts'
import { emailHash } from './mail-blocks.ts'

/*
 * Invitation mails that wait for room under the limits of the deployment. Those to one recipient are in a line: mails of
 * organizations that are not new come first, then the older ones, so that nobody keeps a stranger from being invited by
 * others. A row goes when its mail is settled; until then cron brings it to the queue whenever its time has come.
 */

/** A mail that cron has brought to the queue is brought again after this time, unless it is settled or delayed by then. */
const RELEASED_FOR_MS = 60 * 60_000

export interface Waiting {
  readonly mail: InvitationMessage
  /** Of a new organization that the operator has not created. */
  readonly isNew: boolean
}

/** Whether the recipient wants no mail, and how long the mails wait that come before this one. Null: none does. */
export interface Standing {
  readonly blocked: boolean
  readonly behindUntil: number | null
}

export async function standingOf(accounts: D1Database, { mail, isNew }: Waiting, now: number): Promise<Standing> {
  const own = sql`(select ${delayedMails.queuedAt} from ${delayedMails} where ${delayedMails.messageId} = ${mail.id})`
  const row = await drizzle(accounts).get<{ blocked: number; behindUntil: number | null }>(
    sql`select exists (select 1 from ${mailBlocks} where ${mailBlocks.emailHash} = ${emailHash(mail.email)}) as "blocked",
      (select min(not_before) from ${delayedMails} where recipient = ${mail.email} and message_id <> ${mail.id}
        and in_line = 1 and released_at is null
        and (is_new, queued_at) < (${Number(isNew)}, coalesce(${own}, ${now}))) as "behindUntil"`,
  )
  return { blocked: row.blocked === 1, behindUntil: row.behindUntil }
}

/** `inLine`: it waits for the recipient's share, and so does everything behind it. */
export async function delayMail(
  accounts: D1Database,
  { mail, isNew }: Waiting,
  { notBefore, inLine }: { readonly notBefore: number; readonly inLine: boolean },
  now: number,
): Promise<void> {
  const database = drizzle(accounts)
  const wait = { notBefore, inLine, isNew, releasedAt: null }
  const row = { messageId: mail.id, organizationId: mail.organizationId, recipient: mail.email, message: mail }
  await database.batch([
    database
      .insert(delayedMails)
      .values({ ...row, ...wait, queuedAt: now })
      .onConflictDoUpdate({ target: delayedMails.messageId, set: wait }),
    // The others in the line wait as long; so cron does not try each of them in vain.
    database
      .update(delayedMails)
      .set({ notBefore })
      .where(
        and(
          sql`${Number(inLine)} = 1`,
          eq(delayedMails.recipient, mail.email),
          eq(delayedMails.inLine, true),
          isNull(delayedMails.releasedAt),
          lt(delayedMails.notBefore, notBefore),
        ),
      ),
  ])
}

/** Of the due mails, those that one run of cron looks at: as many times what it brings to the queue. */
const LOOKED_AT = 5

/**
 * For cron: mails whose time has come. Those of known organizations come before those of new ones, then the first in each
 * line, and of each recipient no more than fit into their share.
 */
export async function releaseMails(
  accounts: D1Database,
  now: number,
  { perRecipient, limit }: { readonly perRecipient: number; readonly limit: number },
): Promise<InvitationMessage[]> {
  const database = drizzle(accounts)
  const dueOf = (isNew: 0 | 1) => sql`select message, recipient, is_new, queued_at, not_before from ${delayedMails}
    where is_new = ${isNew} and not_before <= ${now} order by not_before, queued_at limit ${limit * LOOKED_AT}`
  const rows = await database.all<{ message: string }>(sql`select message from (
      select message, is_new, not_before, row_number() over (partition by recipient order by is_new, queued_at) as place
      from (select * from (${dueOf(0)}) union all select * from (${dueOf(1)})))
    where place <= ${perRecipient} order by is_new, place, not_before limit ${limit}`)
  return rows.map(({ message }) => InvitationMessage.parse(JSON.parse(message)))
}

/** The mails are queued. If the queue loses one, cron finds the mail again later. */
export async function noteReleased(accounts: D1Database, messageIds: readonly string[], now: number): Promise<void> {
  const these = sql`(select value from json_each(${JSON.stringify(messageIds)}))`
  await drizzle(accounts)
    .update(delayedMails)
    .set({ releasedAt: now, notBefore: now + RELEASED_FOR_MS })
    .where(inArray(delayedMails.messageId, these))
}

/** The account of the person is deleted. A wish for no invitations stays, by its hash. */
export async function forgetRecipient(accounts: D1Database, email: string): Promise<void> {
  const database = drizzle(accounts)
  await database.batch([
    database.delete(delayedMails).where(eq(delayedMails.recipient, email)),
    database
      .update(mailBlocks)
      .set({ email: null })
      .where(eq(mailBlocks.emailHash, emailHash(email))),
  ])
}
