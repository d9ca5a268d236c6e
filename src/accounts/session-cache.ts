import { failureOf } from '../records/failure.ts'
import { findSession, type Session, sessionHash } from './sessions.ts'

/*
 * Sessions as this isolate last saw them, so that a request with a session need not ask the directory first. What a
 * person may do in an organization is not remembered here: its object decides that anew with every call.
 */

/** A session that is revoked in one place of the world ends in all others within this time. */
export const SESSION_FRESH_MS = 5_000
/** While the directory is out of reach nothing can be revoked either: what was known a moment ago stands a little longer. */
const SESSION_STALE_MS = 5 * 60_000
const REMEMBERED = 5_000

/** Null once it was revoked here: what was read before that must not bring it back. */
interface Remembered {
  readonly session: Session | null
  readonly readAt: number
}

const remembered = new WeakMap<D1Database, Map<string, Remembered>>()

/** The session of a token, at most five seconds old; null when it is over. Throws while it cannot be looked up. */
export async function currentSession(directory: D1Database, token: string, now: number): Promise<Session | null> {
  const hash = sessionHash(token)
  const known = cacheOf(directory).get(hash)
  if (known !== undefined && now - known.readAt < SESSION_FRESH_MS) return unlessOver(known.session, now)
  try {
    const session = await findSession(directory, hash, now)
    if (session !== null) remember(directory, hash, { session, readAt: now })
    return session
  } catch (error) {
    if (known === undefined || now - known.readAt >= SESSION_STALE_MS) throw error
    console.warn({ message: 'session could not be looked up, going on with the last known', error: failureOf(error) })
    return unlessOver(known.session, now)
  }
}

/** To be called with what a revocation answers, so that it counts here with the very next request. */
export function forgetRevoked(directory: D1Database, tokenHashes: readonly string[], now: number): void {
  for (const hash of tokenHashes) remember(directory, hash, { session: null, readAt: now })
}

/** The oldest entry makes room: a Map keeps the order in which its keys came. */
function remember(directory: D1Database, hash: string, entry: Remembered): void {
  const cache = cacheOf(directory)
  if (cache.get(hash)?.session === null) return
  cache.delete(hash)
  cache.set(hash, entry)
  const [oldest] = cache.keys()
  if (cache.size > REMEMBERED && oldest !== undefined) cache.delete(oldest)
}

function cacheOf(directory: D1Database): Map<string, Remembered> {
  let cache = remembered.get(directory)
  if (cache === undefined) {
    cache = new Map()
    remembered.set(directory, cache)
  }
  return cache
}

const unlessOver = (session: Session | null, now: number): Session | null =>
  session !== null && now < session.expiresAt ? session : null
