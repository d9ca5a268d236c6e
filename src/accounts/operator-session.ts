import { createHmac, randomBytes } from 'node:crypto'
import { and, eq, gt, lt, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import type { Config } from '../env.ts'
import type { OperatorCaller } from '../membership/actor.ts'
import { ok, type Result, refuse } from '../membership/result.ts'
import { operatorKeys, operatorSessions as table } from '../records/account-tables.ts'
import { attempt, type Cap, giveBack } from './attempts.ts'
import { networkOf, shortenedNetwork } from './network.ts'
import { currentOperatorKey } from './operator-keys.ts'
import { forgetOperatorSessions, type OperatorSession, operatorSessions } from './operator-session-cache.ts'
import { sameSecret } from './same-secret.ts'

/*
 * The operator in a browser, signed in with the root key or an operator key. The browser holds a random token that is no
 * credential of the API. Signing out, revoking the key and changing the root key end the session.
 */

export const OPERATOR_SESSION_MS = 8 * 60 * 60_000
/** The last use is written at most this often. */
const SEEN_RESOLUTION_MS = 15 * 60_000

const WRONG_KEYS: Omit<Cap, 'subject'> = { name: 'operator-key', limit: 10, windowMs: 15 * 60_000 }

type Secrets = Pick<Config, 'OPERATOR_KEY' | 'LINK_KEYS'>

export type OperatorRefusal =
  | { readonly code: 'operator_key_wrong' }
  | { readonly code: 'operator_sign_in_rate_limited'; readonly retryAfterSeconds: number }

/** How events and organizations know the operator who is signed in. */
export const callerOf = ({ keyId, access }: OperatorSession): OperatorCaller => ({
  type: 'operator',
  ...(keyId === null ? {} : { keyId }),
  ...(access === 'read' ? { readOnly: true } : {}),
})

export interface OperatorSignIn {
  readonly token: string
  /** Null: the root key. */
  readonly keyId: string | null
}

/** Answers with the token of a new session. A try counts before it is looked at, and is given back if it was right. */
export async function signInOperator(
  accounts: D1Database,
  secrets: Secrets,
  { key, ip }: { readonly key: string; readonly ip: string | undefined },
  now: number,
): Promise<Result<OperatorSignIn, OperatorRefusal>> {
  const charge = await attempt(accounts, [{ ...WRONG_KEYS, subject: networkOf(ip) }], secrets.LINK_KEYS, now)
  if (!charge.ok) {
    const { retryAfterSeconds } = charge.error
    return refuse({ code: 'operator_sign_in_rate_limited', retryAfterSeconds })
  }
  const started = await startOperatorSession(accounts, secrets, key, now)
  if (started === null) {
    const network = shortenedNetwork(ip)
    console.warn({ message: 'refused', caller: 'operator', code: 'operator_key_wrong', network })
    return refuse({ code: 'operator_key_wrong' })
  }
  await giveBack(accounts, charge.value)
  return ok(started)
}

/** Always a new token. Null: this is neither the root key nor an operator key that is in force. */
async function startOperatorSession(
  accounts: D1Database,
  { OPERATOR_KEY }: Secrets,
  secret: string,
  now: number,
): Promise<OperatorSignIn | null> {
  const isRoot = sameSecret(secret, OPERATOR_KEY)
  const key = isRoot ? null : await currentOperatorKey(accounts, secret, now)
  if (!isRoot && key === null) return null
  const token = randomBytes(32).toString('base64url')
  const expiresAt = Math.min(now + OPERATOR_SESSION_MS, key?.expiresAt ?? Number.POSITIVE_INFINITY)
  // From the key's row, so that no session outlives a key that is being revoked at this moment.
  const inForce = sql`exists (select 1 from ${operatorKeys} where id = ${key?.id ?? null} and revoked_at is null)`
  const insert = sql`select ${operatorSessionHash(token, OPERATOR_KEY)}, ${key?.id ?? null}, ${now}, ${now}, ${expiresAt}
    where ${key === null ? sql`true` : inForce}`
  const { meta } = await drizzle(accounts).insert(table).select(insert)
  return meta.changes > 0 ? { token, keyId: key?.id ?? null } : null
}

/** The session of a token, at most five seconds old; null if it has ended. Throws if it cannot be looked up. */
export async function currentOperatorSession(
  accounts: D1Database,
  { OPERATOR_KEY }: Pick<Secrets, 'OPERATOR_KEY'>,
  token: string,
  now: number,
): Promise<OperatorSession | null> {
  if (!TOKEN.test(token)) return null
  const hash = operatorSessionHash(token, OPERATOR_KEY)
  const session = await operatorSessions.current(accounts, hash, now, () => findSession(accounts, hash, now))
  return session !== null && now < session.expiresAt ? session : null
}

const TOKEN = /^[A-Za-z0-9_-]{43}$/

async function findSession(accounts: D1Database, tokenHash: string, now: number): Promise<OperatorSession | null> {
  const database = drizzle(accounts)
  const isThis = and(eq(table.tokenHash, tokenHash), gt(table.expiresAt, now))
  const [row] = await database
    .select({ session: table, access: operatorKeys.access, revokedAt: operatorKeys.revokedAt })
    .from(table)
    .leftJoin(operatorKeys, eq(operatorKeys.id, table.keyId))
    .where(isThis)
  if (row === undefined) return null
  const { keyId, expiresAt, lastSeenAt } = row.session
  if (keyId !== null && (row.access === null || row.revokedAt !== null)) return null
  if (now - lastSeenAt >= SEEN_RESOLUTION_MS) await database.update(table).set({ lastSeenAt: now }).where(isThis)
  return { keyId, access: row.access ?? 'write', expiresAt }
}

/** Signs out. Answers with the key of the session, or null if the session had ended. */
export async function endOperatorSession(
  accounts: D1Database,
  { OPERATOR_KEY }: Pick<Secrets, 'OPERATOR_KEY'>,
  token: string,
  now: number,
): Promise<Pick<OperatorSignIn, 'keyId'> | null> {
  const ended = { tokenHash: operatorSessionHash(token, OPERATOR_KEY) }
  const isThis = eq(table.tokenHash, ended.tokenHash)
  const [session] = await drizzle(accounts).delete(table).where(isThis).returning({ keyId: table.keyId })
  forgetOperatorSessions(accounts, [ended], now)
  return session ?? null
}

/** Drops sessions that are over, and those of a former root key with them, a bounded number at a time. */
export async function dropOperatorSessions(accounts: D1Database, now: number, limit: number): Promise<number> {
  const over = drizzle(accounts).select({ hash: table.tokenHash }).from(table).where(lt(table.expiresAt, now))
  const { meta } = await drizzle(accounts)
    .delete(table)
    .where(sql`${table.tokenHash} in ${over.limit(limit)}`)
  return meta.changes
}

/** Uses both secrets, so that a copy of the database or a former root key alone finds no session. */
export const operatorSessionHash = (token: string, operatorKey: string): string =>
  createHmac('sha256', operatorKey).update(`muster.operator-session.v2:${token}`).digest('hex')
