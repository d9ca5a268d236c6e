import { createHash } from 'node:crypto'
import { and, eq, isNull, type SQL, sql } from 'drizzle-orm'
import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1'
import { typeidUnboxed } from 'typeid-js'
import type { Actor } from '../membership/actor.ts'
import type { Page, Slice } from '../membership/queries.ts'
import type { Result } from '../membership/result.ts'
import { SIGN_IN_RESOLUTION_MS } from '../membership/sign-in.ts'
import { emailChallenges, identities, users } from '../records/account-tables.ts'
import { appendEvent, wasAppended } from '../records/environment-events.ts'
import {
  type BrokenCursor,
  continues,
  type Keyset,
  type Order,
  orderOf,
  type Position,
  readPage,
} from '../records/page.ts'
import { isProvenBy } from './email-challenges.ts'
import { IsolateCache } from './isolate-cache.ts'

/** Who someone is elsewhere. Only both together name a person: issuers choose subjects as they please. */
export interface Subject {
  readonly issuer: string
  readonly subject: string
}

/** Whose account that is. */
export interface Identity {
  readonly userId: string
  /** The address of the account. */
  readonly email: string
  /** Tokens issued up to then are refused; null: none are. */
  readonly tokensValidFrom: number | null
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
export const currentIdentity = (accounts: D1Database, subject: Subject, now: number): Promise<Identity | null> =>
  remembered.current(accounts, subjectHash(subject), now, () => findIdentity(accounts, subject))

async function findIdentity(accounts: D1Database, { issuer, subject }: Subject): Promise<Identity | null> {
  const row = await drizzle(accounts)
    .select({
      userId: users.id,
      email: users.email,
      tokensValidFrom: sql<
        number | null
      >`nullif(max(coalesce(${users.tokensValidFrom}, 0), coalesce(${identities.tokensValidFrom}, 0)), 0)`,
      lastSignInAt: users.lastSignInAt,
      authenticatedAt: identities.authenticatedAt,
      closingAt: users.closingAt,
    })
    .from(identities)
    .innerJoin(users, eq(users.id, identities.userId))
    .where(and(isSubject({ issuer, subject }), isNull(identities.unlinkedAt)))
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
  accounts: D1Database,
  subject: Subject,
  challengeId: string,
  now: number,
): Promise<boolean> {
  const database = drizzle(accounts)
  const isThis = and(isSubject(subject), isNull(identities.unlinkedAt))
  const [proven] = await database.batch([
    database
      .update(identities)
      .set({ authenticatedAt: now })
      .where(and(isThis, isProvenBy(identities.userId, challengeId, now)))
      .returning({ userId: identities.userId }),
    database.delete(emailChallenges).where(eq(emailChallenges.id, challengeId)),
  ])
  if (proven.length === 0) return false
  const identity = await findIdentity(accounts, subject)
  if (identity !== null) remembered.replace(accounts, subjectHash(subject), identity, Date.now())
  return true
}

/**
 * If several calls run at once, the first account stays. Null: there is no such account, it is being deleted, or the token was
 * issued before the identity was unlinked or the account refused all earlier tokens.
 */
export async function linkIdentity(
  accounts: D1Database,
  { issuer, subject, issuedAt }: Subject & { readonly issuedAt: number | null },
  userId: string,
  now: number,
): Promise<Identity | null> {
  // From the account's row, so that none outlives an account that is being deleted at this moment.
  await accounts
    .prepare(
      `insert into identities (id, issuer, subject, user_id, created_at)
       select ?6, ?1, ?2, id, ?3 from users where id = ?4 and closing_at is null
         and (tokens_valid_from is null or tokens_valid_from < ?5)
       on conflict (issuer, subject) do update set id = excluded.id, user_id = excluded.user_id,
         created_at = excluded.created_at, authenticated_at = null,
         tokens_valid_from = identities.unlinked_at, unlinked_at = null
         where identities.unlinked_at < ?5`,
    )
    .bind(issuer, subject, now, userId, surelyIssuedAt(issuedAt), typeidUnboxed('idy'))
    .run()
  const linked = await findIdentity(accounts, { issuer, subject })
  if (linked !== null) remembered.replace(accounts, subjectHash({ issuer, subject }), linked, now)
  return linked
}

/** A refused token stays refused: presenting it again does not make it valid. */
export async function isUnlinkedSince(
  accounts: D1Database,
  { issuedAt, ...subject }: Subject & { readonly issuedAt: number | null },
): Promise<boolean> {
  const row = await drizzle(accounts)
    .select({ unlinkedAt: identities.unlinkedAt })
    .from(identities)
    .where(isSubject(subject))
    .get()
  return isRefused(issuedAt, row?.unlinkedAt ?? null)
}

/** Synchronized clocks of servers differ by less. */
const CLOCKS_APART_MS = 5_000

/**
 * Whether a token that was issued then may be from before the moment. `iat` has whole seconds, rounded down, and the
 * issuer's clock may be ahead: in doubt, and without `iat`, the token is refused.
 */
export const isRefused = (issuedAt: number | null, validFrom: number | null): boolean =>
  validFrom !== null && surelyIssuedAt(issuedAt) <= validFrom

const surelyIssuedAt = (issuedAt: number | null): number => (issuedAt === null ? -1 : issuedAt - CLOCKS_APART_MS)

/** An identity as people and the operator see it. */
export type LinkedIdentity = Pick<typeof identities.$inferSelect, 'id' | 'issuer' | 'subject' | 'createdAt'>

const SHOWN = {
  id: identities.id,
  issuer: identities.issuer,
  subject: identities.subject,
  createdAt: identities.createdAt,
}

const isLinkedTo = (userId: string) => and(eq(identities.userId, userId), isNull(identities.unlinkedAt))

/** The linked identities, the oldest first. */
export async function listIdentities(
  accounts: D1Database,
  userId: string,
  page: Page,
): Promise<Result<Slice<LinkedIdentity>, BrokenCursor>> {
  const order: Order = { key: identities.createdAt, id: identities.id, descending: false }
  const keyset: Keyset<LinkedIdentity> = {
    scope: ['identities', userId],
    keyOf: (row) => row.createdAt,
    idOf: (row) => row.id,
  }
  const fetch = (_: number, position: Position | null, limit: number) =>
    drizzle(accounts)
      .select(SHOWN)
      .from(identities)
      .where(and(isLinkedTo(userId), continues(order, position)))
      .orderBy(...orderOf(order))
      .limit(limit)
      .all()
  return readPage(keyset, page, 1, fetch, (row) => row)
}

export async function findLinked(accounts: D1Database, userId: string, id: string): Promise<LinkedIdentity | null> {
  const isThis = and(isLinkedTo(userId), eq(identities.id, id))
  return (await drizzle(accounts).select(SHOWN).from(identities).where(isThis).get()) ?? null
}

/** Ends one link. Only a token that the issuer issues afterwards links it again. False: there is no such link. */
export async function unlinkIdentity(
  accounts: D1Database,
  { userId, id }: { readonly userId: string; readonly id: string },
  actor: Actor,
  now: number,
): Promise<boolean> {
  const database = drizzle(accounts)
  const isThis = and(isLinkedTo(userId), eq(identities.id, id))
  const event = {
    ...({ id: typeidUnboxed('evt'), type: 'user.identity_unlinked', occurredAt: now, actor } as const),
    target: { type: 'user', id: userId } as const,
    data: sql`json_object('issuer', (select ${identities.issuer} from ${identities} where ${isThis}))`,
  }
  const [, unlinked] = await database.batch([
    appendEvent(database, event, sql`exists (select 1 from ${identities} where ${isThis})`),
    database
      .update(identities)
      .set({ unlinkedAt: now, authenticatedAt: null })
      .where(and(isThis, wasAppended(event)))
      .returning(SUBJECT),
  ])
  forgetUnlinked(accounts, unlinked, now)
  return unlinked.length > 0
}

const SUBJECT = { issuer: identities.issuer, subject: identities.subject }

/** For a batch that refuses all earlier tokens of the account. What it returns is for `forgetUnlinked`. */
export const unlinkAll = (database: DrizzleD1Database, userId: string, now: number, when: SQL) =>
  database
    .update(identities)
    .set({ unlinkedAt: now, authenticatedAt: null })
    .where(and(isLinkedTo(userId), when))
    .returning(SUBJECT)

/** Unlinking takes effect here from the next request. */
export function forgetUnlinked(accounts: D1Database, subjects: readonly Subject[], now: number): void {
  for (const subject of subjects) remembered.end(accounts, subjectHash(subject), now)
}

const isSubject = ({ issuer, subject }: Subject) => and(eq(identities.issuer, issuer), eq(identities.subject, subject))

/** Whether there was something to note. `signedInAt`: when they signed in elsewhere, as the issuer says. */
export async function noteSignIn(
  accounts: D1Database,
  subject: Subject,
  identity: Identity,
  signedInAt: number,
  now: number,
): Promise<boolean> {
  const { userId, lastSignInAt } = identity
  if (lastSignInAt !== null && signedInAt - lastSignInAt < SIGN_IN_RESOLUTION_MS) return false
  const noted = await accounts
    .prepare(
      `update users set last_sign_in_at = ?1, updated_at = ?2, revision = revision + 1
       where id = ?3 and closing_at is null and (last_sign_in_at is null or last_sign_in_at <= ?4)`,
    )
    .bind(signedInAt, now, userId, signedInAt - SIGN_IN_RESOLUTION_MS)
    .run()
  remembered.remember(accounts, subjectHash(subject), { ...identity, lastSignInAt: signedInAt }, now)
  return noted.meta.changes > 0
}
