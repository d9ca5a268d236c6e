import { describe, expect, test } from 'vitest'
import { INVITATIONS_ENDED_AT_ONCE, type Keep } from '../../src/membership/departure.ts'
import type { Permission } from '../../src/membership/permissions.ts'
import { keyCaller, noon } from '../support/commands.ts'
import {
  acceptInvitation,
  addMember,
  admin,
  apiKey,
  createApiKey,
  deleteRole,
  erasePerson,
  type Fact,
  ids,
  invitation,
  inviteMember,
  leave,
  member,
  organization,
  owner,
  previewDeparture,
  reactivateMember,
  removeMember,
  resendInvitation,
  role,
  suspendMember,
  transferOwnership,
  updateMember,
  updateOrganization,
  updateRole,
} from '../support/facts.ts'
import { answers, check, event, given, invitationIs, memberIs, nothingNew, rejected } from '../support/given.ts'
import type { InMemoryStore } from '../support/in-memory-store.ts'

const REASON = { reason: 'maker_lost_permission' }
const user = (name: string) => ({ type: 'user', id: ids.person(name).userId }) as const

const invitedBy = (name: string, email: string, roleKey = 'member'): Fact =>
  invitation(email, { role: roleKey, invitedBy: user(name), makerId: user(name).id })
const keyOf = (name: string, key: string, permissions: readonly Permission[]): Fact =>
  apiKey(key, permissions, { createdBy: user(name) })

const keyIs = (name: string, fields: object) =>
  check(({ store }) => expect(store.apiKey(ids.key(name))).toMatchObject(fields))

/** The mails to owners that list keys to replace: to whom, and which keys. */
const noticesOfKeys = (store: InMemoryStore) =>
  store.mails.flatMap((mail) => {
    if (mail.kind !== 'notice' || mail.subject.about !== 'keys_to_rotate') return []
    return [{ to: mail.recipients.map(({ email }) => email), keys: mail.subject.keys.map(({ name }) => name) }]
  })
const noticeTo = (to: readonly string[], keys: readonly string[]) =>
  check(({ store }) => expect(noticesOfKeys(store)).toEqual([{ to, keys }]))
const noNotice = () => check(({ store }) => expect(noticesOfKeys(store)).toEqual([]))

const acme = [organization(), owner('ann'), owner('olga')]

describe('an owner who invited a private address as owner', () => {
  const private_ = invitedBy('olga', 'private@x.test', 'owner')
  const ways = [
    ['is removed', removeMember('olga', { by: 'ann' })],
    ['leaves', leave('olga')],
    ['becomes a member', updateMember('olga', { role: 'member', by: 'ann' })],
    ['hands ownership over', transferOwnership('bob', { by: 'olga' })],
    ['deletes the account', erasePerson('olga')],
  ] as const

  test.each(ways)('%s: the invitation ends in the same step, and does not let them in again', (_, act) => {
    given(...acme, member('bob'), private_)
      .when(act, acceptInvitation('private'))
      .then(rejected('invitation_canceled'), invitationIs('private@x.test', { status: 'canceled' }))
  })
  test('the log says why', () => {
    given(...acme, private_)
      .when(removeMember('olga', { by: 'ann' }))
      .then(event('member.removed'), event('invitation.canceled', { email: 'private@x.test', ...REASON }))
  })
})

test('what somebody could still make with their new role stays', () => {
  given(
    ...acme,
    invitedBy('olga', 'a@x.test', 'admin'),
    invitedBy('olga', 'm@x.test'),
    keyOf('olga', 'ci', ['members:manage']),
  )
    .when(updateMember('olga', { role: 'admin', by: 'ann' }))
    .then(
      event('member.role_changed'),
      event('invitation.canceled', { email: 'a@x.test', ...REASON }),
      invitationIs('m@x.test', { status: 'pending' }),
      keyIs('ci', { revokedAt: null, makerLeft: false }),
    )
})

test('what others, the operator and processes made is not touched', () => {
  given(
    ...acme,
    invitedBy('ann', 'a@x.test', 'owner'),
    invitation('o@x.test', { role: 'owner' }),
    apiKey('ops', ['members:manage']),
  )
    .when(removeMember('olga', { by: 'ann' }))
    .then(
      event('member.removed'),
      invitationIs('a@x.test', { status: 'pending' }),
      invitationIs('o@x.test', { status: 'pending' }),
      keyIs('ops', { revokedAt: null }),
    )
})

