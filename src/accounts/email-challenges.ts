import { and, type Column, eq, gt, type SQL, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { typeidUnboxed } from 'typeid-js'
import { emailChallenges, users } from '../records/account-tables.ts'

/** Long enough for slow mail, short enough that a mailbox read later is of no use. */
export const CHALLENGE_LIFETIME_MS = 10 * 60_000
/** Proof of an address that is under way. Its code and link are derived from it: see `challenge-proof.ts`. */
export type EmailChallenge = typeof emailChallenges.$inferSelect

export type ChallengeSubject = Pick<EmailChallenge, 'purpose' | 'subject'>

/** Takes the place of an earlier one of the same purpose and subject, whose code and link no longer work. */
export async function openChallenge(
  accounts: D1Database,
  { purpose, subject, email, invitation }: ChallengeSubject & Pick<EmailChallenge, 'email' | 'invitation'>,
  now: number,
): Promise<EmailChallenge> {
  const fresh = {
    id: typeidUnboxed('chl'),
    email,
    invitation,
    createdAt: now,
    expiresAt: now + CHALLENGE_LIFETIME_MS,
  }
  const challenge = { purpose, subject, ...fresh }
  await drizzle(accounts)
    .insert(emailChallenges)
    .values(challenge)
    .onConflictDoUpdate({ target: [emailChallenges.purpose, emailChallenges.subject], set: fresh })
  return challenge
}

/** What is under way of this purpose and subject. Null once it is used or expired. */
export async function challengeUnderWay(
  accounts: D1Database,
  { purpose, subject }: ChallengeSubject,
  now: number,
): Promise<EmailChallenge | null> {
  const isOpen = and(
    eq(emailChallenges.purpose, purpose),
    eq(emailChallenges.subject, subject),
    gt(emailChallenges.expiresAt, now),
  )
  return (await drizzle(accounts).select().from(emailChallenges).where(isOpen).get()) ?? null
}

/** Null once it is used, replaced or expired. */
export async function findChallenge(accounts: D1Database, id: string, now: number): Promise<EmailChallenge | null> {
  const isOpen = and(eq(emailChallenges.id, id), gt(emailChallenges.expiresAt, now))
  return (await drizzle(accounts).select().from(emailChallenges).where(isOpen).get()) ?? null
}

/** For a batch that uses the challenge up: it still stands, and was mailed to the present address of this account. */
export const isProvenBy = (userId: Column, challengeId: string, now: number): SQL => sql`exists (
  select 1 from ${emailChallenges} join ${users} on ${users.email} = ${emailChallenges.email}
  where ${emailChallenges.id} = ${challengeId} and ${emailChallenges.expiresAt} > ${now}
    and ${users.id} = ${userId} and ${users.closingAt} is null)`

/** Drops challenges that are over, a bounded number at a time. */
export async function forgetChallenges(accounts: D1Database, now: number, limit: number): Promise<number> {
  const { meta } = await drizzle(accounts).run(sql`delete from ${emailChallenges} where id in
    (select id from ${emailChallenges} where expires_at <= ${now} limit ${limit})`)
  return meta.changes
}
