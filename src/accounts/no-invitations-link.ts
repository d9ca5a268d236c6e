import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto'
import type { LinkKey } from './signed-token.ts'

/*
 * The link to "no more invitations" in each invitation mail. It carries the email of the recipient, encrypted, so that it
 * works without an account and after the organization is gone, and logs do not show the email.
 */

const TOKEN = /^([a-z0-9]{1,8})\.([A-Za-z0-9_-]{40,500})$/
const NONCE_BYTES = 12
const TAG_BYTES = 16
const ALGORITHM = 'aes-256-gcm'

const derived = ({ secret }: LinkKey, purpose: string): Buffer =>
  createHmac('sha256', secret).update(`muster.no-invitations-${purpose}.v1`).digest()

/** The nonce follows from the email: the same email gives the same link, and no nonce serves two emails. */
const nonceOf = (email: string, key: LinkKey): Buffer =>
  createHmac('sha256', derived(key, 'nonce')).update(email).digest().subarray(0, NONCE_BYTES)

/** `keyId.nonce+ciphertext+tag`, AES-256-GCM in base64url. */
function signNoInvitationsLink(email: string, [key]: readonly LinkKey[]): string {
  if (key === undefined) throw new Error('No key to make links with')
  const nonce = nonceOf(email, key)
  const cipher = createCipheriv(ALGORITHM, derived(key, 'key'), nonce)
  const encrypted = Buffer.concat([nonce, cipher.update(email, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return `${key.id}.${encrypted.toString('base64url')}`
}

/** The email of the recipient; null for anything that none of the keys has made. */
export function verifyNoInvitationsLink(token: string, keys: readonly LinkKey[]): string | null {
  const [, keyId = '', encoded = ''] = TOKEN.exec(token) ?? []
  const key = keys.find(({ id }) => id === keyId)
  if (key === undefined) return null
  const bytes = Buffer.from(encoded, 'base64url')
  // In base64url several last characters stand for the same bytes.
  if (bytes.length <= NONCE_BYTES + TAG_BYTES || bytes.toString('base64url') !== encoded) return null
  const decipher = createDecipheriv(ALGORITHM, derived(key, 'key'), bytes.subarray(0, NONCE_BYTES))
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
  try {
    return decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
  } catch {
    return null
  }
}

/** Of the page, which also takes the one-click POST of RFC 8058. */
export const noInvitationsUrl = (publicUrl: string, email: string, keys: readonly LinkKey[]): string =>
  `${publicUrl}/no-invitations/${signNoInvitationsLink(email, keys)}`
