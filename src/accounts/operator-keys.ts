import { createHash, randomBytes } from 'node:crypto'
import { and, asc, desc, eq, gt, isNull, or, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { typeidUnboxed } from 'typeid-js'
import type { Actor } from '../membership/actor.ts'
import {
  KEY_USE_RESOLUTION_MS,
  MAX_OPERATOR_KEYS,
  type OperatorAccess,
  type OperatorKey,
} from '../membership/operator-key.ts'
import { ok, type Result, refuse } from '../membership/result.ts'
import { operatorKeys, operatorSessions } from '../records/account-tables.ts'
import { appendEvent, wasAppended } from '../records/environment-events.ts'
import { IsolateCache } from './isolate-cache.ts'
import { forgetOperatorSessions } from './operator-session-cache.ts'

/*
 * The named keys of the operator. The root key, a secret of the deployment, makes and revokes them. Only a hash of
 * each secret is stored.
 */

/** `mok_<43 characters of base64url>`: 256 random bits. */
const OPERATOR_KEY = /^mok_[A-Za-z0-9_-]{43}$/

export interface NewOperatorKey {
  readonly id: string
  readonly name: string
  readonly access: OperatorAccess
  readonly expiresAt: number | null
}

export interface CreatedOperatorKey {
  readonly key: OperatorKey
  /** Null if an earlier call with the same id has made the key, because the secret is not stored. */
  readonly secret: string | null
}

export type OperatorKeyRefusal =
  | { readonly code: 'operator_key_exists' }
  | { readonly code: 'operator_key_limit_reached'; readonly limit: number }

export const isOperatorKey = (token: string): boolean => OPERATOR_KEY.test(token)

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex')

/**
 * One transaction decides about name and number, for which expired keys do not count. Repeated with the same id, it answers with the
 * key of the first call.
 */
export async function createOperatorKey(
  accounts: D1Database,
  { id, name, access, expiresAt }: NewOperatorKey,
  actor: Actor,
  now: number,
): Promise<Result<CreatedOperatorKey, OperatorKeyRefusal>> {
  const database = drizzle(accounts)
  const secret = `mok_${randomBytes(32).toString('base64url')}`
  const lastFour = secret.slice(-4)
  const expiry = expiresAt === null ? null : new Date(expiresAt).toISOString()
  const data = { name, access, last_four: lastFour, expires_at: expiry }
  const event = { ...eventOf('operator_key.created', id, actor, now), data }
  const isUsable = and(
    isNull(operatorKeys.revokedAt),
    or(isNull(operatorKeys.expiresAt), gt(operatorKeys.expiresAt, now)),
  )
  const hasName = and(isUsable, eq(operatorKeys.name, name))
  const isTaken = sql`exists (select 1 from ${operatorKeys} where ${hasName})`
  const isThis = eq(operatorKeys.id, id)
  const isNew = sql`not exists (select 1 from ${operatorKeys} where ${isThis})`
  const hasRoom = sql`(select count(*) from ${operatorKeys} where ${isUsable}) < ${MAX_OPERATOR_KEYS}`
  const insert = sql`select ${id}, ${name}, ${access}, ${hashOf(secret)}, ${lastFour}, ${now}, ${expiresAt}, null, null
    where ${wasAppended(event)}`
  const [, , [row], named] = await database.batch([
    appendEvent(database, event, sql`${isNew} and not ${isTaken} and ${hasRoom}`),
    database.insert(operatorKeys).select(insert),
    database.select().from(operatorKeys).where(isThis),
    database.select({ id: operatorKeys.id }).from(operatorKeys).where(hasName),
  ])
  if (row !== undefined) return ok({ key: keyOf(row), secret: row.secretHash === hashOf(secret) ? secret : null })
  return named.length > 0
    ? refuse({ code: 'operator_key_exists' })
    : refuse({ code: 'operator_key_limit_reached', limit: MAX_OPERATOR_KEYS })
}

/** The keys that are not revoked, the newest first. */
export async function listOperatorKeys(accounts: D1Database): Promise<readonly OperatorKey[]> {
  const rows = await drizzle(accounts)
    .select()
    .from(operatorKeys)
    .where(isNull(operatorKeys.revokedAt))
    .orderBy(desc(operatorKeys.createdAt), asc(operatorKeys.id))
  return rows.map(keyOf)
}

/** Null: there is no such key, or it is revoked. */
export async function getOperatorKey(accounts: D1Database, id: string): Promise<OperatorKey | null> {
  const isThis = and(eq(operatorKeys.id, id), isNull(operatorKeys.revokedAt))
  const row = await drizzle(accounts).select().from(operatorKeys).where(isThis).get()
  return row === undefined ? null : keyOf(row)
}

/** What keys are called, by their ids; revoked ones too. */
export async function operatorKeyNames(
  accounts: D1Database,
  ids: readonly string[],
): Promise<{ readonly [id: string]: string }> {
  if (ids.length === 0) return {}
  const rows = await drizzle(accounts)
    .select({ id: operatorKeys.id, name: operatorKeys.name })
    .from(operatorKeys)
    .where(sql`${operatorKeys.id} in (select value from json_each(${JSON.stringify(ids)}))`)
  return Object.fromEntries(rows.map(({ id, name }) => [id, name]))
}

/**
 * Ends a key and the browser sessions that it began, here from the next request, elsewhere within five seconds. Null if
 * there never was such a key. A key that is revoked already stays as it is.
 */
export async function revokeOperatorKey(
  accounts: D1Database,
  id: string,
  actor: Actor,
  now: number,
): Promise<{ readonly sessionsEnded: number } | null> {
  const database = drizzle(accounts)
  const isThis = eq(operatorKeys.id, id)
  const data = sql`(select json_object('name', name, 'last_four', last_four) from ${operatorKeys} where ${isThis})`
  const event = { ...eventOf('operator_key.revoked', id, actor, now), data }
  const [, , ended, [row]] = await database.batch([
    appendEvent(database, event, sql`exists (select 1 from ${operatorKeys} where ${isThis} and revoked_at is null)`),
    database
      .update(operatorKeys)
      .set({ revokedAt: now })
      .where(and(isThis, wasAppended(event))),
    database
      .delete(operatorSessions)
      .where(eq(operatorSessions.keyId, id))
      .returning({ tokenHash: operatorSessions.tokenHash }),
    database.select({ secretHash: operatorKeys.secretHash }).from(operatorKeys).where(isThis),
  ])
  if (row === undefined) return null
  keys.end(accounts, row.secretHash, now)
  forgetOperatorSessions(accounts, ended, now)
  return { sessionsEnded: ended.length }
}

const keys = new IsolateCache<OperatorKey>('operator key', { endsForGood: true })

/** The key of a secret, at most five seconds old; null if it does not exist or was revoked. Throws if it cannot be looked up. */
export async function currentOperatorKey(
  accounts: D1Database,
  secret: string,
  now: number,
): Promise<OperatorKey | null> {
  if (!isOperatorKey(secret)) return null
  const hash = hashOf(secret)
  const key = await keys.current(accounts, hash, now, () => findOperatorKey(accounts, hash, now))
  return key !== null && (key.expiresAt === null || now < key.expiresAt) ? key : null
}

/** From the directory itself. Notes the use, at most once an hour. */
async function findOperatorKey(accounts: D1Database, secretHash: string, now: number): Promise<OperatorKey | null> {
  const database = drizzle(accounts)
  const isThis = and(eq(operatorKeys.secretHash, secretHash), isNull(operatorKeys.revokedAt))
  const row = await database.select().from(operatorKeys).where(isThis).get()
  if (row === undefined) return null
  const isExpired = row.expiresAt !== null && row.expiresAt <= now
  if (!isExpired && now - (row.lastUsedAt ?? 0) >= KEY_USE_RESOLUTION_MS) {
    await database.update(operatorKeys).set({ lastUsedAt: now }).where(isThis)
  }
  return keyOf(row)
}

const eventOf = (type: 'operator_key.created' | 'operator_key.revoked', id: string, actor: Actor, now: number) => ({
  id: typeidUnboxed('evt'),
  type,
  occurredAt: now,
  actor,
  target: { type: 'operator_key', id } as const,
})

function keyOf({ secretHash: _, revokedAt: __, ...key }: typeof operatorKeys.$inferSelect): OperatorKey {
  return key
}
