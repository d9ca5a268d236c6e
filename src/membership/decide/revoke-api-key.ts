import type { ApiKey } from '../api-key.ts'
import { type Context, missing } from '../authority.ts'
import { apiKeyTarget, type Decision, decided, event, reject, unchanged } from '../decision.ts'

/** The key stops working with its next call. */
export function revokeApiKey(
  { apiKey: before }: { apiKey: ApiKey | null },
  { authority, now }: Context,
): Decision<ApiKey> {
  const permitted = missing(authority, 'api_keys:manage')
  if (permitted !== null) return reject(permitted)
  if (before === null) return reject({ code: 'not_found', resource: 'api_key' })
  if (before.revokedAt !== null) return unchanged(before)
  const after: ApiKey = { ...before, revokedAt: now }
  return decided(
    after,
    { kind: 'api_key', after },
    event('api_key.revoked', apiKeyTarget(after), { name: after.name, last_four: after.lastFour }),
  )
}
