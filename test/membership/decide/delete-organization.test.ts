import { expect, test } from 'vitest'
import { type Act, days, noon } from '../../support/commands.ts'
import {
  acceptInvitation,
  addMember,
  admin,
  bulkInvite,
  cancelInvitation,
  createApiKey,
  createRole,
  declineInvitation,
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
  removeMember,
  resendInvitation,
  restoreOrganization,
  revokeApiKey,
  suspendMember,
  transferOwnership,
  updateMember,
  updateOrganization,
  updateRole,
} from '../../support/facts.ts'
import { answers, event, given, nothingNew, rejected } from '../../support/given.ts'

const deleted = organization({ deletedAt: noon - days(1) })

test('an owner deletes the organization and everything stays in place', () => {
  given(organization(), owner('ann'), member('bob'))
    .when(deleteOrganization({ by: 'ann' }))
    .then(event('organization.deleted', { name: 'Acme', slug: 'acme' }), answers({ deletedAt: noon }))
})

test('an admin does not delete the organization', () => {
  given(organization(), owner('ann'), admin('bob'))
    .when(deleteOrganization({ by: 'bob' }))
    .then(rejected('forbidden', { permission: 'organization:delete' }))
})

const EVERYTHING_ELSE: readonly Act[] = [
  updateOrganization({ name: 'Apex' }),
  deleteOrganization(),
  inviteMember('cat@x.test'),
  bulkInvite(['cat@x.test']),
  resendInvitation('bob@x.test'),
  cancelInvitation('bob@x.test'),
  acceptInvitation('bob'),
  declineInvitation('bob@x.test'),
  expireInvitations(),
  addMember('cat'),
  updateMember('dan', { role: 'admin' }),
  suspendMember('dan'),
  reactivateMember('dan'),
  removeMember('dan'),
  leave('dan'),
  transferOwnership('dan'),
  createRole('reader', ['members:read']),
  updateRole('reader', { name: 'Reader' }),
  deleteRole('reader'),
  createApiKey('ci', ['members:read']),
  revokeApiKey('ci'),
]

test.each(EVERYTHING_ELSE)('$command.type finds no deleted organization, whoever asks', (act) => {
  given(deleted, owner('ann'), member('dan'), invitation('bob@x.test'))
    .when(act)
    .then(rejected('not_found', { resource: 'organization' }))
})

test('every command but creating, restoring and what follows people and mails is among those that find none', () => {
  expect(new Set(EVERYTHING_ELSE.map(({ command }) => command.type)).size).toBe(21)
})

test('the operator restores it within thirty days', () => {
  given(organization({ deletedAt: noon - days(30) + 1 }), owner('ann'))
    .when(restoreOrganization())
    .then(event('organization.restored'), answers({ deletedAt: null }))
  given(organization({ deletedAt: noon - days(30) }), owner('ann'))
    .when(restoreOrganization())
    .then(rejected('restore_window_passed'))
})

test('an owner does not restore it', () => {
  given(deleted, owner('ann'))
    .when(restoreOrganization({ by: 'ann' }))
    .then(rejected('forbidden'))
})

test('restoring what is not deleted changes nothing', () => {
  given(organization(), owner('ann')).when(restoreOrganization()).then(nothingNew())
})
