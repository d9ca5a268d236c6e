import { describe, test } from 'vitest'
import { noon } from '../../support/commands.ts'
import { admin, member, organization, owner, updateMember } from '../../support/facts.ts'
import { event, given, memberIs, nothingNew, rejected } from '../../support/given.ts'

const acme = [organization(), owner('ann'), admin('sue')]

test('a new role is in the log with the one before', () => {
  given(...acme, member('bob'))
    .when(updateMember('bob', { role: 'admin', by: 'ann' }))
    .then(
      event('member.role_changed', { role: { from: 'member', to: 'admin' } }),
      memberIs('bob', { role: 'admin', updatedAt: noon }),
    )
})

test('a profile changes field by field', () => {
  given(...acme, member('bob', { profile: { name: 'Bob', picture: 'https://x.test/b.png' } }))
    .when(updateMember('bob', { profile: { name: 'Robert' }, by: 'sue' }))
    .then(
      event('member.profile_updated', { name: { from: 'Bob', to: 'Robert' } }),
      memberIs('bob', { role: 'member', profile: { name: 'Robert', picture: 'https://x.test/b.png' } }),
    )
})

test('role and profile may change in one step', () => {
  given(...acme, member('bob'))
    .when(updateMember('bob', { role: 'admin', profile: { name: 'Bob' } }))
    .then(event('member.role_changed'), event('member.profile_updated', { name: { from: null, to: 'Bob' } }))
})

test('saying what is so already changes nothing', () => {
  given(...acme, member('bob', { profile: { name: 'Bob' } }))
    .when(updateMember('bob', { role: 'member', profile: { name: 'Bob' } }))
    .then(nothingNew())
})

test('nothing of a profile changes when the role is refused', () => {
  given(...acme, member('bob'))
    .when(updateMember('bob', { role: 'admin', profile: { name: 'Bob' }, by: 'sue' }))
    .then(rejected('forbidden', { permission: 'admins:manage' }), memberIs('bob', { profile: {} }))
})

test('the role must exist', () => {
  given(...acme, member('bob'))
    .when(updateMember('bob', { role: 'ghost' }))
    .then(rejected('invalid', { path: 'role' }))
})

test('a suspended person may be changed, and stays suspended', () => {
  given(...acme, member('bob', { status: 'suspended' }))
    .when(updateMember('bob', { role: 'admin' }))
    .then(event('member.role_changed'), memberIs('bob', { status: 'suspended', role: 'admin' }))
})

describe('who does not belong to the organization', () => {
  test('is not found, whether they never did or were removed', () => {
    given(...acme)
      .when(updateMember('bob', { role: 'admin' }))
      .then(rejected('not_found', { resource: 'member' }))
    given(...acme, member('bob', { status: 'removed' }))
      .when(updateMember('bob', { role: 'admin' }))
      .then(rejected('not_found', { resource: 'member' }))
  })
})
