import { describe, test } from 'vitest'
import { keyCaller, noon } from '../../support/commands.ts'
import {
  admin,
  apiKey,
  createApiKey,
  inviteMember,
  organization,
  owner,
  revokeApiKey,
  updateOrganization,
} from '../../support/facts.ts'
import { answers, event, given, nothingNew, rejected } from '../../support/given.ts'

const acme = [organization(), owner('ann'), admin('sue')]

test('a key is named, tells its last four, and remembers who made it', () => {
  given(...acme)
    .when(createApiKey('ci', ['members:read'], { by: 'sue' }))
    .then(
      event('api_key.created', { name: 'ci', permissions: ['members:read'], last_four: '1234', expires_at: null }),
      answers({ id: 'key_ci', createdBy: { type: 'user', id: 'usr_sue' }, revokedAt: null, lastUsedAt: null }),
    )
})

test('a new key works from the next request on', () => {
  given(...acme)
    .when(
      createApiKey('ci', ['organization:update'], { by: 'sue' }),
      updateOrganization({ name: 'Apex', by: keyCaller('ci') }),
    )
    .then(event('organization.updated'))
})

test.each(['owners:manage', 'organization:delete', 'api_keys:manage'] as const)(
  'no key holds %s, not even one that the operator makes',
  (permission) => {
    for (const by of ['ann', 'operator']) {
      given(...acme)
        .when(createApiKey('ci', ['members:read', permission], { by }))
        .then(rejected('invalid', { path: 'permissions' }))
    }
  },
)

describe('its expiry', () => {
  test('lies in the future', () => {
    given(...acme)
      .when(createApiKey('ci', [], { expiresAt: noon + 1 }))
      .then(event('api_key.created', { expires_at: '2030-01-01T12:00:00.001Z' }))
    given(...acme)
      .when(createApiKey('ci', [], { expiresAt: noon }))
      .then(rejected('invalid', { path: 'expires_at' }))
  })
})

test('an organization has a hundred keys that are not revoked, and no more', () => {
  const keys = Array.from({ length: 100 }, (_, index) => apiKey(`key${index}`, []))
  given(...acme, ...keys)
    .when(createApiKey('ci', []))
    .then(rejected('api_key_limit_reached', { limit: 100 }))
  given(...acme, ...keys)
    .when(revokeApiKey('key7'), createApiKey('ci', []))
    .then(event('api_key.created'))
})

test('a revoked key stops working with the next request', () => {
  given(...acme, apiKey('ci', ['organization:update']))
    .when(revokeApiKey('ci', { by: 'sue' }))
    .then(event('api_key.revoked', { name: 'ci', last_four: '1234' }), answers({ revokedAt: noon }))
  given(...acme, apiKey('ci', ['members:manage']))
    .when(revokeApiKey('ci'), inviteMember('cat@x.test', { by: keyCaller('ci') }))
    .then(rejected('unauthenticated'))
})

test('revoking twice changes nothing more, and an unknown key is not found', () => {
  given(...acme, apiKey('ci', [], { revokedAt: 7 }))
    .when(revokeApiKey('ci'))
    .then(nothingNew(), answers({ revokedAt: 7 }))
  given(...acme)
    .when(revokeApiKey('ci'))
    .then(rejected('not_found', { resource: 'api_key' }))
})
