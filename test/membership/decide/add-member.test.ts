import { describe, test } from 'vitest'
import { noon } from '../../support/commands.ts'
import {
  acceptInvitation,
  addMember,
  admin,
  ids,
  invitation,
  member,
  organization,
  owner,
} from '../../support/facts.ts'
import { event, given, invitationIs, memberIs, nothingNew, rejected, seatsAre } from '../../support/given.ts'

const acme = [organization(), owner('ann')]

test('the operator makes a person a member at once', () => {
  given(...acme)
    .when(addMember('bob', { role: 'admin', source: 'scim', profile: { given_name: 'Bob' } }))
    .then(
      event('member.added', { email: 'bob@x.test', role: 'admin', source: 'scim' }),
      memberIs('bob', { status: 'active', role: 'admin', source: 'scim', profile: { given_name: 'Bob' } }),
    )
})

test.each([owner('bob'), admin('bob'), member('bob')])(
  'nobody in the organization adds without an invitation',
  (bob) => {
    given(...acme, bob)
      .when(addMember('cat', { by: 'bob' }))
      .then(rejected('forbidden', { permission: 'operator' }))
  },
)

describe.each(['active', 'suspended'] as const)('who is %s', (status) => {
  test('keeps their address to themselves', () => {
    given(...acme, member('bob', { status }))
      .when(addMember('cat', { person: { ...ids.person('cat'), email: 'bob@x.test' } }))
      .then(rejected('already_member', { memberId: 'mem_bob' }))
  })
})

test('who is active is not added a second time', () => {
  given(...acme, member('bob'))
    .when(addMember('bob'))
    .then(rejected('already_member', { memberId: 'mem_bob' }))
})

test('who is suspended is active again, in the same role', () => {
  given(...acme, member('bob', { status: 'suspended' }))
    .when(addMember('bob'))
    .then(event('member.reactivated'), memberIs('bob', { status: 'active', ending: null }))
  given(...acme, admin('bob', { status: 'suspended' }))
    .when(addMember('bob'))
    .then(rejected('already_member', { memberId: 'mem_bob' }))
  given(...acme, member('bob', { status: 'suspended' }))
    .when(addMember('bob', { active: false }))
    .then(rejected('already_member', { memberId: 'mem_bob' }))
})

test('who returns keeps the member id and is active in the role given now', () => {
  given(...acme, admin('bob', { status: 'removed', createdAt: 7, joinedAt: 7, lastSignInAt: 8 }))
    .when(addMember('bob', { person: { ...ids.person('bob'), memberId: 'mem_unused' } }))
    .then(
      event('member.added', { role: 'member' }),
      memberIs('bob', { status: 'active', role: 'member', createdAt: 7, joinedAt: noon, lastSignInAt: 8 }),
    )
})

test('a name given with the profile goes before that of the account', () => {
  const person = { ...ids.person('bob'), name: 'Bob' }
  given(...acme)
    .when(addMember('bob', { person, profile: { name: 'Robert' } }))
    .then(event('member.added'), memberIs('bob', { profile: { name: 'Robert' } }))
  given(...acme)
    .when(addMember('bob', { person, profile: { given_name: 'Bob' } }))
    .then(event('member.added'), memberIs('bob', { profile: { name: 'Bob', given_name: 'Bob' } }))
})

test('the role must exist', () => {
  given(...acme)
    .when(addMember('bob', { role: 'ghost' }))
    .then(rejected('invalid', { path: 'role' }))
})

describe('who has an open invitation', () => {
  const invited = invitation('bob@x.test', { role: 'member' })

  test('is added with its seat, also in a full organization, and the invitation is settled', () => {
    given(organization({ seatLimit: 2 }), owner('ann'), invited)
      .when(addMember('bob', { role: 'admin' }))
      .then(
        event('invitation.accepted', { email: 'bob@x.test', member_id: 'mem_bob' }),
        event('member.added', { role: 'admin' }),
        invitationIs('bob@x.test', { status: 'accepted', memberId: 'mem_bob', acceptedAt: noon }),
        seatsAre({ used: 2, pending: 0 }),
      )
  })
  test('needs a seat when the invitation has expired, swept or not', () => {
    for (const status of ['pending', 'expired'] as const) {
      given(organization({ seatLimit: 1 }), owner('ann'), invitation('bob@x.test', { status, expiresAt: noon }))
        .when(addMember('bob'))
        .then(rejected('seat_limit_reached'))
    }
  })
  test('leaves the invitations of others alone', () => {
    given(organization({ seatLimit: 2 }), owner('ann'), invited)
      .when(addMember('cat'))
      .then(rejected('seat_limit_reached'))
  })
  test('is a member when the link is used afterwards, by the same person', () => {
    given(organization(), owner('ann'), invited)
      .when(addMember('bob'), acceptInvitation('bob'))
      .then(nothingNew(), memberIs('bob', { source: 'added' }))
  })
})
