import { describe, test } from 'vitest'
import { days, noon } from '../../support/commands.ts'
import { acceptInvitation, ids, invitation, member, organization, owner, removeMember } from '../../support/facts.ts'
import {
  answers,
  event,
  given,
  invitationIs,
  memberIs,
  notAMember,
  nothingNew,
  rejected,
  seatsAre,
} from '../../support/given.ts'

const acme = [organization(), owner('ann')]

test('accepting makes the invitee an active member of the role, and the invitation names the member', () => {
  given(...acme, invitation('bob@x.test', { role: 'admin', name: 'Bob' }))
    .when(acceptInvitation('bob'))
    .then(
      event('invitation.accepted', { email: 'bob@x.test', member_id: 'mem_bob' }),
      event('member.added', { email: 'bob@x.test', role: 'admin', source: 'invitation' }),
      memberIs('bob', {
        role: 'admin',
        status: 'active',
        source: 'invitation',
        profile: { name: 'Bob' },
        joinedAt: noon,
      }),
      invitationIs('bob@x.test', { status: 'accepted', acceptedAt: noon, memberId: 'mem_bob' }),
    )
})

test('the name that the account carries goes before the one in the invitation', () => {
  given(...acme, invitation('bob@x.test', { name: 'Bob' }))
    .when(acceptInvitation('bob', { person: { ...ids.person('bob'), name: 'Robert' } }))
    .then(event('invitation.accepted'), event('member.added'), memberIs('bob', { profile: { name: 'Robert' } }))
})

test('the pending seat becomes an active one, even above a lowered limit', () => {
  given(organization({ seatLimit: 1 }), owner('ann'), invitation('bob@x.test'))
    .when(acceptInvitation('bob'))
    .then(
      event('invitation.accepted'),
      event('member.added'),
      seatsAre({ used: 2, active: 2, pending: 0, limit: 1, available: 0 }),
    )
})

test('an invitation is good until the millisecond it expires, swept or not', () => {
  given(...acme, invitation('bob@x.test', { expiresAt: noon }))
    .when(acceptInvitation('bob', { now: noon - 1 }))
    .then(event('invitation.accepted'), event('member.added'))
  given(...acme, invitation('bob@x.test', { expiresAt: noon }))
    .when(acceptInvitation('bob', { now: noon }))
    .then(rejected('invitation_expired', { expiredAt: noon }), notAMember('bob'))
  given(...acme, invitation('bob@x.test', { expiresAt: noon - days(2), status: 'expired' }))
    .when(acceptInvitation('bob'))
    .then(rejected('invitation_expired', { expiredAt: noon - days(2) }))
})

test('a canceled or declined invitation says so', () => {
  given(...acme, invitation('bob@x.test', { status: 'canceled' }))
    .when(acceptInvitation('bob'))
    .then(rejected('invitation_canceled'))
  given(...acme, invitation('bob@x.test', { status: 'declined' }))
    .when(acceptInvitation('bob'))
    .then(rejected('invitation_declined'))
})

test('there is nothing to accept where there is no such invitation', () => {
  given(...acme)
    .when(acceptInvitation('bob'))
    .then(rejected('not_found', { resource: 'invitation' }))
})

test('somebody of another address gets nothing and changes nothing', () => {
  given(...acme, invitation('bob@x.test'))
    .when(acceptInvitation('eve', { invitationId: ids.invitation('bob@x.test') }))
    .then(rejected('email_mismatch'), notAMember('eve'), invitationIs('bob@x.test', { status: 'pending' }))
})

describe('accepting a second time', () => {
  const accepted = invitation('bob@x.test', { status: 'accepted', memberId: 'mem_bob', acceptedAt: noon - 1 })

  test('answers the same person with the same member', () => {
    given(...acme, accepted, member('bob'))
      .when(acceptInvitation('bob'))
      .then(nothingNew(), answers({ member: { id: 'mem_bob' } }))
  })
  test('is refused to anyone else, a member or not', () => {
    const other = { invitationId: ids.invitation('bob@x.test') }
    given(...acme, accepted, member('bob'))
      .when(acceptInvitation('ann', other))
      .then(rejected('invitation_not_pending', { status: 'accepted' }))
    given(...acme, accepted, member('bob'))
      .when(acceptInvitation('eve', other))
      .then(rejected('invitation_not_pending', { status: 'accepted' }))
  })
  test('is refused to who was removed meanwhile, and does not bring them back', () => {
    given(...acme, invitation('bob@x.test'))
      .when(acceptInvitation('bob'), removeMember('bob'), acceptInvitation('bob'))
      .then(rejected('invitation_not_pending', { status: 'accepted' }), memberIs('bob', { status: 'removed' }))
  })
})

describe('who has become a member meanwhile', () => {
  test.each(['active', 'suspended'] as const)(
    'and is %s stays as they are, and the invitation’s seat is free',
    (status) => {
      given(...acme, member('bob', { status, role: 'admin' }), invitation('bob@x.test'))
        .when(acceptInvitation('bob'))
        .then(
          event('invitation.accepted', { member_id: 'mem_bob' }),
          memberIs('bob', { status, role: 'admin' }),
          seatsAre({ pending: 0 }),
        )
    },
  )
  test('under another account of the same address is not doubled', () => {
    given(...acme, member('bob', { userId: 'usr_before' }), invitation('bob@x.test'))
      .when(acceptInvitation('bob', { person: { ...ids.person('bob'), memberId: 'mem_second' } }))
      .then(rejected('already_member', { memberId: 'mem_bob' }), invitationIs('bob@x.test', { status: 'pending' }))
  })
})

test('who returns keeps member id and profile, with the role of the invitation', () => {
  given(
    ...acme,
    member('bob', { status: 'removed', role: 'admin', profile: { picture: 'https://x.test/b.png' }, createdAt: 7 }),
    invitation('bob@x.test'),
  )
    .when(acceptInvitation('bob', { person: { ...ids.person('bob'), memberId: 'mem_unused' } }))
    .then(
      event('invitation.accepted', { member_id: 'mem_bob' }),
      event('member.added', { role: 'member' }),
      memberIs('bob', {
        status: 'active',
        role: 'member',
        createdAt: 7,
        joinedAt: noon,
        profile: { picture: 'https://x.test/b.png' },
      }),
    )
})
