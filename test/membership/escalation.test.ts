import { describe, test } from 'vitest'
import type { Permission } from '../../src/membership/permissions.ts'
import { type Act, keyCaller } from '../support/commands.ts'
import {
  admin,
  apiKey,
  cancelInvitation,
  createApiKey,
  createRole,
  deleteRole,
  invitation,
  inviteMember,
  leave,
  member,
  organization,
  owner,
  reactivateMember,
  removeMember,
  resendInvitation,
  revokeApiKey,
  role,
  suspendMember,
  transferOwnership,
  updateMember,
  updateRole,
} from '../support/facts.ts'
import { event, given, rejected } from '../support/given.ts'

const BASICS: readonly Permission[] = ['organization:read', 'members:read', 'products:use']

/** sue is an admin; dee manages people of any rank, roles and keys, but not billing; lou manages plain members only. */
const cast = [
  organization(),
  owner('ann'),
  owner('olga', { status: 'suspended' }),
  admin('sue'),
  admin('sid', { status: 'suspended' }),
  role('deputy', [...BASICS, 'members:manage', 'admins:manage', 'roles:manage', 'api_keys:manage']),
  role('keeper', [...BASICS, 'roles:manage']),
  role('biller', [...BASICS, 'billing:manage']),
  role('lead', [...BASICS, 'members:manage']),
  role('guest', ['members:read']),
  member('dee', { role: 'deputy' }),
  member('kim', { role: 'keeper' }),
  member('lou', { role: 'lead' }),
  member('bill', { role: 'biller' }),
  member('bob'),
  invitation('oz@x.test', { role: 'owner' }),
  invitation('al@x.test', { role: 'admin' }),
  invitation('meg@x.test'),
]

type Case = readonly [what: string, act: Act, needed: Permission]

describe('an admin does not', () => {
  const by = 'sue'
  const cases: readonly Case[] = [
    ['invite an owner', inviteMember('x@x.test', { role: 'owner', by }), 'owners:manage'],
    ['make an owner', updateMember('bob', { role: 'owner', by }), 'owners:manage'],
    ['make themself owner', updateMember('sue', { role: 'owner', by }), 'admins:manage'],
    ['hand over ownership', transferOwnership('bob', { by }), 'owners:manage'],
    ['demote an owner', updateMember('ann', { role: 'member', by }), 'owners:manage'],
    ['change the profile of an owner', updateMember('ann', { profile: { name: 'A' }, by }), 'owners:manage'],
    ['suspend an owner', suspendMember('ann', { by }), 'owners:manage'],
    ['reactivate an owner', reactivateMember('olga', { by }), 'owners:manage'],
    ['remove an owner', removeMember('ann', { by }), 'owners:manage'],
    ['resend the invitation of an owner', resendInvitation('oz@x.test', { by }), 'owners:manage'],
    ['cancel the invitation of an owner', cancelInvitation('oz@x.test', { by }), 'owners:manage'],
    ['invite an admin', inviteMember('x@x.test', { role: 'admin', by }), 'admins:manage'],
    ['make an admin', updateMember('bob', { role: 'admin', by }), 'admins:manage'],
    ['suspend themself or another admin', suspendMember('sue', { by }), 'admins:manage'],
    ['reactivate an admin', reactivateMember('sid', { by }), 'admins:manage'],
    ['remove an admin', removeMember('sid', { by }), 'admins:manage'],
    ['resend the invitation of an admin', resendInvitation('al@x.test', { by }), 'admins:manage'],
    ['invite who may do what they may not', inviteMember('x@x.test', { role: 'biller', by }), 'billing:manage'],
    ['give a role of more than they have', updateMember('bob', { role: 'biller', by }), 'billing:manage'],
    ['change who may do what they may not', updateMember('bill', { role: 'member', by }), 'admins:manage'],
    ['remove who may do what they may not', removeMember('bill', { by }), 'admins:manage'],
    ['make a role', createRole('helper', ['members:read'], { by }), 'roles:manage'],
    ['make a key of more than they have', createApiKey('ci', ['billing:manage'], { by }), 'billing:manage'],
  ]
  test.each(cases)('%s', (_, act, permission) => {
    given(...cast)
      .when(act)
      .then(rejected('forbidden', { permission }))
  })
})

describe('who manages admins but lacks a permission does not', () => {
  const by = 'dee'
  const cases: readonly Case[] = [
    ['invite into a role that has it', inviteMember('x@x.test', { role: 'biller', by }), 'billing:manage'],
    ['give a role that has it', updateMember('bob', { role: 'biller', by }), 'billing:manage'],
    ['give themself a role that has it', updateMember('dee', { role: 'biller', by }), 'billing:manage'],
    ['make a role that has it', createRole('helper', [...BASICS, 'billing:manage'], { by }), 'billing:manage'],
    ['put it into a role', updateRole('guest', { permissions: ['billing:manage'], by }), 'billing:manage'],
    ['put it into their own role', updateRole('deputy', { permissions: ['billing:manage'], by }), 'billing:manage'],
    ['keep it in a role they change', updateRole('biller', { permissions: ['billing:manage'], by }), 'billing:manage'],
    ['move people into a role that has it', deleteRole('guest', { reassignTo: 'biller', by }), 'billing:manage'],
    ['make a key that has it', createApiKey('ci', ['members:read', 'billing:manage'], { by }), 'billing:manage'],
    ['invite an owner', inviteMember('x@x.test', { role: 'owner', by }), 'owners:manage'],
    ['make themself owner', updateMember('dee', { role: 'owner', by }), 'owners:manage'],
    ['remove an owner', removeMember('ann', { by }), 'owners:manage'],
  ]
  test.each(cases)('%s', (_, act, permission) => {
    given(...cast)
      .when(act)
      .then(rejected('forbidden', { permission }))
  })
  test('get it by moving the holders of a role into a stronger one', () => {
    given(...cast, member('gus', { role: 'guest' }))
      .when(deleteRole('guest', { reassignTo: 'biller', by }))
      .then(rejected('forbidden', { permission: 'billing:manage' }))
  })
})

