import type { Membership } from '../membership/access.ts'
import type { ApiKey } from '../membership/api-key.ts'
import type { Change } from '../membership/decision.ts'
import type { Role } from '../membership/roles.ts'

export interface Standing {
  readonly revision: number
  readonly deleted: boolean
}

/** Some two megabytes, of the 128 that an object has. */
const MAX_MEMBERSHIPS = 10_000

/**
 * What access checks look up again and again, kept in memory until a commit changes it. The object is the only writer of
 * its rows, so nothing else makes this stale. Invitations, which come by the thousand, leave people and keys as they are.
 */
export class KeptReads {
  /** A commit may change its revision. */
  standing: Standing | null = null
  /** By the hash of the secret; only those that there are. */
  readonly apiKeys = new Map<string, ApiKey>()
  /** Custom ones by key, as far as they exist: there are few. */
  readonly roles = new Map<string, Role>()
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

  /** Before the changes are written: should that fail, they are only read anew. */
  forget(changes: readonly Change[]): void {
    this.standing = null
    for (const change of changes) {
      if (change.kind === 'member') this.#memberships.delete(change.after.userId)
      else if (change.kind === 'role_reassigned') this.#memberships.clear()
      else if (change.kind === 'role') this.roles.delete(change.after.key)
      else if (change.kind === 'role_deleted') this.roles.delete(change.key)
      else if (change.kind === 'api_key' || change.kind === 'key_use') this.apiKeys.delete(change.after.secretHash)
    }
  }
}
