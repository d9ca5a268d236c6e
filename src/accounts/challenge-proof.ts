import { createHmac, timingSafeEqual } from 'node:crypto'
import type { EmailChallenge } from './email-challenges.ts'
import { type LinkKey, signToken, verifyToken } from './signed-token.ts'

/*
 * What a mail carries to prove that it was read: a code to type, or a link to open. Neither is stored. Both are computed
 * from the challenge and a key of the deployment, when the mail is composed and again when the answer is checked.
 */

type Proven = Pick<EmailChallenge, 'purpose' | 'id' | 'email'>

const CODES = 1_000_000n
const CODE = /^\d{6}$/
const CLAIM = /^chl_[0-9a-z]{26}$/

/** Six digits, derived from 256 bits, so that all codes are equally likely. */
export function codeOf({ purpose, id, email }: Proven, [key]: readonly LinkKey[]): string {
  if (key === undefined) throw new Error('No key to derive codes with')
  const digest = createHmac('sha256', key.secret).update(`muster.${purpose}-code.v1:${id}:${email}`).digest('hex')
  return String(BigInt(`0x${digest}`) % CODES).padStart(6, '0')
}

/** Tries all keys: the code may have been mailed before the newest key was added. */
export function isCodeOf(challenge: Proven, code: string, keys: readonly LinkKey[]): boolean {
  if (!CODE.test(code)) return false
  return keys.some((key) => timingSafeEqual(Buffer.from(codeOf(challenge, [key])), Buffer.from(code)))
}

/** `keyId.challenge.signature`. */
export const signChallengeLink = ({ purpose, id }: Proven, keys: readonly LinkKey[]): string =>
  signToken(`${purpose}-link`, id, keys)

/** The id of the challenge; null for anything that none of the keys has signed for this purpose. */
export const verifyChallengeLink = (
  purpose: EmailChallenge['purpose'],
  token: string,
  keys: readonly LinkKey[],
): string | null => verifyToken(`${purpose}-link`, CLAIM, token, keys)?.[0] ?? null

/** The address of the page behind a link to sign in. */
export const signInUrl = (publicUrl: string, challenge: Proven, keys: readonly LinkKey[]): string =>
  `${publicUrl}/sign-in/link/${signChallengeLink(challenge, keys)}`

/** The address of the page behind a link to use a new address. */
export const emailChangeUrl = (publicUrl: string, challenge: Proven, keys: readonly LinkKey[]): string =>
  `${publicUrl}/account/email/${signChallengeLink(challenge, keys)}`