describe('a key whose maker is removed', () => {
  test('ends if it manages something, and does not invite them again', () => {
    given(...acme, keyOf('olga', 'back', ['members:manage', 'admins:manage']))
      .when(removeMember('olga', { by: 'ann' }))
      .then(
        event('member.removed'),
        event('api_key.revoked', { name: 'back', ...REASON }),
        keyIs('back', { revokedAt: noon }),
      )
    given(...acme, keyOf('olga', 'back', ['members:manage', 'admins:manage']))
      .when(removeMember('olga', { by: 'ann' }), inviteMember('olga@x.test', { by: keyCaller('back') }))
      .then(rejected('unauthenticated'))
  })
  test('ends too if it changes the organization itself, and is on hold while its maker is suspended', () => {
    const made = [...acme, keyOf('olga', 'rename', ['organization:read', 'organization:update'])]
    const rename = updateOrganization({ name: 'Taken', by: keyCaller('rename') })
    given(...made)
      .when(removeMember('olga', { by: 'ann' }), rename)
      .then(rejected('unauthenticated'), keyIs('rename', { revokedAt: noon }))
    given(...made)
      .when(suspendMember('olga', { by: 'ann' }), rename)
      .then(rejected('maker_suspended', { of: 'api_key' }))
  })
  test('takes along what it has invited, also when it was revoked before', () => {
    const throughKey = invitation('x@x.test', {
      invitedBy: { type: 'api_key', id: 'key_old' },
      makerId: user('olga').id,
    })
    given(...acme, apiKey('old', ['members:manage'], { createdBy: user('olga'), revokedAt: 1 }), throughKey)
      .when(removeMember('olga', { by: 'ann' }))
      .then(event('member.removed'), event('invitation.canceled', { email: 'x@x.test', ...REASON }))
  })
  test('stays if it manages nothing, belongs to the organization, and the owners who remain are told', () => {
    given(...acme, owner('gone', { status: 'removed' }), keyOf('olga', 'sync', ['members:read', 'products:use']))
      .when(removeMember('olga', { by: 'ann' }))
      .then(
        event('member.removed'),
        event('api_key.maker_left', { name: 'sync', last_four: '1234' }),
        keyIs('sync', { revokedAt: null, makerLeft: true, createdBy: user('olga') }),
        noticeTo(['ann@x.test'], ['sync']),
      )
  })
  test('ends all the same once it has been left, should its maker come back and go again with more', () => {
    const left = apiKey('sync', ['members:manage'], { createdBy: user('olga'), makerLeft: true })
    given(...acme, left)
      .when(leave('olga'))
      .then(event('member.left'), event('api_key.revoked', { name: 'sync', ...REASON }))
  })
  test('is listed once', () => {
    const left = apiKey('sync', ['members:read'], { createdBy: user('olga'), makerLeft: true })
    given(...acme, left)
      .when(removeMember('olga', { by: 'ann' }))
      .then(event('member.removed'), noNotice())
  })
})

test('a key that reads what its demoted maker may no longer read stays with the organization', () => {
  given(...acme, admin('sue'), keyOf('sue', 'audit', ['audit_log:read']), keyOf('sue', 'list', ['members:read']))
    .when(updateMember('sue', { role: 'member', by: 'ann' }))
    .then(
      event('member.role_changed'),
      event('api_key.maker_left', { name: 'audit' }),
      keyIs('list', { makerLeft: false }),
      noticeTo(['ann@x.test', 'olga@x.test'], ['audit']),
    )
})

