import { createHash } from 'node:crypto'
import { and, eq } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { emailChallenges, identities, users } from '../records/directory-tables.ts'
import { isProvenBy } from './email-challenges.ts'
import { IsolateCache } from './isolate-cache.ts'

/** Tokens are renewed all the time: a sign-in is noted only when it is so much later than the last one. */
const SIGN_IN_RESOLUTION_MS = 60 * 60_000

/** Who someone is elsewhere. Only both together name a person: issuers choose subjects as they please. */
export interface Subject {
  readonly issuer: string
  readonly subject: string
}

/** Whose account that is. */
export interface Identity {
  readonly userId: string
  readonly lastSignInAt: number | null
  /** The last proof by a mailed code with a token of this identity. */
  readonly authenticatedAt: number | null
  /** The account is being deleted. */
  readonly isClosing: boolean
}

const remembered = new IsolateCache<Identity>('identity', { endsForGood: false })

/** Names the subject without telling it. */
export const subjectHash = ({ issuer, subject }: Subject): string =>
  createHash('sha256')
    .update(JSON.stringify([issuer, subject]))
    .digest('hex')

/** At most five seconds old; null while the subject has no account. Throws while it cannot be looked up. */
export const currentIdentity = (directory: D1Database, subject: Subject, now: number): Promise<Identity | null> =>
  remembered.current(directory, subjectHash(subject), now, () => findIdentity(directory, subject))

async function findIdentity(directory: D1Database, { issuer, subject }: Subject): Promise<Identity | null> {
  const row = await drizzle(directory)
    .select({
      userId: users.id,
      lastSignInAt: users.lastSignInAt,
      authenticatedAt: identities.authenticatedAt,
      closingAt: users.closingAt,
    })
    .from(identities)
    .innerJoin(users, eq(users.id, identities.userId))
    .where(and(eq(identities.issuer, issuer), eq(identities.subject, subject)))
    .get()
  if (row === undefined) return null
  const { closingAt, ...identity } = row
  return { ...identity, isClosing: closingAt !== null }
}

/**
 * Notes a fresh proof by a challenge that was mailed to the account's own address, and uses the challenge up. False: the
 * challenge is used up, or the identity is unlinked.
 */
export async function proveIdentity(
  directory: D1Database,
  subject: Subject,
  challengeId: string,
  now: number,
): Promise<boolean> {
  const database = drizzle(directory)
  const isThis = and(eq(identities.issuer, subject.issuer), eq(identities.subject, subject.subject))
  const [proven] = await database.batch([
    database
      .update(identities)
      .set({ authenticatedAt: now })
      .where(and(isThis, isProvenBy(identities.userId, challengeId, now)))
      .returning({ userId: identities.userId }),
    database.delete(emailChallenges).where(eq(emailChallenges.id, challengeId)),
  ])
  if (proven.length === 0) return false
  const identity = await findIdentity(directory, subject)
  if (identity !== null) remembered.replace(directory, subjectHash(subject), identity, Date.now())
  return true
}

/** The first account stays, however many ask at once. Null: there is no such account, or it is being deleted. */
export async function linkIdentity(
  directory: D1Database,
  subject: Subject,
  userId: string,
  now: number,
): Promise<Identity | null> {
  // From the account's row, so that none outlives an account that is being deleted at this moment.
  await directory
    .prepare(
      `insert into identities (issuer, subject, user_id, created_at)
       select ?1, ?2, id, ?3 from users where id = ?4 and closing_at is null
       on conflict do nothing`,
    )
    .bind(subject.issuer, subject.subject, now, userId)
    .run()
  const linked = await findIdentity(directory, subject)
  if (linked !== null) remembered.replace(directory, subjectHash(subject), linked, now)
  return linked
}

/** Whether there was something to note. `signedInAt`: when they signed in elsewhere, as the issuer says. */
export async function noteSignIn(
  directory: D1Database,
  subject: Subject,
  identity: Identity,
  signedInAt: number,
  now: number,
): Promise<boolean> {
  const { userId, lastSignInAt } = identity
  if (lastSignInAt !== null && signedInAt - lastSignInAt < SIGN_IN_RESOLUTION_MS) return false
  const noted = await directory
    .prepare(
      `update users set last_sign_in_at = ?1, updated_at = ?2, revision = revision + 1
       where id = ?3 and closing_at is null and (last_sign_in_at is null or last_sign_in_at <= ?4)`,
    )
    .bind(signedInAt, now, userId, signedInAt - SIGN_IN_RESOLUTION_MS)
    .run()
  remembered.remember(directory, subjectHash(subject), { ...identity, lastSignInAt: signedInAt }, now)
  return noted.meta.changes > 0
}
