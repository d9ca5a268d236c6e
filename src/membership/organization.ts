export const OWNERSHIP_MODES = ['multiple', 'single'] as const
export type OwnershipMode = (typeof OWNERSHIP_MODES)[number]

/** Times are epoch milliseconds. `seatLimit` null means no limit. */
export interface Organization {
  readonly id: string
  readonly name: string
  readonly slug: string
  readonly externalId: string | null
  readonly ownership: OwnershipMode
  readonly seatLimit: number | null
  readonly upgradeUrl: string | null
  readonly createdAt: number
  readonly updatedAt: number
  readonly deletedAt: number | null
}

/** A deleted organization can be restored for this long; then it is erased for good. */
export const RESTORE_WINDOW_MS = 30 * 24 * 60 * 60 * 1000

export const isErasable = ({ deletedAt }: Organization, now: number): boolean =>
  deletedAt !== null && now - deletedAt >= RESTORE_WINDOW_MS

/** A claim of a slug is good for this long; the sweep gives away only claims that are several times older. */
export const CLAIM_LIFETIME_MS = 60_000
