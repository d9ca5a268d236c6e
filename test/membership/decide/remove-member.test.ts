import { test } from 'vitest'
import { admin, inviteMember, leave, member, organization, owner, removeMember } from '../../support/facts.ts'
import { event, given, memberIs, nothingNew, rejected, seatsAre } from '../../support/given.ts'

const acme = [organization({ seatLimit: 3 }), owner('ann')]

test('access ends with the next request and the seat is free', () => {
  given(...acme, admin('bob'))
    .when(removeMember('bob', { by: 'ann' }))
    .then(
      event('member.removed', { email: 'bob@x.test', role: 'admin' }),
      memberIs('bob', { status: 'removed' }),
      seatsAre({ used: 1 }),
    )
  given(...acme, admin('bob'))
    .when(removeMember('bob'), inviteMember('cat@x.test', { by: 'bob' }))
    .then(rejected('not_found', { resource: 'organization' }))
})

test('a suspended person can be removed too', () => {
  given(...acme, member('bob', { status: 'suspended' }))
    .when(removeMember('bob'))
    .then(event('member.removed'))
})

test('removing twice changes nothing more', () => {
  given(...acme, member('bob', { status: 'removed' }))
    .when(removeMember('bob'))
    .then(nothingNew())
})

test('who was never there is not found', () => {
  given(...acme)
    .when(removeMember('bob'))
    .then(rejected('not_found', { resource: 'member' }))
})

test.each(['active', 'suspended'] as const)('anyone who is %s may leave, without any permission', (status) => {
  given(...acme, member('bob', { status }))
    .when(leave('bob'))
    .then(event('member.left', { email: 'bob@x.test' }), memberIs('bob', { status: 'removed' }), seatsAre({ used: 1 }))
})

test('who left already, or never belonged, has nothing to leave', () => {
  given(...acme, member('bob', { status: 'removed' }))
    .when(leave('bob'))
    .then(rejected('not_found', { resource: 'organization' }))
  given(...acme)
    .when(leave('bob'))
    .then(rejected('not_found', { resource: 'organization' }))
  given(...acme)
    .when(leave('bob', { by: 'operator' }))
    .then(rejected('not_found', { resource: 'organization' }))
})
