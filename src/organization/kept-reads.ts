import type { Membership } from '../membership/access.ts'
import type { ApiKey } from '../membership/api-key.ts'

export interface Standing {
  readonly revision: number
  readonly deleted: boolean
}

/** Some two megabytes, of the 128 that an object has. */
const MAX_MEMBERSHIPS = 10_000

/**
 * What access checks look up again and again, kept in memory until the next commit. The object is the only writer of its
 * rows, so nothing else makes this stale.
 */
export class KeptReads {
  standing: Standing | null = null
  /** By the hash of the secret; only those that there are. */
  readonly apiKeys = new Map<string, ApiKey>()
  /** By user; null for somebody who never belonged. */
  readonly #memberships = new Map<string, Membership | null>()

  membership(userId: string, load: () => Membership | null): Membership | null {
    const kept = this.#memberships.get(userId)
    if (kept !== undefined) return kept
    const loaded = load()
    if (this.#memberships.size >= MAX_MEMBERSHIPS) this.#memberships.clear()
    this.#memberships.set(userId, loaded)
    return loaded
  }

  forget(): void {
    this.standing = null
    this.apiKeys.clear()
    this.#memberships.clear()
  }
}