describe('a custom role that loses permissions', () => {
  const LEAD: readonly Permission[] = ['members:read', 'products:use', 'organization:read', 'members:manage']
  const led = [
    ...acme,
    role('lead', [...LEAD, 'api_keys:manage']),
    member('lou', { role: 'lead' }),
    member('liz', { role: 'lead' }),
    invitedBy('lou', 'a@x.test'),
    invitedBy('liz', 'b@x.test'),
    invitedBy('ann', 'c@x.test', 'lead'),
    keyOf('lou', 'ci', ['members:manage']),
  ]

  test('makes all its holders lose what rests on these', () => {
    given(...led)
      .when(updateRole('lead', { permissions: ['members:read'], by: 'ann' }))
      .then(
        event('role.updated'),
        event('invitation.canceled', { email: 'a@x.test', ...REASON }),
        event('invitation.canceled', { email: 'b@x.test', ...REASON }),
        event('api_key.revoked', { name: 'ci', ...REASON }),
        invitationIs('c@x.test', { status: 'pending' }),
      )
  })
  test('that is deleted, too', () => {
    given(...led)
      .when(deleteRole('lead', { reassignTo: 'member', by: 'ann' }))
      .then(
        event('invitation.canceled', { email: 'a@x.test', ...REASON }),
        event('invitation.canceled', { email: 'b@x.test', ...REASON }),
        event('api_key.revoked', { name: 'ci', ...REASON }),
        event('role.deleted'),
        invitationIs('c@x.test', { status: 'pending', role: 'member' }),
      )
  })
  test('an invitation into a role that is widened, or replaced by a wider one, stays with its maker, who could not give so much', () => {
    given(...acme, admin('sue'), role('guest', ['members:read']), invitedBy('sue', 'x@x.test', 'guest'))
      .when(updateRole('guest', { permissions: ['members:read', 'billing:manage'], by: 'ann' }), acceptInvitation('x'))
      .then(rejected('invitation_canceled'), invitationIs('x@x.test', { makerId: user('sue').id }))
    given(...acme, admin('sue'), role('guest', ['members:read']), invitedBy('sue', 'x@x.test', 'guest'))
      .when(deleteRole('guest', { reassignTo: 'admin', by: 'ann' }), acceptInvitation('x'))
      .then(rejected('invitation_canceled'), invitationIs('x@x.test', { makerId: user('sue').id, role: 'admin' }))
    given(...acme, role('guest', ['members:read']), invitation('x@x.test', { role: 'guest' }))
      .when(updateRole('guest', { permissions: ['members:read', 'billing:manage'], by: 'ann' }))
      .then(event('role.updated'), invitationIs('x@x.test', { makerId: null }))
  })
})

describe('who is suspended takes nothing along', () => {
  const paused = [
    ...acme,
    admin('sue'),
    invitedBy('sue', 'x@x.test'),
    keyOf('sue', 'ci', ['members:manage']),
    keyOf('sue', 'sync', ['members:read']),
  ]

  test('their invitations and keys that manage something are on hold', () => {
    given(...paused)
      .when(suspendMember('sue', { by: 'ann' }))
      .then(
        event('member.suspended'),
        invitationIs('x@x.test', { status: 'pending' }),
        keyIs('ci', { revokedAt: null }),
      )
    given(...paused)
      .when(suspendMember('sue', { by: 'ann' }), acceptInvitation('x'))
      .then(rejected('maker_suspended', { of: 'invitation' }))
    given(...paused)
      .when(suspendMember('sue', { by: 'ann' }), inviteMember('y@x.test', { by: keyCaller('ci') }))
      .then(rejected('maker_suspended', { of: 'api_key' }))
    given(...paused)
      .when(suspendMember('sue', { by: 'ann' }), inviteMember('y@x.test', { by: keyCaller('sync') }))
      .then(rejected('forbidden', { permission: 'members:manage' }))
  })
  test('they go on when the person is reactivated', () => {
    given(...paused)
      .when(suspendMember('sue', { by: 'ann' }), reactivateMember('sue', { by: 'ann' }), acceptInvitation('x'))
      .then(event('invitation.accepted'), event('member.added'))
    given(...paused)
      .when(
        suspendMember('sue', { by: 'ann' }),
        reactivateMember('sue', { by: 'ann' }),
        inviteMember('y@x.test', { by: keyCaller('ci') }),
      )
      .then(event('invitation.created'))
  })
  test('they end when the suspended person is removed', () => {
    given(...paused)
      .when(suspendMember('sue', { by: 'ann' }), removeMember('sue', { by: 'ann' }), acceptInvitation('x'))
      .then(rejected('invitation_canceled'))
  })
  test('an invitation that somebody else sends again is theirs, and off hold', () => {
    given(...paused)
      .when(suspendMember('sue', { by: 'ann' }), resendInvitation('x@x.test', { by: 'ann' }))
      .then(
        event('invitation.resent'),
        event('invitation.kept', { email: 'x@x.test' }),
        invitationIs('x@x.test', { invitedBy: user('ann'), makerId: user('ann').id }),
      )
    given(...paused)
      .when(
        suspendMember('sue', { by: 'ann' }),
        resendInvitation('x@x.test', { by: 'ann' }),
        acceptInvitation('x', { sendNumber: 2 }),
      )
      .then(event('invitation.accepted'), event('member.added'))
  })
})

