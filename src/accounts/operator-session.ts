import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Config } from '../env.ts'
import { ok, type Result, refuse } from '../membership/result.ts'
import { attempt, type Cap, giveBack } from './attempts.ts'
import type { LinkKey } from './invitation-link.ts'
import { sameSecret } from './same-secret.ts'

/*
 * The operator in a browser. Their key is typed once; what the browser then holds is signed, ends by itself, and is no
 * credential of the API. It is kept nowhere: who changes the operator key ends all of them.
 */

export const OPERATOR_SESSION_MS = 8 * 60 * 60_000

const WRONG_KEYS: Omit<Cap, 'subject'> = { name: 'operator-key', limit: 10, windowMs: 15 * 60_000 }
const TOKEN = /^([a-z0-9]{1,8})\.([1-9]\d{0,14})\.([A-Za-z0-9_-]{43})$/

type Secrets = Pick<Config, 'OPERATOR_KEY' | 'LINK_KEYS'>

export type OperatorRefusal =
  | { readonly code: 'operator_key_wrong' }
  | { readonly code: 'operator_sign_in_rate_limited'; readonly retryAfterSeconds: number }

/** Answers with the token of a new session. A try counts before it is looked at, and is given back if it was right. */
export async function signInOperator(
  directory: D1Database,
  secrets: Secrets,
  { key, network }: { readonly key: string; readonly network: string },
  now: number,
): Promise<Result<string, OperatorRefusal>> {
  const charge = await attempt(directory, [{ ...WRONG_KEYS, subject: network }], secrets.LINK_KEYS, now)
  if (!charge.ok) return refuse({ code: 'operator_sign_in_rate_limited', ...charge.error })
  if (!sameSecret(key, secrets.OPERATOR_KEY)) {
    console.warn({ message: 'refused', caller: 'operator', code: 'operator_key_wrong' })
    return refuse({ code: 'operator_key_wrong' })
  }
  await giveBack(directory, charge.value)
  return ok(operatorToken(secrets, now + OPERATOR_SESSION_MS))
}

/** `keyId.expiresAt.signature`, HMAC-SHA-256 in base64url. */
export function operatorToken({ OPERATOR_KEY, LINK_KEYS: [key] }: Secrets, expiresAt: number): string {
  if (key === undefined) throw new Error('No key to sign operator sessions with')
  return `${key.id}.${expiresAt}.${signature(`${key.id}.${expiresAt}`, key, OPERATOR_KEY)}`
}

/** When the session ends; null for anything that was not signed under the present operator key, or is over. */
export function operatorSessionEnd(token: string, { OPERATOR_KEY, LINK_KEYS }: Secrets, now: number): number | null {
  const [, keyId = '', end = '', given = ''] = TOKEN.exec(token) ?? []
  const key = LINK_KEYS.find(({ id }) => id === keyId)
  if (key === undefined) return null
  // As text: in base64url several last characters stand for the same bytes.
  const expected = signature(`${keyId}.${end}`, key, OPERATOR_KEY)
  if (!timingSafeEqual(Buffer.from(expected), Buffer.from(given))) return null
  return now < Number(end) ? Number(end) : null
}

/** Takes both secrets, so that neither of them alone makes a session. */
const signature = (claim: string, { secret }: LinkKey, operatorKey: string): string =>
  createHmac('sha256', createHmac('sha256', secret).update('muster.operator-session.v1').digest())
    .update(`${claim}:${operatorKey}`)
    .digest('base64url')
