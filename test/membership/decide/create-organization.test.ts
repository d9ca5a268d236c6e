import { test } from 'vitest'
import { minutes, noon } from '../../support/commands.ts'
import { createOrganization, ids, organization, owner, transferOwnership } from '../../support/facts.ts'
import { answers, event, given, memberIs, nothingNew, rejected, seatsAre } from '../../support/given.ts'

test('the creator is the first owner and takes a seat', () => {
  given()
    .when(createOrganization({ owner: ids.person('ann'), seatLimit: 5, by: 'ann' }))
    .then(
      event('organization.created', { name: 'Acme', slug: 'acme', ownership: 'multiple', seat_limit: 5 }),
      event('member.added', { email: 'ann@x.test', role: 'owner', source: 'created' }),
      memberIs('ann', { role: 'owner', status: 'active', source: 'created', joinedAt: noon }),
      seatsAre({ used: 1, limit: 5, available: 4 }),
    )
})

test('the operator creates an organization that nobody belongs to yet', () => {
  given()
    .when(createOrganization({ externalId: 'crm-7' }))
    .then(event('organization.created'), answers({ externalId: 'crm-7' }), seatsAre({ used: 0, limit: null }))
})

test('creating it again answers with what is there and changes nothing', () => {
  given(organization({ name: 'Acme', createdAt: 1 }), owner('ann'))
    .when(createOrganization({ name: 'Other', owner: ids.person('bob') }))
    .then(nothingNew(), answers({ name: 'Acme', createdAt: 1 }), seatsAre({ used: 1 }))
})

test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('%d is no seat limit', (seatLimit) => {
  given()
    .when(createOrganization({ seatLimit }))
    .then(rejected('invalid', { path: 'seat_limit' }))
})

test('a claim of the slug is good for a minute and not a millisecond longer', () => {
  given()
    .when(createOrganization({ claimedAt: noon - minutes(1) }))
    .then(event('organization.created'))
  given()
    .when(createOrganization({ claimedAt: noon - minutes(1) - 1 }))
    .then(rejected('claim_expired'))
})

test('an organization without members gets its first owner by transfer only once somebody is there', () => {
  given()
    .when(createOrganization(), transferOwnership('ann'))
    .then(rejected('not_found', { resource: 'member' }))
})
