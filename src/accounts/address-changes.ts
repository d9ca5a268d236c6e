import { and, eq, gt, gte, isNull, lte, ne, or, type SQL, sql } from 'drizzle-orm'
import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1'
import { typeidUnboxed } from 'typeid-js'
import { addressChanges, devices, emailChallenges, sessions, users } from '../records/account-tables.ts'
import { appendEvent, wasAppended } from '../records/environment-events.ts'
import { fold } from '../records/rows.ts'
import { forgetUnlinked, unlinkAll } from './identities.ts'
import type { LostAccess } from './sessions.ts'
import { type LinkKey, signToken, verifyToken } from './signed-token.ts'

/*
 * If another person changed the email of an account, the former email can take the change back. Each change has its own
 * link, so that a second change does not end the link of the first.
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

/** Goes into the batch of the change, before the change itself, while the account still has the former email. */
export const noteAddressChange = (database: DrizzleD1Database, id: string, userId: string, now: number, when: SQL) =>
  database.insert(addressChanges).select(
    sql`select ${id}, ${users.id}, ${users.email}, ${now}, ${now + TAKE_BACK_MS} from ${users}
      where ${users.id} = ${userId} and ${when}`,
  )

/** Null once it is taken back, overruled or too old. */
export async function findAddressChange(accounts: D1Database, id: string, now: number): Promise<AddressChange | null> {
  const isOpen = and(eq(addressChanges.id, id), gt(addressChanges.expiresAt, now))
  return (await drizzle(accounts).select().from(addressChanges).where(isOpen).get()) ?? null
}

export interface TakenBack extends LostAccess {
  /** Whether this call did it. */
  readonly changed: boolean
  /** The account that had the address, and has lost it. Null: there was none. */
  readonly setAside: (LostAccess & { readonly userId: string }) | null
}

/** Of an account that has lost its address to the former holder: an address that receives no mail (RFC 2606, section 2). */
export const setAsideAddress = (userId: string): string => `${userId}@set-aside.invalid`

/**
 * Gives the account its former email back, and signs out everybody who used it since: sessions end, identities go, and
 * tokens issued before are refused. Links of the same and of later changes end with it: they went to addresses that may be
 * the intruder's. An account that was made after the change and has the address loses it, and its sessions: otherwise the
 * intruder could keep the account by signing in once more with the former address. An older account keeps the address, and
 * so does one that is being deleted: nothing changes then.
 */
export async function takeBackAddress(
  accounts: D1Database,
  { id, userId, formerEmail, changedAt }: AddressChange,
  now: number,
): Promise<TakenBack> {
  const database = drizzle(accounts)
  const holds = and(eq(users.email, formerEmail), ne(users.id, userId))
  const holder = await database.select({ id: users.id }).from(users).where(holds).get()
  const otherId = holder?.id ?? ''
  const event = {
    ...({ id: typeidUnboxed('evt'), type: 'user.email_change_taken_back', occurredAt: now, data: {} } as const),
    actor: { type: 'user', id: userId } as const,
    target: { type: 'user', id: userId } as const,
  }
  const isThis = eq(users.id, userId)
  const isOpen = sql`exists (select 1 from ${addressChanges}
    where ${and(eq(addressChanges.id, id), gt(addressChanges.expiresAt, now))})`
  const isLiving = sql`exists (select 1 from ${users} where ${isThis} and ${users.closingAt} is null)`
  const isOther = eq(users.id, otherId)
  const givesWay = and(isOther, gte(users.createdAt, changedAt), isNull(users.closingAt))
  const isFree = sql`not exists (select 1 from ${users} where ${holds} and not (${givesWay}))`
  const setAsideEvent = {
    ...event,
    ...({ id: typeidUnboxed('evt'), type: 'user.email_changed', target: { type: 'user', id: otherId } } as const),
  }
  const was = wasAppended(event)
  const hadOther = sql`${was} and exists (select 1 from ${users} where ${isOther} and ${holds})`
  const [, otherEnded, otherUnlinked, , setAside, updated, ended, unlinked] = await database.batch([
    appendEvent(database, event, sql`${isOpen} and ${isLiving} and ${isFree}`),
    // The account that gives way comes first: two accounts never have one address.
    database
      .delete(sessions)
      .where(and(eq(sessions.userId, otherId), hadOther))
      .returning({ tokenHash: sessions.tokenHash }),
    unlinkAll(database, otherId, now, hadOther),
    database.delete(devices).where(and(eq(devices.userId, otherId), hadOther)),
    database
      .update(users)
      .set({ ...addressed(setAsideAddress(otherId), now), emailVerified: false })
      .where(and(isOther, holds, was))
      .returning({ id: users.id }),
    database
      .update(users)
      .set({ ...addressed(formerEmail, now), emailVerified: true })
      .where(and(isThis, was))
      .returning({ id: users.id }),
    database
      .delete(sessions)
      .where(and(eq(sessions.userId, userId), was))
      .returning({ tokenHash: sessions.tokenHash }),
    unlinkAll(database, userId, now, was),
    database.delete(devices).where(and(eq(devices.userId, userId), was)),
    database.delete(emailChallenges).where(
      and(
        or(
          and(eq(emailChallenges.purpose, 'email_change'), eq(emailChallenges.subject, userId)),
          and(eq(emailChallenges.purpose, 'email_change'), eq(emailChallenges.subject, otherId)),
          // A code that was asked for while the address was another account's opens this one to nobody.
          and(eq(emailChallenges.purpose, 'sign_in'), eq(emailChallenges.subject, formerEmail)),
        ),
        was,
      ),
    ),
    database
      .delete(addressChanges)
      .where(and(eq(addressChanges.userId, userId), gte(addressChanges.changedAt, changedAt), was)),
    // Last, since all others ask whether the event before it is the newest.
    appendEvent(
      database,
      setAsideEvent,
      sql`${was} and exists (select 1 from ${users} where ${isOther} and ${users.email} = ${setAsideAddress(otherId)})`,
    ),
  ])
  forgetUnlinked(accounts, [...unlinked, ...otherUnlinked], Date.now())
  return {
    changed: updated.length > 0,
    ...lostOf(ended, unlinked),
    setAside: setAside.length === 0 ? null : { userId: otherId, ...lostOf(otherEnded, otherUnlinked) },
  }
}

const lostOf = (ended: readonly { tokenHash: string }[], unlinked: readonly unknown[]): LostAccess => ({
  ended: ended.map(({ tokenHash }) => tokenHash),
  unlinked: unlinked.length,
})

const addressed = (email: string, now: number) => ({
  email,
  nameKey: sql`case when ${users.name} is null then ${fold(email)} else ${users.nameKey} end`,
  tokensValidFrom: now,
  revision: sql`${users.revision} + 1`,
  updatedAt: now,
})

/** Drops changes that can no longer be taken back, a bounded number at a time. */
export async function forgetAddressChanges(accounts: D1Database, now: number, limit: number): Promise<number> {
  const over = drizzle(accounts)
    .select({ id: addressChanges.id })
    .from(addressChanges)
    .where(lte(addressChanges.expiresAt, now))
    .limit(limit)
  const { meta } = await drizzle(accounts).delete(addressChanges).where(sql`${addressChanges.id} in ${over}`)
  return meta.changes
}
