import { describe, test } from 'vitest'
import type { Permission } from '../../../src/membership/permissions.ts'
import { BUILT_IN_ROLES } from '../../../src/membership/roles.ts'
import { noon } from '../../support/commands.ts'
import {
  createRole,
  deleteRole,
  invitation,
  inviteMember,
  member,
  organization,
  owner,
  role,
  updateRole,
} from '../../support/facts.ts'
import { answers, event, given, invitationIs, memberIs, nothingNew, rejected } from '../../support/given.ts'

const acme = [organization(), owner('ann')]
const reader = role('reader', ['members:read'])

describe('a new role', () => {
  test('is a name for a set of permissions', () => {
    given(...acme)
      .when(createRole('reader', ['members:read'], { name: 'Reader', description: 'Looks', by: 'ann' }))
      .then(
        event('role.created', { name: 'Reader', description: 'Looks', permissions: ['members:read'] }),
        answers({ key: 'reader', builtIn: false }),
      )
  })
  test('may grant nothing at all', () => {
    given(...acme)
      .when(createRole('guest', []))
      .then(event('role.created'))
  })
  test.each(['ab', 'a2', 'read-only_2', `a${'b'.repeat(31)}`])('may be called %s', (key) => {
    given(...acme)
      .when(createRole(key, []))
      .then(event('role.created'))
  })
  test.each(['', 'a', 'A1', '1a', '-a', 'a b', 'ä1', 'a.b', 'ab\n', `a${'b'.repeat(32)}`])(
    'is not called %j',
    (key) => {
      given(...acme)
        .when(createRole(key, []))
        .then(rejected('invalid', { path: 'key' }))
    },
  )
  test.each(BUILT_IN_ROLES)('is not called $key like a built-in one', ({ key }) => {
    given(...acme)
      .when(createRole(key, []))
      .then(rejected('role_exists'))
  })
  test('is not called like one that there is', () => {
    given(...acme, reader)
      .when(createRole('reader', []))
      .then(rejected('role_exists'))
  })
  test.each(['owners:manage', 'organization:delete'] as const)(
    'never grants %s, not even by the operator',
    (permission) => {
      given(...acme)
        .when(createRole('boss', [permission]))
        .then(rejected('invalid', { path: 'permissions' }))
      given(...acme, reader)
        .when(updateRole('reader', { permissions: ['members:read', permission] }))
        .then(rejected('invalid', { path: 'permissions' }))
    },
  )
})

test('an organization has fifty custom roles and no more', () => {
  const roles = (count: number) => Array.from({ length: count }, (_, index) => role(`role${index}`, []))
  given(...acme, ...roles(49))
    .when(createRole('one-more', []))
    .then(event('role.created'))
  given(...acme, ...roles(50))
    .when(createRole('one-more', []))
    .then(rejected('role_limit_reached', { limit: 50 }))
  given(...acme, ...roles(50))
    .when(deleteRole('role7'), createRole('one-more', []))
    .then(event('role.created'))
})

describe('changing a role', () => {
  test('takes effect for everyone who holds it', () => {
    const widened: Permission[] = ['organization:read', 'members:read', 'products:use', 'members:manage']
    given(...acme, reader, member('bob', { role: 'reader' }))
      .when(updateRole('reader', { permissions: widened, by: 'ann' }), inviteMember('cat@x.test', { by: 'bob' }))
      .then(event('invitation.created'))
  })
  test('is in the log with what was before', () => {
    given(...acme, reader)
      .when(updateRole('reader', { name: 'Reader', permissions: ['members:read'] }))
      .then(event('role.updated', { name: { from: 'reader', to: 'Reader' } }), answers({ name: 'Reader' }))
  })
  test('to what it is changes nothing', () => {
    given(...acme, reader)
      .when(updateRole('reader', { name: 'reader', description: '', permissions: ['members:read'] }))
      .then(nothingNew())
  })
  test('needs one that there is, and is not built in', () => {
    given(...acme)
      .when(updateRole('reader', { name: 'Reader' }))
      .then(rejected('not_found', { resource: 'role' }))
    for (const key of ['owner', 'admin', 'member']) {
      given(...acme)
        .when(updateRole(key, { name: 'Mine' }))
        .then(rejected('role_built_in'))
    }
  })
})

describe('deleting a role', () => {
  test('that nobody holds is simple', () => {
    given(...acme, reader, member('gone', { role: 'reader', status: 'removed' }))
      .when(deleteRole('reader', { by: 'ann' }))
      .then(event('role.deleted', { members: 0, invitations: 0, reassigned_to: null }))
    given(...acme, reader)
      .when(deleteRole('reader'), inviteMember('cat@x.test', { role: 'reader' }))
      .then(rejected('invalid', { path: 'role' }))
  })
  const held = [reader, member('bob', { role: 'reader' }), invitation('cat@x.test', { role: 'reader' })]

  test('that is in use is refused, with how many use it', () => {
    given(...acme, ...held)
      .when(deleteRole('reader'))
      .then(rejected('role_in_use', { members: 1, invitations: 1 }))
    given(...acme, reader, member('bob', { role: 'reader', status: 'suspended' }))
      .when(deleteRole('reader'))
      .then(rejected('role_in_use', { members: 1, invitations: 0 }))
  })
  test.each([{ status: 'expired' }, { expiresAt: noon }] as const)(
    'that an expired invitation could still bring in is refused, swept or not',
    (fields) => {
      given(...acme, reader, invitation('cat@x.test', { role: 'reader', ...fields }))
        .when(deleteRole('reader'))
        .then(rejected('role_in_use', { members: 0, invitations: 1 }))
    },
  )
  test('moves whoever holds it, invitees included, to another in the same step', () => {
    given(...acme, ...held)
      .when(deleteRole('reader', { reassignTo: 'member', by: 'ann' }))
      .then(
        event('role.deleted', { name: 'reader', reassigned_to: 'member', members: 1, invitations: 1 }),
        memberIs('bob', { role: 'member' }),
        invitationIs('cat@x.test', { role: 'member' }),
      )
  })
  test.each(['ghost', 'reader', 'owner'])('never moves them to %s', (reassignTo) => {
    given(...acme, ...held)
      .when(deleteRole('reader', { reassignTo }))
      .then(rejected('invalid', { path: 'reassign_to' }))
  })
  test('needs one that there is, and is not built in', () => {
    given(...acme)
      .when(deleteRole('reader'))
      .then(rejected('not_found', { resource: 'role' }))
    for (const key of ['owner', 'admin', 'member']) {
      given(...acme)
        .when(deleteRole(key, { reassignTo: 'member' }))
        .then(rejected('role_built_in'))
    }
  })
})
