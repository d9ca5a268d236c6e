import { and, eq, lte, or, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { typeidUnboxed } from 'typeid-js'
import type { Actor } from '../membership/actor.ts'
import {
  addressChanges,
  creationAnswers,
  devices,
  emailChallenges,
  erasureProgress,
  identities,
  sessions,
  users,
} from '../records/account-tables.ts'
import { appendEvent } from '../records/environment-events.ts'
import { type PageRequest, pageByTime, type TimePage } from '../records/time-page.ts'
import { countWaiting, type Waiting } from '../records/waiting.ts'
import { keepEmailsOfDeleted } from './former-emails.ts'
import type { User } from './users.ts'

/** So long a deletion that was begun has before the sweep takes it for dead and finishes it. */
const FINISHED_AFTER_MS = 2 * 60_000

/**
 * The account is being deleted: from now on nobody signs in to it and nobody is signed in. Answers with the hashes of the
 * tokens that no longer work.
 */
export async function closeAccount(accounts: D1Database, { id, email }: User, now: number): Promise<string[]> {
  const database = drizzle(accounts)
  const ofThem = or(
    and(eq(emailChallenges.purpose, 'sign_in'), eq(emailChallenges.subject, email)),
    and(eq(emailChallenges.purpose, 'email_change'), eq(emailChallenges.subject, id)),
    and(eq(emailChallenges.purpose, 'reauthentication'), eq(emailChallenges.email, email)),
  )
  const [, ended] = await database.batch([
    database
      .update(users)
      .set({ closingAt: sql`coalesce(closing_at, ${now})` })
      .where(eq(users.id, id)),
    database.delete(sessions).where(eq(sessions.userId, id)).returning({ tokenHash: sessions.tokenHash }),
    database.delete(identities).where(eq(identities.userId, id)),
    database.delete(emailChallenges).where(ofThem),
    database.delete(addressChanges).where(eq(addressChanges.userId, id)),
  ])
  return ended.map(({ tokenHash }) => tokenHash)
}

/** It is not deleted after all. */
export async function reopenAccount(accounts: D1Database, id: string): Promise<void> {
  const database = drizzle(accounts)
  await database.batch([
    database.update(users).set({ closingAt: null }).where(eq(users.id, id)),
    database.delete(erasureProgress).where(eq(erasureProgress.userId, id)),
  ])
}

/** The last step: the address is free from now on. */
export async function removeAccount(accounts: D1Database, id: string, actor: Actor, now: number): Promise<void> {
  const database = drizzle(accounts)
  const isThis = and(eq(users.id, id), sql`closing_at is not null`)
  const target = { type: 'user', id } as const
  const event = {
    id: typeidUnboxed('evt'),
    type: 'user.deleted',
    occurredAt: now,
    actor,
    target,
    data: {},
  } as const
  await database.batch([
    appendEvent(database, event, sql`exists (select 1 from ${users} where ${isThis})`),
    database.delete(devices).where(and(eq(devices.userId, id), sql`exists (select 1 from ${users} where ${isThis})`)),
    ...keepEmailsOfDeleted(database, id, now),
    database.delete(users).where(isThis),
    database.delete(erasureProgress).where(eq(erasureProgress.userId, id)),
    database.delete(creationAnswers).where(eq(creationAnswers.resourceId, id)),
  ])
}

const isLeftHalfway = (now: number) => and(sql`closing_at is not null`, lte(users.closingAt, now - FINISHED_AFTER_MS))

/** Of those that `closingAccounts` finds. */
export const countClosing = (accounts: D1Database, now: number): Promise<Waiting> =>
  countWaiting(drizzle(accounts), users.closingAt, isLeftHalfway(now))

/** People whose deletion was begun and is not finished, the longest waiting first. */
export async function closingAccounts(
  accounts: D1Database,
  now: number,
  page: PageRequest,
): Promise<TimePage<{ readonly userId: string }>> {
  const columns = sql`${users.id} as "userId"`
  return pageByTime(drizzle(accounts), { time: users.closingAt, condition: isLeftHalfway(now), columns }, page)
}

/** Which organizations have forgotten the person so far. */
export async function forgottenBy(accounts: D1Database, userId: string): Promise<Set<string>> {
  const rows = await drizzle(accounts)
    .select({ id: erasureProgress.organizationId })
    .from(erasureProgress)
    .where(eq(erasureProgress.userId, userId))
  return new Set(rows.map(({ id }) => id))
}

export async function noteForgottenBy(
  accounts: D1Database,
  userId: string,
  organizationIds: readonly string[],
): Promise<void> {
  const rows = organizationIds.map((organizationId) => ({ userId, organizationId }))
  await drizzle(accounts).insert(erasureProgress).values(rows).onConflictDoNothing()
}
