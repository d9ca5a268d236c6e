import { createHash, randomBytes } from 'node:crypto'

/** `mk_<organization>_<43 characters of base64url>`: 256 random bits, and the organization that it speaks for. */
const API_KEY = /^mk_(org_[0-9a-z]{26})_([A-Za-z0-9_-]{43})$/

export interface NewApiKeySecret {
  readonly secret: string
  readonly secretHash: string
  readonly lastFour: string
}

export function newApiKeySecret(organizationId: string): NewApiKeySecret {
  const random = randomBytes(32).toString('base64url')
  return {
    secret: `mk_${organizationId}_${random}`,
    secretHash: hashOf(random),
    lastFour: random.slice(-4),
  }
}

/** Which organization a key speaks for, and the hash under which it is known there; null when it is no key. */
export function parseApiKey(token: string): { organizationId: string; secretHash: string } | null {
  const [, organizationId, random] = API_KEY.exec(token) ?? []
  if (organizationId === undefined || random === undefined) return null
  return { organizationId, secretHash: hashOf(random) }
}

const hashOf = (random: string): string => createHash('sha256').update(random).digest('hex')