test('authority is looked at when an invitation is accepted, whatever has ended before', () => {
  const dangling = [
    invitedBy('gone', 'x@x.test'),
    invitedBy('stranger', 'x@x.test'),
    invitedBy('bob', 'x@x.test'),
    invitedBy('sue', 'x@x.test', 'owner'),
  ]
  for (const one of dangling) {
    given(...acme, owner('gone', { status: 'removed' }), member('bob'), admin('sue'), one)
      .when(acceptInvitation('x'))
      .then(rejected('invitation_canceled'))
  }
})

describe('who removes may keep', () => {
  const made = [
    ...acme,
    admin('sue'),
    invitedBy('olga', 'a@x.test', 'admin'),
    invitedBy('olga', 'b@x.test'),
    keyOf('olga', 'ci', ['members:manage']),
    keyOf('olga', 'sync', ['members:read']),
  ]
  const by = 'ann'

  test('everything, which then is theirs; owners are told to replace the keys all the same', () => {
    given(...made)
      .when(removeMember('olga', { keep: 'all', by }))
      .then(
        event('member.removed'),
        event('invitation.kept', { email: 'a@x.test' }),
        event('invitation.kept', { email: 'b@x.test' }),
        event('api_key.kept', { name: 'ci' }),
        event('api_key.kept', { name: 'sync' }),
        invitationIs('a@x.test', { status: 'pending', invitedBy: user('ann'), makerId: user('ann').id }),
        keyIs('ci', { revokedAt: null, createdBy: user('ann'), makerLeft: true }),
        noticeTo(['ann@x.test'], ['ci', 'sync']),
      )
  })
  test('single entries, by their ids', () => {
    given(...made)
      .when(removeMember('olga', { keep: [ids.invitation('b@x.test'), ids.key('sync')], by }))
      .then(
        event('member.removed'),
        event('invitation.canceled', { email: 'a@x.test' }),
        event('invitation.kept', { email: 'b@x.test' }),
        event('api_key.revoked', { name: 'ci' }),
        event('api_key.kept', { name: 'sync' }),
      )
  })
  test('nothing that is not on the list', () => {
    for (const unknown of ['inv_unknown', ids.invitation('other@x.test')]) {
      given(...made, invitedBy('ann', 'other@x.test'))
        .when(removeMember('olga', { keep: [unknown], by }))
        .then(rejected('invalid', { path: 'keep' }), memberIs('olga', { status: 'active' }))
    }
  })
  test('nothing that they could not make themselves, and the refusal names what is missing', () => {
    const deputy = role('deputy', [
      'members:read',
      'products:use',
      'organization:read',
      'members:manage',
      'admins:manage',
    ])
    const sues = [invitedBy('sue', 'a@x.test'), keyOf('sue', 'sync', ['members:read'])]
    given(...acme, deputy, member('dee', { role: 'deputy' }), admin('sue'), ...sues)
      .when(removeMember('sue', { keep: [ids.key('sync')], by: 'dee' }))
      .then(rejected('forbidden', { permission: 'api_keys:manage' }), memberIs('sue', { status: 'active' }))
    given(
      ...acme,
      deputy,
      member('dee', { role: 'deputy' }),
      admin('sue'),
      role('biller', ['billing:manage']),
      invitedBy('sue', 'x@x.test', 'biller'),
    )
      .when(removeMember('sue', { keep: 'all', by: 'dee' }))
      .then(rejected('forbidden', { permission: 'billing:manage' }))
  })
  test('nothing of what they give up themselves', () => {
    given(...acme, invitedBy('ann', 'x@x.test'))
      .when(updateMember('ann', { role: 'member', keep: 'all', by }))
      .then(rejected('forbidden', { permission: 'members:manage' }))
  })
  test('when they change a role, just so', () => {
    given(...made)
      .when(updateMember('olga', { role: 'member', keep: [ids.invitation('a@x.test')], by }))
      .then(
        event('member.role_changed'),
        event('invitation.kept', { email: 'a@x.test' }),
        event('invitation.canceled', { email: 'b@x.test' }),
        event('api_key.revoked', { name: 'ci' }),
      )
  })
  test('as the operator; but a link that nobody mailed does not become one that the operator vouches for', () => {
    const unsent = invitation('n@x.test', { delivery: 'none', invitedBy: user('olga'), makerId: user('olga').id })
    given(...acme, invitedBy('olga', 'm@x.test'), unsent)
      .when(removeMember('olga', { keep: 'all' }))
      .then(
        event('member.removed'),
        event('invitation.kept'),
        event('invitation.kept'),
        invitationIs('m@x.test', { invitedBy: { type: 'operator', id: null }, makerId: null }),
        invitationIs('n@x.test', { invitedBy: user('olga'), makerId: null }),
      )
  })
})

