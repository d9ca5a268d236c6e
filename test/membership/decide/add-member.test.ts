import { describe, test } from 'vitest'
import { noon } from '../../support/commands.ts'
import { addMember, admin, ids, member, organization, owner } from '../../support/facts.ts'
import { event, given, memberIs, rejected } from '../../support/given.ts'

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
  test('is not added a second time', () => {
    given(...acme, member('bob', { status }))
      .when(addMember('bob'))
      .then(rejected('already_member', { memberId: 'mem_bob' }))
  })
  test('keeps their address to themselves', () => {
    given(...acme, member('bob', { status }))
      .when(addMember('cat', { person: { ...ids.person('cat'), email: 'bob@x.test' } }))
      .then(rejected('already_member', { memberId: 'mem_bob' }))
  })
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
