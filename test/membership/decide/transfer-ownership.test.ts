import { describe, test } from 'vitest'
import { noon } from '../../support/commands.ts'
import { admin, member, organization, owner, transferOwnership } from '../../support/facts.ts'
import { event, given, memberIs, nothingNew, rejected } from '../../support/given.ts'

describe.each(['multiple', 'single'] as const)('with %s ownership', (ownership) => {
  const acme = [organization({ ownership }), owner('ann'), member('bob')]

  test('an owner hands over: the new one becomes owner, the old one admin, in one step', () => {
    given(...acme)
      .when(transferOwnership('bob', { by: 'ann' }))
      .then(
        event('ownership.transferred', { from: 'mem_ann', to: 'mem_bob' }),
        event('member.role_changed', { role: { from: 'member', to: 'owner' } }),
        event('member.role_changed', { role: { from: 'owner', to: 'admin' } }),
        memberIs('bob', { role: 'owner', updatedAt: noon }),
        memberIs('ann', { role: 'admin', updatedAt: noon }),
      )
  })
  test('handing over to oneself changes nothing', () => {
    given(...acme)
      .when(transferOwnership('ann', { by: 'ann' }))
      .then(nothingNew())
  })
  test('only an active member takes over', () => {
    given(...acme, member('cat', { status: 'suspended' }))
      .when(transferOwnership('cat', { by: 'ann' }))
      .then(rejected('member_not_active'))
    given(...acme, member('cat', { status: 'removed' }))
      .when(transferOwnership('cat', { by: 'ann' }))
      .then(rejected('not_found', { resource: 'member' }))
    given(...acme)
      .when(transferOwnership('cat'))
      .then(rejected('not_found', { resource: 'member' }))
  })
  test('an admin hands over nothing, and takes nothing', () => {
    given(...acme, admin('sue'))
      .when(transferOwnership('sue', { by: 'sue' }))
      .then(rejected('forbidden', { permission: 'owners:manage' }))
  })
})

test('where there is one owner, the operator’s transfer swaps too', () => {
  given(organization({ ownership: 'single' }), owner('ann'), member('bob'))
    .when(transferOwnership('bob'))
    .then(
      event('ownership.transferred', { from: 'mem_ann', to: 'mem_bob' }),
      event('member.role_changed'),
      event('member.role_changed'),
      memberIs('ann', { role: 'admin' }),
      memberIs('bob', { role: 'owner' }),
    )
})

test('where there is no owner yet, the operator’s transfer makes the first', () => {
  given(organization({ ownership: 'single' }), member('bob'))
    .when(transferOwnership('bob'))
    .then(
      event('ownership.transferred', { from: null, to: 'mem_bob' }),
      event('member.role_changed'),
      memberIs('bob', { role: 'owner' }),
    )
})

test('where there are several, the operator’s transfer adds one and demotes nobody', () => {
  given(organization(), owner('ann'), member('bob'))
    .when(transferOwnership('bob'))
    .then(
      event('ownership.transferred', { from: null, to: 'mem_bob' }),
      event('member.role_changed'),
      memberIs('ann', { role: 'owner' }),
    )
})

test('an owner who hands over to another owner steps down', () => {
  given(organization(), owner('ann'), owner('bob'))
    .when(transferOwnership('bob', { by: 'ann' }))
    .then(
      event('ownership.transferred', { from: 'mem_ann', to: 'mem_bob' }),
      event('member.role_changed', { role: { from: 'owner', to: 'admin' } }),
      memberIs('ann', { role: 'admin' }),
      memberIs('bob', { role: 'owner' }),
    )
})
