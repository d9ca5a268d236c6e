/** What an operator key may do: change things as the root key does, or only read. */
export const OPERATOR_ACCESS = ['read', 'write'] as const
export type OperatorAccess = (typeof OPERATOR_ACCESS)[number]

/** A named credential of the operator. Only the SHA-256 of the secret is kept; `lastFour` lets people tell keys apart. */
export interface OperatorKey {
  readonly id: string
  /** No two keys that are not revoked have the same name. */
  readonly name: string
  readonly access: OperatorAccess
  readonly lastFour: string
  /** Epoch milliseconds, like all times here. */
  readonly createdAt: number
  readonly expiresAt: number | null
  readonly lastUsedAt: number | null
}

/** Keys that are not revoked; expired keys count. */
export const MAX_OPERATOR_KEYS = 100

/** Within this span the use of a key costs no write. */
export const KEY_USE_RESOLUTION_MS = 60 * 60_000
