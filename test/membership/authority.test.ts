import { describe, expect, test } from 'vitest'
import type { Permission } from '../../src/membership/permissions.ts'
import { PERMISSIONS } from '../../src/membership/permissions.ts'
import { BUILT_IN_ROLES } from '../../src/membership/roles.ts'
import { type Act, type By, keyCaller, minutes, noon } from '../support/commands.ts'
import {
  addMember,
  admin,
  apiKey,
  bulkInvite,
  cancelInvitation,
  createApiKey,
  createRole,
  deleteOrganization,
  deleteRole,
  expireInvitations,
  invitation,
  inviteMember,
  leave,
  member,
  organization,
  owner,
  reactivateMember,
  recordDelivery,
  removeMember,
  resendInvitation,
  restoreOrganization,
  revokeApiKey,
  role,
  suspendMember,
  transferOwnership,
  updateMember,
  updateOrganization,
  updateRole,
} from '../support/facts.ts'
import { event, given, rejected } from '../support/given.ts'

const MATRIX: { readonly [permission in Permission]: string } = {
  'organization:read': 'owner admin member',
  'members:read': 'owner admin member',
  'products:use': 'owner admin member',
  'organization:update': 'owner admin',
  'members:manage': 'owner admin',
  'domains:manage': 'owner admin',
  'sso:manage': 'owner admin',
  'scim:manage': 'owner admin',
  'oauth_clients:manage': 'owner admin',
  'api_keys:manage': 'owner admin',
  'webhooks:manage': 'owner admin',
  'audit_log:read': 'owner admin',
  'admins:manage': 'owner',
  'roles:manage': 'owner',
  'billing:manage': 'owner',
  'owners:manage': 'owner',
  'organization:delete': 'owner',
}

test.each(Object.entries(MATRIX))('%s is granted to: %s', (permission, holders) => {
  const granting = BUILT_IN_ROLES.filter(({ permissions }) => permissions.includes(permission as Permission))
  expect(granting.map(({ key }) => key).join(' ')).toBe(holders)
})

test('every permission of the product is in the matrix', () => {
  expect(Object.keys(MATRIX).sort()).toEqual([...PERMISSIONS].sort())
})

interface Who {
  readonly by: By
}

const COMMANDS: readonly (readonly [needed: Permission | 'operator', act: (who: Who) => Act])[] = [
  ['organization:update', (who) => updateOrganization({ name: 'New', ...who })],
  ['organization:delete', (who) => deleteOrganization(who)],
  ['operator', (who) => restoreOrganization(who)],
  ['members:manage', (who) => inviteMember('cat@x.test', who)],
  ['members:manage', (who) => bulkInvite(['cat@x.test'], who)],
  ['members:manage', (who) => resendInvitation('dan@x.test', who)],
  ['members:manage', (who) => cancelInvitation('dan@x.test', who)],
  ['operator', (who) => addMember('cat', who)],
  ['operator', (who) => expireInvitations(who)],
  ['operator', (who) => recordDelivery('dan@x.test', 'failed', who)],
  ['members:manage', (who) => updateMember('eve', { profile: { name: 'Eve' }, ...who })],
  ['members:manage', (who) => suspendMember('eve', who)],
  ['members:manage', (who) => reactivateMember('eve', who)],
  ['members:manage', (who) => removeMember('eve', who)],
  ['owners:manage', (who) => transferOwnership('eve', who)],
  ['roles:manage', (who) => createRole('reader', ['members:read'], who)],
  ['roles:manage', (who) => updateRole('helper', { name: 'Helper', ...who })],
  ['roles:manage', (who) => deleteRole('helper', who)],
  ['api_keys:manage', (who) => createApiKey('ci', ['members:read'], who)],
  ['api_keys:manage', (who) => revokeApiKey('cd', who)],
]

describe.each(COMMANDS)('what needs %s', (needed, act) => {
  const acme = [
    organization(),
    owner('ann'),
    admin('sue', { status: 'suspended' }),
    member('bob'),
    member('eve'),
    admin('gone', { status: 'removed' }),
    invitation('dan@x.test'),
    role('helper', ['members:read']),
    apiKey('cd', ['members:read']),
    apiKey('old', [...PERMISSIONS], { revokedAt: noon - 1 }),
    apiKey('due', [...PERMISSIONS], { expiresAt: noon }),
  ]
  const { command } = act({ by: 'ann' })

  test(`${command.type} is refused to a member without it, naming what is missing`, () => {
    given(...acme)
      .when(act({ by: 'bob' }))
      .then(rejected('forbidden', { permission: needed }))
  })
  test(`${command.type} is refused to a person of no or another organization as if there were none`, () => {
    for (const by of ['stranger', 'gone']) {
      given(...acme)
        .when(act({ by }))
        .then(rejected('not_found', { resource: 'organization' }))
    }
  })
  test(`${command.type} is refused to a suspended admin`, () => {
    const refusal = needed === 'operator' ? rejected('forbidden') : rejected('member_suspended')
    given(...acme)
      .when(act({ by: 'sue' }))
      .then(refusal)
  })
  test(`${command.type} is refused to a key that lacks it`, () => {
    given(...acme)
      .when(act({ by: keyCaller('cd') }))
      .then(rejected('forbidden', { permission: needed }))
  })
  test(`${command.type} is refused to an unknown, revoked or expired key`, () => {
    for (const name of ['unknown', 'old', 'due']) {
      given(...acme)
        .when(act({ by: keyCaller(name) }))
        .then(rejected('unauthenticated'))
    }
  })
  test(`${command.type} finds no organization that was never created`, () => {
    given()
      .when(act({ by: 'operator' }))
      .then(rejected('not_found', { resource: 'organization' }))
  })
})

describe('a key', () => {
  const acme = [organization(), owner('ann'), apiKey('ci', ['members:manage'], { expiresAt: noon })]

  test('acts with its own permissions until the millisecond it expires', () => {
    given(...acme)
      .when(inviteMember('bob@x.test', { by: keyCaller('ci'), now: noon - 1 }))
      .then(event('invitation.created', { email: 'bob@x.test' }))
    given(...acme)
      .when(inviteMember('bob@x.test', { by: keyCaller('ci'), now: noon }))
      .then(rejected('unauthenticated'))
  })
  test('belongs to nobody and so cannot leave', () => {
    given(...acme)
      .when(leave('ann', { by: keyCaller('ci'), now: noon - minutes(1) }))
      .then(rejected('not_found', { resource: 'organization' }))
  })
})

test('a person whose role was deleted meanwhile may do nothing until given another', () => {
  given(organization(), owner('ann'), member('bob', { role: 'vanished' }))
    .when(inviteMember('cat@x.test', { by: 'bob' }))
    .then(rejected('forbidden', { permission: 'members:manage' }))
})