describe('the preview', () => {
  const made = [
    ...acme,
    invitedBy('olga', 'a@x.test', 'admin'),
    keyOf('olga', 'ci', ['members:manage']),
    keyOf('olga', 'sync', ['members:read']),
  ]
  const entry = (outcome: string, type: string, name: string | null, email: string | null = null) => ({
    type,
    name,
    email,
    outcome,
  })

  test('lists what would end, stay and be kept, and changes nothing', () => {
    given(...made)
      .when(previewDeparture('olga', { by: 'ann', keep: [ids.key('ci')] }))
      .then(
        nothingNew(),
        answers([
          entry('ends', 'invitation', null, 'a@x.test'),
          entry('kept', 'api_key', 'ci'),
          entry('stays', 'api_key', 'sync'),
        ]),
      )
    given(...made)
      .when(previewDeparture('olga', { by: 'ann', role: 'admin' }))
      .then(nothingNew(), answers([entry('ends', 'invitation', null, 'a@x.test')]))
  })
  test('is refused like the act itself', () => {
    given(...made, member('bob'))
      .when(previewDeparture('olga', { by: 'bob' }))
      .then(rejected('forbidden', { permission: 'members:manage' }))
    given(organization(), owner('ann'))
      .when(previewDeparture('ann', { by: 'ann' }))
      .then(rejected('last_owner'))
    given(...made)
      .when(previewDeparture('olga', { by: 'ann', role: 'ghost' }))
      .then(rejected('invalid', { path: 'role' }))
  })
  test('is for whoever wants to leave, too', () => {
    given(...acme, member('bob'))
      .when(previewDeparture('bob', { by: 'bob' }))
      .then(nothingNew(), answers([]))
  })
})

describe('more invitations than one step lists', () => {
  const remove = (keep?: Keep) => removeMember('olga', keep === undefined ? { by: 'ann' } : { by: 'ann', keep })
  const many = Array.from({ length: INVITATIONS_ENDED_AT_ONCE + 2 }, (_, index) =>
    invitedBy('olga', `n${index}@x.test`),
  )
  const last = `n${INVITATIONS_ENDED_AT_ONCE + 1}`

  test('end in one step, and stay over when their maker comes back', () => {
    given(...acme, ...many, invitedBy('ann', 'a@x.test'))
      .when(remove(), addMember('olga', { role: 'owner' }), acceptInvitation(last))
      .then(
        rejected('invitation_canceled'),
        invitationIs(`${last}@x.test`, { status: 'canceled' }),
        invitationIs('a@x.test', { status: 'pending' }),
      )
    given(...acme, ...many)
      .when(remove(), remove())
      .then(nothingNew())
  })
  test('can be kept only as far as they are listed', () => {
    given(...acme, ...many)
      .when(remove('all'))
      .then(rejected('invalid', { path: 'keep' }))
    given(...acme, ...many)
      .when(remove([ids.invitation(`${last}@x.test`)]))
      .then(rejected('invalid', { path: 'keep' }), memberIs('olga', { status: 'active' }))
    given(...acme, ...many)
      .when(remove([ids.invitation('n0@x.test')]), acceptInvitation('n0'))
      .then(
        event('invitation.accepted'),
        event('member.added'),
        invitationIs('n0@x.test', { status: 'accepted', makerId: user('ann').id }),
        invitationIs(`${last}@x.test`, { status: 'canceled' }),
      )
  })
  test('do not hide the one that the new role cannot make', () => {
    given(...acme, ...many, invitedBy('olga', 'private@x.test', 'owner'))
      .when(updateMember('olga', { role: 'admin', by: 'ann' }))
      .then(
        event('member.role_changed'),
        event('invitation.canceled', { email: 'private@x.test', ...REASON }),
        invitationIs(`${last}@x.test`, { status: 'pending' }),
      )
  })
})

test('invitations and keys remember on whose authority they stand', () => {
  given(...acme)
    .when(inviteMember('x@x.test', { by: 'ann' }))
    .then(event('invitation.created'), answers({ makerId: user('ann').id }))
  given(...acme)
    .when(inviteMember('x@x.test'))
    .then(event('invitation.created'), answers({ makerId: null }))
  given(...acme)
    .when(createApiKey('ci', ['members:manage'], { by: 'ann' }), inviteMember('x@x.test', { by: keyCaller('ci') }))
    .then(
      event('invitation.created'),
      answers({ invitedBy: { type: 'api_key', id: ids.key('ci') }, makerId: user('ann').id }),
    )
})
