import type { Actor } from './actor.ts'
import type { Permission } from './permissions.ts'

/** A credential of one organization. Only the SHA-256 of the secret is kept; `lastFour` lets people tell keys apart. */
export interface ApiKey {
  readonly id: string
  readonly organizationId: string
  readonly name: string
  readonly permissions: readonly Permission[]
  readonly secretHash: string
  readonly lastFour: string
  readonly createdBy: Actor
  /** Who made the key has left or lost permissions: it belongs to the organization, and should be replaced. */
  readonly makerLeft: boolean
  readonly createdAt: number
  readonly expiresAt: number | null
  readonly revokedAt: number | null
  readonly lastUsedAt: number | null
}

export const MAX_API_KEYS = 100

/** How coarse `lastUsedAt` is: within one such span a key's use costs no write. */
export const LAST_USED_RESOLUTION_MS = 60 * 60 * 1000

export const isUsable = (key: ApiKey, now: number): boolean =>
  key.revokedAt === null && (key.expiresAt === null || now < key.expiresAt)
