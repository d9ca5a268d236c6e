import { type ApiKey, MAX_API_KEYS } from '../api-key.ts'
import { type Context, missing, missingFreshProof, missingToGrant } from '../authority.ts'
import type { CreateApiKey } from '../commands.ts'
import { apiKeyTarget, type Decision, decided, event, reject } from '../decision.ts'
import type { Organization } from '../organization.ts'
import { NEVER_HELD_BY_KEYS, type Permission } from '../permissions.ts'
import type { Rejection } from '../rejection.ts'

export interface CreateApiKeyFacts {
  readonly organization: Organization
  /** Keys that are not revoked. */
  readonly apiKeys: number
}

/** A key never can do more than whoever makes it. */
export function createApiKey(facts: CreateApiKeyFacts, command: CreateApiKey, context: Context): Decision<ApiKey> {
  const { authority, now } = context
  const refusal =
    missing(authority, 'api_keys:manage') ??
    reservedProblem(command.permissions) ??
    missingToGrant(authority, command.permissions)
  if (refusal !== null) return reject(refusal)
  if (command.expiresAt !== null && command.expiresAt <= now) {
    return reject({ code: 'invalid', path: 'expires_at', message: 'An expiry lies in the future.' })
  }
  if (facts.apiKeys >= MAX_API_KEYS) return reject({ code: 'api_key_limit_reached', limit: MAX_API_KEYS })
  const stale = missingFreshProof(context)
  if (stale !== null) return reject(stale)
  const after: ApiKey = {
    id: command.keyId,
    organizationId: facts.organization.id,
    name: command.name,
    permissions: command.permissions,
    secretHash: command.secretHash,
    lastFour: command.lastFour,
    createdBy: authority.actor,
    makerLeft: false,
    createdAt: now,
    expiresAt: command.expiresAt,
    revokedAt: null,
    lastUsedAt: null,
  }
  const data = {
    name: after.name,
    permissions: after.permissions,
    last_four: after.lastFour,
    expires_at: after.expiresAt === null ? null : new Date(after.expiresAt).toISOString(),
  }
  return decided(after, { kind: 'api_key', after }, event('api_key.created', apiKeyTarget(after), data))
}

function reservedProblem(permissions: readonly Permission[]): Rejection | null {
  const reserved = permissions.find((permission) => NEVER_HELD_BY_KEYS.includes(permission))
  if (reserved === undefined) return null
  return { code: 'invalid', path: 'permissions', message: `An API key cannot hold ${reserved}.` }
}