describe('who manages plain members only does not', () => {
  const by = 'lou'
  const cases: readonly Case[] = [
    ['give their own role to others', updateMember('bob', { role: 'lead', by }), 'admins:manage'],
    ['invite into their own role', inviteMember('x@x.test', { role: 'lead', by }), 'admins:manage'],
    ['change an admin', updateMember('sid', { role: 'member', by }), 'admins:manage'],
    ['make a key', createApiKey('ci', ['members:read'], { by }), 'api_keys:manage'],
  ]
  test.each(cases)('%s', (_, act, permission) => {
    given(...cast)
      .when(act)
      .then(rejected('forbidden', { permission }))
  })
})

describe('who manages roles but no people does not', () => {
  const by = 'kim'
  const cases: readonly Case[] = [
    ['make a role, since a role is for people', createRole('helper', ['members:read'], { by }), 'members:manage'],
    ['make a role of more than they have', createRole('helper', ['members:manage'], { by }), 'admins:manage'],
    ['widen a role', updateRole('guest', { permissions: ['members:manage'], by }), 'members:manage'],
    ['delete the role of a manager', deleteRole('lead', { reassignTo: 'member', by }), 'admins:manage'],
  ]
  test.each(cases)('%s', (_, act, permission) => {
    given(...cast)
      .when(act)
      .then(rejected('forbidden', { permission }))
  })
})

describe('a key does not', () => {
  const keys = [apiKey('weak', [...BASICS, 'members:manage'])]
  const by = keyCaller('weak')
  const cases: readonly Case[] = [
    ['invite an admin', inviteMember('x@x.test', { role: 'admin', by }), 'admins:manage'],
    ['give a role of more than it has', updateMember('bob', { role: 'biller', by }), 'billing:manage'],
    ['make a key, not even of what it has', createApiKey('ci', ['members:read'], { by }), 'api_keys:manage'],
    ['revoke a key', revokeApiKey('weak', { by }), 'api_keys:manage'],
    ['make an owner', updateMember('bob', { role: 'owner', by }), 'owners:manage'],
  ]
  test.each(cases)('%s', (_, act, permission) => {
    given(...cast, ...keys)
      .when(act)
      .then(rejected('forbidden', { permission }))
  })
})

test('within their rank everybody may act', () => {
  given(...cast)
    .when(inviteMember('x@x.test', { by: 'sue' }))
    .then(event('invitation.created'))
  given(...cast)
    .when(updateMember('bob', { role: 'guest', by: 'lou' }))
    .then(event('member.role_changed'))
  given(...cast)
    .when(removeMember('bob', { by: 'lou' }))
    .then(event('member.removed'))
  given(...cast)
    .when(inviteMember('x@x.test', { role: 'deputy', by: 'dee' }))
    .then(event('invitation.created'))
  given(...cast)
    .when(removeMember('bill', { by: 'dee' }))
    .then(event('member.removed'))
  given(...cast)
    .when(updateRole('biller', { permissions: BASICS, by: 'dee' }))
    .then(event('role.updated'))
  given(...cast)
    .when(createApiKey('ci', ['members:manage'], { by: 'dee' }))
    .then(event('api_key.created'))
  given(...cast)
    .when(leave('sue'))
    .then(event('member.left'))
})

test('what an owner alone may do, an owner does', () => {
  given(...cast)
    .when(updateMember('sue', { role: 'owner', by: 'ann' }))
    .then(event('member.role_changed'))
  given(...cast)
    .when(resendInvitation('oz@x.test', { by: 'ann' }))
    .then(event('invitation.resent'))
  given(...cast)
    .when(createRole('helper', ['billing:manage'], { by: 'ann' }))
    .then(event('role.created'))
})

describe('a key that only manages members', () => {
  const keys = [apiKey('bare', ['members:manage'])]
  const by = keyCaller('bare')

  test('invites, changes, suspends and removes plain members, though it has not what they have', () => {
    given(...cast, ...keys)
      .when(inviteMember('x@x.test', { by }))
      .then(event('invitation.created'))
    given(...cast, ...keys)
      .when(updateMember('bob', { role: 'guest', by }))
      .then(event('member.role_changed'))
    given(...cast, ...keys)
      .when(suspendMember('bob', { by }))
      .then(event('member.suspended'))
    given(...cast, ...keys)
      .when(removeMember('bob', { by }))
      .then(event('member.removed'))
  })
})
