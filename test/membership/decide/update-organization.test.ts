import { describe, test } from 'vitest'
import { minutes, noon } from '../../support/commands.ts'
import { admin, member, organization, owner, updateOrganization } from '../../support/facts.ts'
import { answers, event, given, nothingNew, rejected, seatsAre } from '../../support/given.ts'

test('only what is named changes, and the log says from what to what', () => {
  given(organization({ name: 'Acme', upgradeUrl: 'https://x.test/plans', externalId: 'crm-7' }), owner('ann'))
    .when(updateOrganization({ name: 'Apex', by: 'ann' }))
    .then(
      event('organization.updated', { name: { from: 'Acme', to: 'Apex' } }),
      answers({ name: 'Apex', upgradeUrl: 'https://x.test/plans', externalId: 'crm-7', updatedAt: noon }),
    )
})

test('what is absent stays and what is null is cleared', () => {
  given(organization({ upgradeUrl: 'https://x.test/plans', externalId: 'crm-7' }))
    .when(updateOrganization({ externalId: null }))
    .then(
      event('organization.updated', { external_id: { from: 'crm-7', to: null } }),
      answers({ externalId: null, upgradeUrl: 'https://x.test/plans' }),
    )
})

test('saying what is so already changes nothing', () => {
  given(organization({ seatLimit: 3 }), owner('ann'))
    .when(updateOrganization({ name: 'Acme', slug: 'acme', seatLimit: 3, ownership: 'multiple', upgradeUrl: null }))
    .then(nothingNew())
})

test('an admin changes the name, a member does not', () => {
  given(organization(), owner('ann'), admin('bob'))
    .when(updateOrganization({ name: 'Apex', by: 'bob' }))
    .then(event('organization.updated'))
  given(organization(), owner('ann'), member('bob'))
    .when(updateOrganization({ name: 'Apex', by: 'bob' }))
    .then(rejected('forbidden', { permission: 'organization:update' }))
})

describe('the seat limit follows the plan', () => {
  test.each([{ seatLimit: 9 }, { seatLimit: null }, { externalId: 'crm-7' }])(
    'so an owner does not set %o',
    (fields) => {
      given(organization({ seatLimit: 5 }), owner('ann'))
        .when(updateOrganization({ ...fields, by: 'ann' }))
        .then(rejected('forbidden', { permission: 'operator' }))
    },
  )
  test('and has its own entry in the log, apart from other changes', () => {
    given(organization({ seatLimit: 5 }), owner('ann'))
      .when(updateOrganization({ seatLimit: 9, name: 'Apex' }))
      .then(
        event('organization.updated', { name: { from: 'Acme', to: 'Apex' } }),
        event('seat_limit.changed', { seat_limit: { from: 5, to: 9 } }),
        seatsAre({ limit: 9, available: 8 }),
      )
  })
  test.each([0, -3, 2.5])('%d is none', (seatLimit) => {
    given(organization(), owner('ann'))
      .when(updateOrganization({ seatLimit }))
      .then(rejected('invalid', { path: 'seat_limit' }))
  })
})

describe('a new slug', () => {
  test('needs a claim in the directory', () => {
    given(organization())
      .when(updateOrganization({ slug: 'apex' }))
      .then(rejected('claim_expired'))
  })
  test('may use a claim of up to a minute', () => {
    given(organization())
      .when(updateOrganization({ slug: 'apex', slugClaimedAt: noon - minutes(1) }))
      .then(event('organization.updated', { slug: { from: 'acme', to: 'apex' } }))
    given(organization())
      .when(updateOrganization({ slug: 'apex', slugClaimedAt: noon - minutes(1) - 1 }))
      .then(rejected('claim_expired'))
  })
})

describe('the ownership mode', () => {
  test('is not an admin’s to change', () => {
    given(organization(), owner('ann'), admin('bob'))
      .when(updateOrganization({ ownership: 'single', by: 'bob' }))
      .then(rejected('forbidden', { permission: 'owners:manage' }))
  })
  test('may be named by an admin as long as it stays', () => {
    given(organization({ ownership: 'single' }), owner('ann'), admin('bob'))
      .when(updateOrganization({ ownership: 'single', name: 'Apex', by: 'bob' }))
      .then(event('organization.updated'))
  })
})
