import { createHash, randomBytes } from 'node:crypto'
import { and, eq, gt, lt, ne, type SQL, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { typeidUnboxed } from 'typeid-js'
import type { NewDeviceMessage } from '../contract/mail-message.ts'
import type { Page, Slice } from '../membership/queries.ts'
import type { Result } from '../membership/result.ts'
import { SIGN_IN_RESOLUTION_MS, type SignInMethod } from '../membership/sign-in.ts'
import { devices, emailChallenges, sessions, users } from '../records/account-tables.ts'
import {
  type BrokenCursor,
  continues,
  type Keyset,
  type Order,
  orderOf,
  type Position,
  readPage,
} from '../records/page.ts'
import { queueAccountMail } from './account-mails.ts'
import { isForgotten, isNewToAccount, type NotedDevice, noteDevice } from './devices.ts'
import { isProvenBy } from './email-challenges.ts'
import { forgetUnlinked, unlinkAll } from './identities.ts'

/** Without use a session ends after this long. */
export const SESSION_IDLE_MS = 7 * 24 * 60 * 60_000
/** However much it is used, a session ends after this long. */
export const SESSION_AGE_MS = 30 * 24 * 60 * 60_000
/** Use is written down at most so often: a request that only reads should not have to write. */
const SEEN_RESOLUTION_MS = 60 * 60_000
const MAX_USER_AGENT_LENGTH = 300

/** `mst_<43 characters of base64url>`: 256 random bits. */
const SESSION_TOKEN = /^mst_[A-Za-z0-9_-]{43}$/

/** Somebody signed in on some device. Times are epoch milliseconds. */
export type Session = Omit<SessionRow, 'tokenHash'>

export interface StartedSession {
  /** Known to its holder only: a hash of it is kept. */
  readonly token: string
  readonly session: Session
  /** Null where the sign-in named none. */
  readonly device: NotedDevice | null
  /** The account's last sign-in was noted, so its organizations are to be told. */
  readonly isNoted: boolean
}

export interface SignIn {
  readonly userId: string
  readonly method: SignInMethod
  /** The `User-Agent` of the request, by which people recognize their devices. */
  readonly userAgent: string | null
  /** The proof of the account's address that this uses up. */
  readonly challengeId?: string
  /** The id of the device, to be known from now on. Absent where nothing proves that the device is the person's. */
  readonly deviceId?: string
  /** Whom to warn, and of what, if the device is new to an account that has signed in elsewhere before. */
  readonly warning?: Pick<NewDeviceMessage, 'email' | 'origin'>
  /** The only organization that the session reaches, and where it starts. Null or absent: it reaches everything. */
  readonly reachOrganizationId?: string | null
}

export const isSessionToken = (token: string): boolean => SESSION_TOKEN.test(token)

export const sessionHash = (token: string): string => createHash('sha256').update(token).digest('hex')

/**
 * Signs someone in, and notes when, once an hour at most. Always a new token, so that nobody can plant one. Null: there is no such account, or
 * the proof is used up; one transaction, so that of several with the same proof one gets in.
 */
export async function startSession(
  accounts: D1Database,
  { userId, method, userAgent, challengeId, deviceId, warning, reachOrganizationId = null }: SignIn,
  now: number,
): Promise<StartedSession | null> {
  const token = `mst_${randomBytes(32).toString('base64url')}`
  const id = typeidUnboxed('ses')
  const begun = {
    ...{ id, userId, method, reachOrganizationId, userAgent: userAgent?.slice(0, MAX_USER_AGENT_LENGTH) ?? null },
    // An invitation link may have been forwarded: it proves nothing for what needs fresh proof.
    authenticatedAt: method === 'invitation' ? null : now,
    ...{ createdAt: now, lastSeenAt: now, expiresAt: now + SESSION_IDLE_MS },
  }
  // From the account's row, so that no session outlives an account that is being deleted at this moment.
  const insert = accounts
    .prepare(
      `insert into sessions (id, token_hash, user_id, method, organization_id, user_agent, created_at, last_seen_at, expires_at,
         authenticated_at, reach_organization_id)
       select ?1, ?2, id, ?3, coalesce(?10, last_organization_id), ?4, ?5, ?5, ?6, ?9, ?10 from users where id = ?7 and closing_at is null
         and (?8 is null or exists (select 1 from email_challenges
           where email_challenges.id = ?8 and email_challenges.email = users.email and email_challenges.expires_at > ?5))
       returning organization_id as "organizationId"`,
    )
    .bind(
      ...[id, sessionHash(token), method, begun.userAgent, now, begun.expiresAt, userId, challengeId ?? null],
      ...[begun.authenticatedAt, reachOrganizationId],
    )
  const note = accounts
    .prepare(
      `update users set last_sign_in_at = ?1, updated_at = ?1, revision = revision + 1
       where id = (select user_id from sessions where id = ?2) and (last_sign_in_at is null or last_sign_in_at <= ?3)`,
    )
    .bind(now, id, now - SIGN_IN_RESOLUTION_MS)
  const use = accounts
    .prepare('delete from email_challenges where id = ?1 and exists (select 1 from sessions where id = ?2)')
    .bind(challengeId ?? null, id)
  const device = deviceId === undefined ? null : noteDevice(accounts, id, deviceId, now)
  const warn =
    deviceId === undefined || warning === undefined ? [] : [warnOfDevice(accounts, id, deviceId, warning, now)]
  const statements = [insert, note, use, ...(device?.statements.slice(0, 1) ?? []), ...warn]
  const [inserted, noted, , counts] = await accounts.batch<Pick<Session, 'organizationId'>>([
    ...statements,
    ...(device?.statements.slice(1) ?? []),
  ])
  const row = inserted?.results[0]
  if (row === undefined) return null
  const isNoted = (noted?.meta.changes ?? 0) > 0
  return { token, session: { ...begun, ...row }, device: device?.noted(counts) ?? null, isNoted }
}

/** The id of the mail that a session on a new device sends. */
export const newDeviceMailId = (sessionId: string): string => `${sessionId}.new_device`

function warnOfDevice(
  accounts: D1Database,
  sessionId: string,
  deviceId: string,
  warning: Pick<NewDeviceMessage, 'email' | 'origin'>,
  now: number,
): D1PreparedStatement {
  const message: NewDeviceMessage = {
    ...{ version: 1, id: newDeviceMailId(sessionId), kind: 'new_device', at: now },
    ...warning,
  }
  const condition = isNewToAccount(sessionId, deviceId)
  const { sql: text, params } = queueAccountMail(drizzle(accounts), message, condition, now).toSQL()
  return accounts.prepare(text).bind(...params)
}

/** The session behind a token, from the directory itself; null when it is over. Use moves its end on. */
export async function findSession(accounts: D1Database, tokenHash: string, now: number): Promise<Session | null> {
  const database = drizzle(accounts)
  const isThis = and(eq(sessions.tokenHash, tokenHash), gt(sessions.expiresAt, now))
  const row = await database.select().from(sessions).where(isThis).get()
  if (row === undefined) return null
  if (now - row.lastSeenAt < SEEN_RESOLUTION_MS) return sessionOf(row)
  const [seen] = await database
    .update(sessions)
    .set({ lastSeenAt: now, expiresAt: Math.min(row.createdAt + SESSION_AGE_MS, now + SESSION_IDLE_MS) })
    .where(isThis)
    .returning()
  return seen === undefined ? null : sessionOf(seen)
}

/** By its id, read from the directory; null if it has ended. Does not count as use. */
export async function readSession(
  accounts: D1Database,
  id: string,
  now: number,
): Promise<{ readonly session: Session; readonly tokenHash: string } | null> {
  const isThis = and(eq(sessions.id, id), gt(sessions.expiresAt, now))
  const row = await drizzle(accounts).select().from(sessions).where(isThis).get()
  return row === undefined ? null : { session: sessionOf(row), tokenHash: row.tokenHash }
}

/** Those that are not over, the last used first. */
export async function listSessions(
  accounts: D1Database,
  userId: string,
  page: Page,
  now: number,
): Promise<Result<Slice<Session>, BrokenCursor>> {
  const order: Order = { key: sessions.lastSeenAt, id: sessions.id, descending: true }
  const keyset: Keyset<SessionRow> = {
    scope: ['sessions', userId],
    keyOf: (row) => row.lastSeenAt,
    idOf: (row) => row.id,
  }
  const isOpen = and(eq(sessions.userId, userId), gt(sessions.expiresAt, now))
  const fetch = (_: number, position: Position | null, limit: number) =>
    drizzle(accounts)
      .select()
      .from(sessions)
      .where(and(isOpen, continues(order, position)))
      .orderBy(...orderOf(order))
      .limit(limit)
      .all()
  return readPage(keyset, page, 1, fetch, sessionOf)
}

/** Answers with the hashes of the tokens that no longer work. A session of somebody else is left alone. */
export async function revokeSession(accounts: D1Database, userId: string, sessionId: string): Promise<string[]> {
  return revoked(accounts, and(eq(sessions.userId, userId), eq(sessions.id, sessionId)))
}

/** Where a person who signs out everywhere else stays signed in. */
export interface Kept {
  /** Null: no session stays. */
  readonly sessionId: string | null
  /** Null: the request named no device, or none stays known. */
  readonly deviceId: string | null
}

export const NOTHING_KEPT: Kept = { sessionId: null, deviceId: null }

/** The access that an account has lost. */
export interface LostAccess {
  /** The hashes of the tokens of the sessions that ended. */
  readonly ended: readonly string[]
  /** How many identities were unlinked. */
  readonly unlinked: number
}

/**
 * Signs a person out everywhere, or everywhere but in one session. Identities at trusted issuers are unlinked, and have to be
 * linked again. The other devices are forgotten: a sign-in on one of them is mailed as
 * a sign-in on a new device.
 */
export async function revokeSessions(
  accounts: D1Database,
  userId: string,
  { sessionId, deviceId }: Kept,
): Promise<LostAccess> {
  const database = drizzle(accounts)
  const now = Date.now()
  const others = sessionId === null ? undefined : ne(sessions.id, sessionId)
  const [ended, , unlinked] = await database.batch([
    database
      .delete(sessions)
      .where(and(eq(sessions.userId, userId), others))
      .returning({ tokenHash: sessions.tokenHash }),
    database.update(users).set({ tokensValidFrom: now }).where(eq(users.id, userId)),
    unlinkAll(database, userId, now, sql`true`),
    database.delete(devices).where(isForgotten(userId, deviceId)),
  ])
  forgetUnlinked(accounts, unlinked, Date.now())
  return { ended: ended.map(({ tokenHash }) => tokenHash), unlinked: unlinked.length }
}

async function revoked(accounts: D1Database, which: SQL | undefined): Promise<string[]> {
  const rows = await drizzle(accounts).delete(sessions).where(which).returning({ tokenHash: sessions.tokenHash })
  return rows.map(({ tokenHash }) => tokenHash)
}

/** Where the person works now; the next session starts there, too. Answers with the hash of its token, null when it is over. */
export async function chooseOrganization(
  accounts: D1Database,
  { id, userId }: Session,
  organizationId: string | null,
): Promise<string | null> {
  const database = drizzle(accounts)
  const [[chosen]] = await database.batch([
    database
      .update(sessions)
      .set({ organizationId })
      .where(eq(sessions.id, id))
      .returning({ tokenHash: sessions.tokenHash }),
    database.update(users).set({ lastOrganizationId: organizationId }).where(eq(users.id, userId)),
  ])
  return chosen?.tokenHash ?? null
}

/**
 * Notes a fresh proof by a challenge that was mailed to the account's own address, which lets the session reach everything,
 * and uses the challenge up. Answers with
 * the session and the hash of its token. Null: the challenge is used up, or the session is over.
 */
export async function noteSessionProof(
  accounts: D1Database,
  { sessionId, challengeId }: { readonly sessionId: string; readonly challengeId: string },
  now: number,
): Promise<{ readonly session: Session; readonly tokenHash: string } | null> {
  const database = drizzle(accounts)
  const [[proven]] = await database.batch([
    database
      .update(sessions)
      .set({ authenticatedAt: now, reachOrganizationId: null })
      .where(
        and(eq(sessions.id, sessionId), gt(sessions.expiresAt, now), isProvenBy(sessions.userId, challengeId, now)),
      )
      .returning(),
    database.delete(emailChallenges).where(eq(emailChallenges.id, challengeId)),
  ])
  return proven === undefined ? null : { session: sessionOf(proven), tokenHash: proven.tokenHash }
}

/** Drops sessions that are over, a bounded number at a time. */
export async function forgetSessions(accounts: D1Database, now: number, limit: number): Promise<number> {
  const over = drizzle(accounts).select({ id: sessions.id }).from(sessions).where(lt(sessions.expiresAt, now))
  const { meta } = await drizzle(accounts)
    .delete(sessions)
    .where(sql`${sessions.id} in ${over.limit(limit)}`)
  return meta.changes
}

type SessionRow = typeof sessions.$inferSelect

function sessionOf({ tokenHash: _, ...session }: SessionRow): Session {
  return session
}
