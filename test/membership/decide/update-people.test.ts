import { describe, test } from 'vitest'
import { minutes, noon } from '../../support/commands.ts'
import {
  addMember,
  ids,
  invitation,
  member,
  organization,
  owner,
  updateMember,
  updatePeople,
} from '../../support/facts.ts'
import { answers, event, given, invitationIs, memberIs, nothingNew, rejected, seatsAre } from '../../support/given.ts'

const acme = [organization(), owner('ann')]
const usr = (name: string): string => ids.person(name).userId
const clear = { heldBy: [] }

describe('a changed account', () => {
  test('is followed in name, address and attributes, and the log says from what to what', () => {
    given(
      ...acme,
      member('bob', {
        profile: { picture: 'https://x.test/b.png' },
        attributes: { 'plan:enum': 'free', 'floor:number': 2 },
      }),
    )
      .when(
        updatePeople([
          { who: 'bob', name: 'Bob', email: 'bob@y.test', attributes: { 'plan:enum': 'pro' }, revision: 2 },
        ]),
      )
      .then(
        event('member.profile_updated', {
          name: { from: null, to: 'Bob' },
          email: { from: 'bob@x.test', to: 'bob@y.test' },
          attributes: { from: { plan: 'free', floor: 2 }, to: { plan: 'pro' } },
        }),
        answers(clear),
        memberIs('bob', {
          email: 'bob@y.test',
          profile: { name: 'Bob', picture: 'https://x.test/b.png' },
          attributes: { 'plan:enum': 'pro' },
          personRevision: 2,
          updatedAt: noon,
        }),
      )
  })

  test('is followed once: news that is not newer says nothing', () => {
    const bob = member('bob', { email: 'bob@new.test', personRevision: 5 })
    for (const revision of [4, 5]) {
      given(...acme, bob)
        .when(updatePeople([{ who: 'bob', email: 'bob@old.test', lastSignInAt: noon, revision }]))
        .then(nothingNew(), memberIs('bob', { email: 'bob@new.test', lastSignInAt: null }))
    }
  })

  test('is no matter of an organization that the person never was in', () => {
    given(...acme)
      .when(updatePeople([{ who: 'bob', revision: 2 }]))
      .then(nothingNew(), answers(clear))
  })

  test('is followed without a trace in the log by the row of somebody who was removed', () => {
    given(...acme, member('bob', { status: 'removed', attributes: { plan: 'free' } }))
      .when(updatePeople([{ who: 'bob', email: 'bob@y.test', name: 'Bob', revision: 2 }]))
      .then(
        nothingNew(),
        memberIs('bob', { email: 'bob@y.test', profile: { name: 'Bob' }, attributes: {}, status: 'removed' }),
      )
  })

  test('is followed by an organization that is deleted and may come back', () => {
    given(organization({ deletedAt: noon - 1 }), member('bob'))
      .when(updatePeople([{ who: 'bob', email: 'bob@y.test', revision: 2 }]))
      .then(event('member.profile_updated'), memberIs('bob', { email: 'bob@y.test' }))
  })
})

describe('a sign-in', () => {
  test('is noted in the row and not in the log', () => {
    given(...acme, member('bob', { personRevision: 1 }))
      .when(updatePeople([{ who: 'bob', lastSignInAt: noon - 5, revision: 2 }]))
      .then(
        nothingNew(),
        memberIs('bob', { lastSignInAt: noon - 5, personRevision: 2, updatedAt: noon - minutes(43_200) }),
      )
  })

  test('never moves back', () => {
    given(...acme, member('bob', { lastSignInAt: noon }))
      .when(updatePeople([{ who: 'bob', lastSignInAt: noon - 5, revision: 2 }]))
      .then(nothingNew(), memberIs('bob', { lastSignInAt: noon }))
  })

  test('leaves the name that the organization has given the person', () => {
    given(...acme, member('bob', { profile: { name: 'Robert' }, personName: 'Bob', personRevision: 1 }))
      .when(
        updateMember('bob', { profile: { name: 'Bobby' }, by: 'ann' }),
        updatePeople([{ who: 'bob', name: 'Bob', lastSignInAt: noon, revision: 2 }]),
      )
      .then(nothingNew(), memberIs('bob', { profile: { name: 'Bobby' } }))
  })
})

