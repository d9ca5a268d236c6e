import { and, eq, gt, gte, lte, ne, type SQL, sql } from 'drizzle-orm'
import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1'
import { typeidUnboxed } from 'typeid-js'
import { addressChanges, devices, emailChallenges, sessions, users } from '../records/directory-tables.ts'
import { appendEvent, wasAppended } from '../records/environment-events.ts'
import { fold } from '../records/rows.ts'
import { forgetUnlinked, unlinkAll } from './identities.ts'
import type { LostAccess } from './sessions.ts'
import { type LinkKey, signToken, verifyToken } from './signed-token.ts'

/*
 * A change of address that somebody else made can be taken back by the former address. Each change has a link of its own,
 * so that a second change does not end the link of the first.
 */

/** How long a change can be taken back. */
export const TAKE_BACK_MS = 72 * 60 * 60_000

const PURPOSE = 'take-back-link'
const CLAIM = /^adc_[0-9a-z]{26}$/

export const newAddressChangeId = (): string => typeidUnboxed('adc')

/** `keyId.change.signature`. */
export const signTakeBackLink = (id: string, keys: readonly LinkKey[]): string => signToken(PURPOSE, id, keys)

/** The id of the change; null for anything that none of the keys has signed. */
export const verifyTakeBackLink = (token: string, keys: readonly LinkKey[]): string | null =>
  verifyToken(PURPOSE, CLAIM, token, keys)?.[0] ?? null

/** The address of the page behind the link. */
export const takeBackUrl = (publicUrl: string, id: string, keys: readonly LinkKey[]): string =>
  `${publicUrl}/email-changes/${signTakeBackLink(id, keys)}`

/** Times are epoch milliseconds. */
export type AddressChange = typeof addressChanges.$inferSelect

/** For the batch of the change, in front of the change itself: the row of the account still has the former address. */
export const noteAddressChange = (database: DrizzleD1Database, id: string, userId: string, now: number, when: SQL) =>
  database.insert(addressChanges).select(
    sql`select ${id}, ${users.id}, ${users.email}, ${now}, ${now + TAKE_BACK_MS} from ${users}
      where ${users.id} = ${userId} and ${when}`,
  )

/** Null once it is taken back, overruled or too old. */
export async function findAddressChange(directory: D1Database, id: string, now: number): Promise<AddressChange | null> {
  const isOpen = and(eq(addressChanges.id, id), gt(addressChanges.expiresAt, now))
  return (await drizzle(directory).select().from(addressChanges).where(isOpen).get()) ?? null
}

export interface TakenBack extends LostAccess {
  /** Whether this call did it. */
  readonly changed: boolean
}

/**
 * Gives the account its former address again, and signs everybody out who used it since: sessions end, identities go, and
 * tokens issued before are refused. Links of the same and of later changes end with it: they went to addresses that may be
 * the intruder's. Changes nothing while another account has the address.
 */
export async function takeBackAddress(
  directory: D1Database,
  { id, userId, formerEmail, changedAt }: AddressChange,
  now: number,
): Promise<TakenBack> {
  const database = drizzle(directory)
  const event = {
    ...({ id: typeidUnboxed('evt'), type: 'user.email_change_taken_back', occurredAt: now, data: {} } as const),
    actor: { type: 'user', id: userId } as const,
    target: { type: 'user', id: userId } as const,
  }
  const isThis = eq(users.id, userId)
  const isOpen = sql`exists (select 1 from ${addressChanges}
    where ${and(eq(addressChanges.id, id), gt(addressChanges.expiresAt, now))})`
  const isLiving = sql`exists (select 1 from ${users} where ${isThis} and ${users.closingAt} is null)`
  const isFree = sql`not exists (select 1 from ${users} where ${and(eq(users.email, formerEmail), ne(users.id, userId))})`
  const was = wasAppended(event)
  const [, updated, ended, unlinked] = await database.batch([
    appendEvent(database, event, sql`${isOpen} and ${isLiving} and ${isFree}`),
    database
      .update(users)
      .set({
        email: formerEmail,
        emailVerified: true,
        nameKey: sql`case when ${users.name} is null then ${fold(formerEmail)} else ${users.nameKey} end`,
        tokensValidFrom: now,
        revision: sql`${users.revision} + 1`,
        updatedAt: now,
      })
      .where(and(isThis, was))
      .returning({ id: users.id }),
    database
      .delete(sessions)
      .where(and(eq(sessions.userId, userId), was))
      .returning({ tokenHash: sessions.tokenHash }),
    unlinkAll(database, userId, now, was),
    database.delete(devices).where(and(eq(devices.userId, userId), was)),
    database
      .delete(emailChallenges)
      .where(and(eq(emailChallenges.purpose, 'email_change'), eq(emailChallenges.subject, userId), was)),
    database
      .delete(addressChanges)
      .where(and(eq(addressChanges.userId, userId), gte(addressChanges.changedAt, changedAt), was)),
  ])
  forgetUnlinked(directory, unlinked, Date.now())
  const lost = { ended: ended.map(({ tokenHash }) => tokenHash), unlinked: unlinked.length }
  return { changed: updated.length > 0, ...lost }
}

/** Drops changes that can no longer be taken back, a bounded number at a time. */
export async function forgetAddressChanges(directory: D1Database, now: number, limit: number): Promise<void> {
  const over = drizzle(directory)
    .select({ id: addressChanges.id })
    .from(addressChanges)
    .where(lte(addressChanges.expiresAt, now))
    .limit(limit)
  await drizzle(directory).delete(addressChanges).where(sql`${addressChanges.id} in ${over}`)
}
