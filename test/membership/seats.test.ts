import { describe, test } from 'vitest'
import type { SystemProcess } from '../../src/membership/actor.ts'
import type { EventType } from '../../src/membership/event.ts'
import type { Act } from '../support/commands.ts'
import { noon } from '../support/commands.ts'
import {
  acceptInvitation,
  addMember,
  cancelInvitation,
  declineInvitation,
  invitation,
  inviteMember,
  leave,
  member,
  organization,
  owner,
  reactivateMember,
  removeMember,
  resendInvitation,
  suspendMember,
  updateMember,
  updateOrganization,
} from '../support/facts.ts'
import { answers, event, given, rejected, seatsAre } from '../support/given.ts'

test('used is active members and pending invitations that have not expired, the owner among them', () => {
  given(
    organization({ seatLimit: 10 }),
    owner('ann'),
    member('bob'),
    member('cat', { status: 'suspended' }),
    member('dan', { status: 'removed' }),
    invitation('eve@x.test', { expiresAt: noon + 1 }),
    invitation('fay@x.test', { expiresAt: noon }),
    ...(['accepted', 'declined', 'canceled', 'expired'] as const).map((status) =>
      invitation(`${status}@x.test`, { status }),
    ),
  )
    .when(inviteMember('gus@x.test'))
    .then(event('invitation.created'), seatsAre({ used: 4, active: 2, pending: 2, limit: 10, available: 6 }))
})

const by = (process: SystemProcess) => ({ type: 'system', process }) as const

/** Everything that would add a seat, with what then happens. */
const ADDITIONS: readonly (readonly [what: string, act: Act, happens: EventType])[] = [
  ['an invitation', inviteMember('new@x.test'), 'invitation.created'],
  ['a resend of an expired invitation', resendInvitation('late@x.test'), 'invitation.resent'],
  ['adding at once', addMember('new'), 'member.added'],
  ['joining by domain', addMember('new', { source: 'domain', by: by('domain') }), 'member.added'],
  ['arriving by single sign-on', addMember('new', { source: 'sso', by: by('sso') }), 'member.added'],
  ['being created by a directory', addMember('new', { source: 'scim', by: by('scim') }), 'member.added'],
  ['reactivating', reactivateMember('sue'), 'member.reactivated'],
  ['reactivating by a directory', reactivateMember('sue', { by: by('scim') }), 'member.reactivated'],
]

describe.each(ADDITIONS)('%s', (_, act, happens) => {
  const three = [
    owner('ann'),
    member('bob'),
    invitation('cat@x.test', { expiresAt: noon + 1 }),
    invitation('late@x.test', { expiresAt: noon }),
    member('sue', { status: 'suspended', ending: { by: 'scim', connectionId: null } }),
  ]
  test('takes the last seat', () => {
    given(organization({ seatLimit: 4 }), ...three)
      .when(act)
      .then(event(happens), seatsAre({ used: 4, available: 0 }))
  })
  test.each([3, 2, 1])('is refused when three are used of %d', (seatLimit) => {
    given(organization({ seatLimit, upgradeUrl: 'https://x.test/plans' }), ...three)
      .when(act)
      .then(
        rejected('seat_limit_reached', {
          seats: { used: 3, active: 2, pending: 1, limit: seatLimit, available: 0 },
          upgradeUrl: 'https://x.test/plans',
        }),
      )
  })
  test('is never refused without a limit', () => {
    given(organization({ seatLimit: null }), ...three)
      .when(act)
      .then(event(happens), seatsAre({ available: null }))
  })
})

const DEPARTURES: readonly (readonly [string, Act])[] = [
  ['removing', removeMember('bob')],
  ['leaving', leave('bob')],
  ['suspending', suspendMember('bob')],
  ['canceling', cancelInvitation('cat@x.test')],
  ['declining', declineInvitation('cat@x.test')],
]

test.each(DEPARTURES)('%s makes room for exactly one', (_, act) => {
  const full = [organization({ seatLimit: 3 }), owner('ann'), member('bob'), invitation('cat@x.test')]
  given(...full)
    .when(act, inviteMember('dan@x.test'))
    .then(event('invitation.created'), seatsAre({ used: 3 }))
  given(...full)
    .when(act, inviteMember('dan@x.test'), inviteMember('eve@x.test'))
    .then(rejected('seat_limit_reached'))
})

describe('an expired invitation', () => {
  const full = [organization({ seatLimit: 2 }), owner('ann'), invitation('bob@x.test', { expiresAt: noon })]

  test('frees its seat at the millisecond it expires', () => {
    given(...full)
      .when(inviteMember('cat@x.test', { now: noon }))
      .then(event('invitation.created', { email: 'cat@x.test' }))
  })
  test('holds its seat until the millisecond before', () => {
    given(...full)
      .when(inviteMember('cat@x.test', { now: noon - 1 }))
      .then(rejected('seat_limit_reached', { seats: { used: 2 } }))
  })
})

describe('a lowered limit', () => {
  const three = [owner('ann'), member('bob'), invitation('cat@x.test')]

  test('removes nobody', () => {
    given(organization({ seatLimit: 3 }), ...three)
      .when(updateOrganization({ seatLimit: 1 }))
      .then(event('seat_limit.changed'), answers({ seatLimit: 1 }), seatsAre({ used: 3, limit: 1, available: 0 }))
  })
  test('keeps out the next one until used is below it again', () => {
    given(organization({ seatLimit: 2 }), ...three)
      .when(removeMember('bob'), inviteMember('dan@x.test'))
      .then(rejected('seat_limit_reached', { seats: { used: 2, limit: 2 } }))
    given(organization({ seatLimit: 2 }), ...three)
      .when(removeMember('bob'), cancelInvitation('cat@x.test'), inviteMember('dan@x.test'))
      .then(event('invitation.created'))
  })
  test('does not stop an invitee who holds a seat already', () => {
    given(organization({ seatLimit: 1 }), ...three)
      .when(acceptInvitation('cat'))
      .then(event('invitation.accepted'), event('member.added'), seatsAre({ used: 3 }))
  })
  test('does not stop a change of role', () => {
    given(organization({ seatLimit: 1 }), ...three)
      .when(updateMember('bob', { role: 'admin' }))
      .then(event('member.role_changed'))
  })
})

test('a raised limit lets in as many more', () => {
  given(organization({ seatLimit: 1 }), owner('ann'))
    .when(updateOrganization({ seatLimit: 2 }), inviteMember('bob@x.test'))
    .then(event('invitation.created'), seatsAre({ available: 0 }))
})
