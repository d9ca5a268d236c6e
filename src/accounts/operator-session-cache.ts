import type { OperatorAccess } from '../membership/operator-key.ts'
import { IsolateCache } from './isolate-cache.ts'

/** The operator signed in to the portal. */
export interface OperatorSession {
  /** Null: signed in with the root key. */
  readonly keyId: string | null
  readonly access: OperatorAccess
  /** Epoch milliseconds. */
  readonly expiresAt: number
}

export const operatorSessions = new IsolateCache<OperatorSession>('operator session', { endsForGood: true })

/** Call it when sessions end, so that this isolate refuses them from the next request on. */
export function forgetOperatorSessions(
  accounts: D1Database,
  ended: readonly { readonly tokenHash: string }[],
  now: number,
): void {
  for (const { tokenHash } of ended) operatorSessions.end(accounts, tokenHash, now)
}
