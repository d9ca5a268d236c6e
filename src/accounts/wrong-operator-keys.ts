import { MIN_OPERATOR_KEY_LENGTH } from '../env.ts'
import { failureOf } from '../records/failure.ts'
import { parseApiKey } from './api-key-secret.ts'
import { attempt, type Cap } from './attempts.ts'
import { networkOf, shortenedNetwork } from './network.ts'
import { isSessionToken } from './sessions.ts'
import type { LinkKey } from './signed-token.ts'
import { looksLikeToken } from './trusted-issuers.ts'

const WRONG_KEYS: Omit<Cap, 'subject'> = { name: 'operator-key-api', limit: 30, windowMs: 15 * 60_000 }
/** A token of no other kind that is as long as the root key counts as a try at an operator key. */
export const isTriedAsOperatorKey = (token: string): boolean =>
  token.length >= MIN_OPERATOR_KEY_LENGTH &&
  !isSessionToken(token) &&
  !looksLikeToken(token) &&
  parseApiKey(token) === null

const MAX_NETWORKS = 10_000

/** Until when a network is refused, so that its further tries cost no write. */
const refusedUntil = new Map<string, number>()

/**
 * Counts and logs a wrong operator key that came over the API, by network. Answers with the seconds to wait once there
 * were too many, else null. A right key of the same network is not held up: it is looked up first.
 */
export async function countWrongKey(
  accounts: D1Database,
  keys: readonly LinkKey[],
  ip: string | undefined,
  now: number,
): Promise<number | null> {
  const subject = networkOf(ip)
  const until = refusedUntil.get(subject) ?? 0
  if (now < until) return Math.ceil((until - now) / 1000)
  const charge = await charged(accounts, { ...WRONG_KEYS, subject }, keys, now)
  const retryAfterSeconds = charge?.ok === false ? charge.error.retryAfterSeconds : null
  const code = retryAfterSeconds === null ? 'operator_key_wrong' : 'rate_limited'
  console.warn({ message: 'refused', caller: 'operator', code, network: shortenedNetwork(ip) })
  if (retryAfterSeconds !== null) {
    if (refusedUntil.size >= MAX_NETWORKS) refusedUntil.clear()
    refusedUntil.set(subject, now + retryAfterSeconds * 1000)
  }
  return retryAfterSeconds
}

/** Null if the try cannot be counted; the key is refused anyway. */
async function charged(accounts: D1Database, cap: Cap, keys: readonly LinkKey[], now: number) {
  try {
    return await attempt(accounts, [cap], keys, now)
  } catch (error) {
    console.warn({ message: 'a wrong operator key could not be counted', error: failureOf(error) })
    return null
  }
}