describe('a name', () => {
  const bobby = member('bob', { profile: { name: 'Bobby', picture: 'p' }, personName: 'Bob', personRevision: 1 })

  test('that the person changes counts from then on', () => {
    given(...acme, bobby)
      .when(updatePeople([{ who: 'bob', name: 'Robert', revision: 2 }]))
      .then(
        event('member.profile_updated', { name: { from: 'Bobby', to: 'Robert' } }),
        memberIs('bob', { profile: { name: 'Robert', picture: 'p' }, personName: 'Robert' }),
      )
  })

  test('that the person takes back is gone here too', () => {
    given(...acme, bobby)
      .when(updatePeople([{ who: 'bob', name: null, revision: 2 }]))
      .then(
        event('member.profile_updated', { name: { from: 'Bobby', to: null } }),
        memberIs('bob', { profile: { picture: 'p' }, personName: null }),
      )
  })

  test('that was taken over on joining is not news', () => {
    const bob = { ...ids.person('bob'), name: 'Bob', revision: 3 }
    given(...acme)
      .when(
        addMember('bob', { person: bob, profile: { name: 'Bobby' } }),
        updatePeople([{ who: 'bob', name: 'Bob', revision: 4 }]),
      )
      .then(nothingNew(), memberIs('bob', { profile: { name: 'Bobby' }, personRevision: 4 }))
  })
})

describe('an address that somebody else holds here', () => {
  const held = [...acme, member('bob', { personRevision: 1 }), member('cat', { personRevision: 1 })]

  test('changes nothing of anyone, and whose row lags is named', () => {
    given(...held)
      .when(updatePeople([{ who: 'bob', email: 'cat@x.test', name: 'Bob', lastSignInAt: noon, revision: 2 }]))
      .then(
        nothingNew(),
        answers({ heldBy: [usr('cat')] }),
        memberIs('bob', { email: 'bob@x.test', profile: {}, lastSignInAt: null, personRevision: 1 }),
      )
  })

  test('is free in the step that moves its holder, even to the address of the other', () => {
    given(...held)
      .when(
        updatePeople([
          { who: 'bob', email: 'cat@x.test', revision: 2 },
          { who: 'cat', email: 'bob@x.test', revision: 2 },
        ]),
      )
      .then(
        event('member.profile_updated', { email: { from: 'bob@x.test', to: 'cat@x.test' } }),
        event('member.profile_updated', { email: { from: 'cat@x.test', to: 'bob@x.test' } }),
        answers(clear),
        memberIs('bob', { email: 'cat@x.test' }),
        memberIs('cat', { email: 'bob@x.test' }),
      )
  })

  test('is not free where the holder’s own account has nothing new', () => {
    given(...held)
      .when(
        updatePeople([
          { who: 'bob', email: 'cat@x.test', revision: 2 },
          { who: 'cat', email: 'cat@y.test', revision: 1 },
        ]),
      )
      .then(nothingNew(), answers({ heldBy: [usr('cat')] }))
  })

  test('is nobody’s when two want it at once', () => {
    given(...held)
      .when(
        updatePeople([
          { who: 'bob', email: 'new@x.test', revision: 2 },
          { who: 'cat', email: 'new@x.test', revision: 2 },
        ]),
      )
      .then(nothingNew(), answers({ heldBy: [usr('cat'), usr('bob')] }))
  })

  test('is free once its holder has been removed', () => {
    given(...acme, member('bob'), member('cat', { status: 'removed' }))
      .when(updatePeople([{ who: 'bob', email: 'cat@x.test', revision: 2 }]))
      .then(event('member.profile_updated'), memberIs('bob', { email: 'cat@x.test' }))
  })
})

test('only the accounts themselves say what has become of people', () => {
  given(...acme, member('bob'))
    .when(updatePeople([{ who: 'bob', email: 'b@y.test', revision: 2 }], { by: 'ann' }))
    .then(rejected('forbidden'))
  given(...acme, member('bob'))
    .when(updatePeople([{ who: 'bob', email: 'b@y.test', revision: 2 }], { by: 'eve' }))
    .then(rejected('not_found'))
})

describe('a member who takes on an address that is invited', () => {
  const invited = invitation('bob@y.test')

  test.each(['active', 'suspended'] as const)(
    'settles the invitation when they are %s, and its seat is free',
    (status) => {
      given(organization({ seatLimit: 3 }), owner('ann'), member('bob', { status }), invited)
        .when(updatePeople([{ who: 'bob', email: 'bob@y.test', revision: 2 }]))
        .then(
          event('member.profile_updated'),
          event('invitation.accepted', { email: 'bob@y.test', member_id: 'mem_bob' }),
          invitationIs('bob@y.test', { status: 'accepted', memberId: 'mem_bob' }),
          seatsAre({ pending: 0 }),
        )
    },
  )
  test('does not when they have been removed, nor when the invitation has expired', () => {
    given(...acme, member('bob', { status: 'removed' }), invited)
      .when(updatePeople([{ who: 'bob', email: 'bob@y.test', revision: 2 }]))
      .then(nothingNew(), invitationIs('bob@y.test', { status: 'pending' }))
    given(...acme, member('bob'), invitation('bob@y.test', { expiresAt: noon }))
      .when(updatePeople([{ who: 'bob', email: 'bob@y.test', revision: 2 }]))
      .then(event('member.profile_updated'), invitationIs('bob@y.test', { status: 'pending' }))
  })
})
