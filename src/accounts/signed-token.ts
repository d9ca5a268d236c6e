import { createHmac, timingSafeEqual } from 'node:crypto'

/*
 * Tokens of links and devices: `keyId.claim.signature`, HMAC-SHA-256 in base64url. None is stored. The signature covers
 * what the token is for, so a token for one purpose is invalid for every other purpose.
 */

/** A key of the deployment (`LINK_KEYS`). The first key signs, all verify. */
export interface LinkKey {
  readonly id: string
  readonly secret: string
}

const TOKEN = /^([a-z0-9]{1,8})\.(.+)\.([A-Za-z0-9_-]{43})$/

export function signToken(purpose: string, claim: string, [key]: readonly LinkKey[]): string {
  if (key === undefined) throw new Error('No key to sign tokens with')
  return `${key.id}.${claim}.${signature(purpose, claim, key)}`
}

/** The claim, matched by its pattern; null for anything that none of the keys has signed for this purpose. */
export function verifyToken(
  purpose: string,
  pattern: RegExp,
  token: string,
  keys: readonly LinkKey[],
): RegExpExecArray | null {
  const [, keyId, text = '', given = ''] = TOKEN.exec(token) ?? []
  const claim = pattern.exec(text)
  const key = keys.find(({ id }) => id === keyId)
  if (claim === null || key === undefined) return null
  // Compared as text: in base64url several last characters stand for the same bytes.
  return timingSafeEqual(Buffer.from(signature(purpose, text, key)), Buffer.from(given)) ? claim : null
}

const signature = (purpose: string, claim: string, { id, secret }: LinkKey): string =>
  createHmac('sha256', secret).update(`muster.${purpose}.v1:${id}.${claim}`).digest('base64url')
