import { createHmac, timingSafeEqual } from 'node:crypto'
import type { EmailChallenge } from './email-challenges.ts'
import type { LinkKey } from './invitation-link.ts'

/*
 * What a mail carries to prove that it was read: a code to type, or a link to open. Neither is kept anywhere. Both follow
 * from the challenge and a key of the deployment, so that whoever composes the mail and whoever checks the answer come to the same.
 */

type Proven = Pick<EmailChallenge, 'purpose' | 'id' | 'email'>

const CODES = 1_000_000n
const CODE = /^\d{6}$/
const TOKEN = /^([a-z0-9]{1,8})\.(chl_[0-9a-z]{26})\.([A-Za-z0-9_-]{43})$/

/** Six digits. Of 256 bits, so that every code is as likely as any other. */
export function codeOf({ purpose, id, email }: Proven, [key]: readonly LinkKey[]): string {
  if (key === undefined) throw new Error('No key to derive codes with')
  const digest = createHmac('sha256', key.secret).update(`muster.${purpose}-code.v1:${id}:${email}`).digest('hex')
  return String(BigInt(`0x${digest}`) % CODES).padStart(6, '0')
}

/** With several keys the code may have been mailed before the newest of them came. */
export function isCodeOf(challenge: Proven, code: string, keys: readonly LinkKey[]): boolean {
  if (!CODE.test(code)) return false
  return keys.some((key) => timingSafeEqual(Buffer.from(codeOf(challenge, [key])), Buffer.from(code)))
}

/** `keyId.challenge.signature`, HMAC-SHA-256 in base64url. */
export function signChallengeLink({ purpose, id }: Proven, [key]: readonly LinkKey[]): string {
  if (key === undefined) throw new Error('No key to sign links with')
  return `${key.id}.${id}.${signature(purpose, `${key.id}.${id}`, key)}`
}

/** The id of the challenge; null for anything that none of the keys has signed for this purpose. */
export function verifyChallengeLink(
  purpose: EmailChallenge['purpose'],
  token: string,
  keys: readonly LinkKey[],
): string | null {
  const [, keyId = '', id = '', given = ''] = TOKEN.exec(token) ?? []
  const key = keys.find((one) => one.id === keyId)
  if (key === undefined) return null
  // As text: in base64url several last characters stand for the same bytes.
  const expected = signature(purpose, `${keyId}.${id}`, key)
  return timingSafeEqual(Buffer.from(expected), Buffer.from(given)) ? id : null
}

const signature = (purpose: EmailChallenge['purpose'], claim: string, { secret }: LinkKey): string =>
  createHmac('sha256', secret).update(`muster.${purpose}-link.v1:${claim}`).digest('base64url')

/** The address of the page behind a link to sign in. */
export const signInUrl = (publicUrl: string, challenge: Proven, keys: readonly LinkKey[]): string =>
  `${publicUrl}/sign-in/link/${signChallengeLink(challenge, keys)}`

/** The address of the page behind a link to use a new address. */
export const emailChangeUrl = (publicUrl: string, challenge: Proven, keys: readonly LinkKey[]): string =>
  `${publicUrl}/account/email/${signChallengeLink(challenge, keys)}`
