import { test } from 'vitest'
import {
  admin,
  inviteMember,
  member,
  organization,
  owner,
  reactivateMember,
  suspendMember,
} from '../../support/facts.ts'
import { event, given, memberIs, nothingNew, rejected, seatsAre } from '../../support/given.ts'

const acme = [organization({ seatLimit: 2 }), owner('ann')]

test('suspending takes access and seat away, role and profile stay', () => {
  given(...acme, admin('bob', { profile: { name: 'Bob' } }))
    .when(suspendMember('bob', { by: 'ann' }))
    .then(
      event('member.suspended', { email: 'bob@x.test' }),
      memberIs('bob', { status: 'suspended', role: 'admin', profile: { name: 'Bob' } }),
      seatsAre({ used: 1, available: 1 }),
    )
  given(...acme, admin('bob'))
    .when(suspendMember('bob'), inviteMember('cat@x.test', { by: 'bob' }))
    .then(rejected('member_suspended'))
})

test('reactivating gives both back', () => {
  given(...acme, admin('bob', { status: 'suspended' }))
    .when(reactivateMember('bob', { by: 'ann' }))
    .then(event('member.reactivated'), memberIs('bob', { status: 'active', role: 'admin' }), seatsAre({ used: 2 }))
})

test('both repeat harmlessly', () => {
  given(...acme, member('bob', { status: 'suspended' }))
    .when(suspendMember('bob'))
    .then(nothingNew())
  given(...acme, member('bob'))
    .when(reactivateMember('bob'))
    .then(nothingNew())
})

test('who was removed or never there is neither suspended nor reactivated', () => {
  for (const acts of [suspendMember('bob'), reactivateMember('bob')]) {
    given(...acme)
      .when(acts)
      .then(rejected('not_found', { resource: 'member' }))
    given(...acme, member('bob', { status: 'removed' }))
      .when(acts)
      .then(rejected('not_found', { resource: 'member' }))
  }
})

test('reactivating needs a free seat', () => {
  given(...acme, member('bob'), member('cat', { status: 'suspended' }))
    .when(reactivateMember('cat'))
    .then(rejected('seat_limit_reached', { seats: { used: 2, limit: 2 } }), memberIs('cat', { status: 'suspended' }))
})
