import { describe, test } from 'vitest'
import { days, minutes, noon } from '../../support/commands.ts'
import {
  acceptInvitation,
  admin,
  cancelInvitation,
  declineInvitation,
  expireInvitations,
  ids,
  invitation,
  inviteMember,
  mailsAskedFor,
  member,
  organization,
  owner,
  removeMember,
  resendInvitation,
  role,
} from '../../support/facts.ts'
import { answers, event, given, invitationIs, mailsTo, rejected, seatsAre } from '../../support/given.ts'

const user = (name: string) => ({ type: 'user', id: ids.person(name).userId }) as const

const acme = [organization(), owner('ann')]

test('a resend raises the send number, gives a full lifetime and asks for a new mail', () => {
  given(...acme, invitation('bob@x.test', { delivery: 'failed', expiresAt: noon + 1 }))
    .when(resendInvitation('bob@x.test', { defaultLifetimeMs: days(15) }))
    .then(
      event('invitation.resent', { email: 'bob@x.test', send_count: 2, expires_at: '2030-01-16T12:00:00.000Z' }),
      answers({ status: 'pending', sendCount: 2, delivery: 'queued', sentAt: noon, expiresAt: noon + days(15) }),
      mailsTo('bob@x.test'),
    )
})

test('only the newest link works after a resend', () => {
  const resent = invitation('bob@x.test', { sendCount: 2 })
  given(...acme, resent)
    .when(acceptInvitation('bob', { sendNumber: 1 }))
    .then(rejected('invitation_link_superseded'))
  given(...acme, resent)
    .when(declineInvitation('bob@x.test', { sendNumber: 1 }))
    .then(rejected('invitation_link_superseded'))
  given(...acme, resent)
    .when(acceptInvitation('bob', { sendNumber: 2 }))
    .then(event('invitation.accepted'), event('member.added'))
})

test('a link with a number that was never sent does not work', () => {
  given(...acme, invitation('bob@x.test', { sendCount: 2 }))
    .when(acceptInvitation('bob', { sendNumber: 3 }))
    .then(rejected('invitation_link_superseded'))
})

describe('at most once a minute', () => {
  const justSent = invitation('bob@x.test', { sentAt: noon })

  test('so a second one has to wait, and is told how long', () => {
    given(...acme, justSent)
      .when(resendInvitation('bob@x.test', { now: noon + minutes(1) - 1 }))
      .then(rejected('resend_too_soon', { retryAfterSeconds: 1 }))
    given(...acme, justSent)
      .when(resendInvitation('bob@x.test', { now: noon + 1 }))
      .then(rejected('resend_too_soon', { retryAfterSeconds: 60 }))
  })
  test('and works once the minute is over', () => {
    given(...acme, justSent)
      .when(resendInvitation('bob@x.test', { now: noon + minutes(1) }))
      .then(event('invitation.resent'))
  })
  test('counted from the last resend', () => {
    given(...acme, invitation('bob@x.test'))
      .when(resendInvitation('bob@x.test'), resendInvitation('bob@x.test', { now: noon + 1 }))
      .then(rejected('resend_too_soon'))
  })
})

describe('an expired invitation', () => {
  const expired = invitation('bob@x.test', { status: 'expired', expiresAt: noon - days(1) })
  const overdue = invitation('bob@x.test', { expiresAt: noon })

  test.each([expired, overdue])('is pending again after a resend and takes a seat anew', (invited) => {
    given(organization({ seatLimit: 2 }), owner('ann'), invited)
      .when(resendInvitation('bob@x.test'))
      .then(event('invitation.resent'), answers({ status: 'pending' }), seatsAre({ used: 2, pending: 1 }))
  })
  test.each([expired, overdue])('is not resent where no seat is left', (invited) => {
    given(organization({ seatLimit: 1, upgradeUrl: 'https://x.test/plans' }), owner('ann'), invited)
      .when(resendInvitation('bob@x.test'))
      .then(rejected('seat_limit_reached', { seats: { used: 1, limit: 1 }, upgradeUrl: 'https://x.test/plans' }))
  })
  test.each([expired, overdue, invitation('bob@x.test')])(
    'is not resent to somebody who is a member meanwhile',
    (one) => {
      given(...acme, one, member('bob'))
        .when(resendInvitation('bob@x.test'))
        .then(rejected('already_member', { memberId: 'mem_bob' }))
    },
  )
  test('is not resent beside a newer pending one', () => {
    given(...acme, expired, invitation('bob@x.test', { id: 'inv_newer' }))
      .when(resendInvitation('bob@x.test'))
      .then(rejected('already_invited', { invitationId: 'inv_newer' }))
  })
  test('may be resent when a newer one has expired too, which is written down', () => {
    given(...acme, expired, invitation('bob@x.test', { id: 'inv_newer', expiresAt: noon }))
      .when(resendInvitation('bob@x.test'))
      .then(
        event('invitation.expired', { email: 'bob@x.test' }),
        event('invitation.resent', { email: 'bob@x.test' }),
        seatsAre({ pending: 1 }),
      )
  })
  test('stays the only open one of its address after such a resend', () => {
    given(...acme, expired, invitation('bob@x.test', { id: 'inv_newer', expiresAt: noon }))
      .when(resendInvitation('bob@x.test'), inviteMember('bob@x.test', { invitationId: 'inv_third' }))
      .then(rejected('already_invited', { invitationId: 'inv_bob@x.test' }))
  })
  test('works again with the new link only', () => {
    given(...acme, invitation('bob@x.test', { expiresAt: noon - 1 }))
      .when(expireInvitations(), resendInvitation('bob@x.test'), acceptInvitation('bob', { sendNumber: 2 }))
      .then(event('invitation.accepted'), event('member.added'))
  })
})

test('a pending invitation keeps its seat at a resend, even above a lowered limit', () => {
  given(organization({ seatLimit: 1 }), owner('ann'), invitation('bob@x.test'))
    .when(resendInvitation('bob@x.test'))
    .then(event('invitation.resent'), seatsAre({ used: 2, limit: 1 }))
})

test.each(['accepted', 'declined', 'canceled'] as const)('what was %s is not resent', (status) => {
  given(...acme, invitation('bob@x.test', { status }))
    .when(resendInvitation('bob@x.test'))
    .then(rejected('invitation_not_pending', { status }))
})

test('an invitation that there is not cannot be resent or canceled', () => {
  given(...acme)
    .when(resendInvitation('bob@x.test'))
    .then(rejected('not_found', { resource: 'invitation' }))
  given(...acme)
    .when(cancelInvitation('bob@x.test'))
    .then(rejected('not_found', { resource: 'invitation' }))
})

test('a resend is a mail like any other to the daily cap', () => {
  given(...acme, invitation('bob@x.test'), mailsAskedFor(2))
    .when(resendInvitation('bob@x.test', { mailsPerDay: 2 }))
    .then(rejected('invitation_rate_limited', { retryAfterSeconds: 12 * 60 * 60 }))
})

test('an admin does not resend the invitation of an admin', () => {
  given(...acme, admin('bob'), invitation('cat@x.test', { role: 'admin' }))
    .when(resendInvitation('cat@x.test', { by: 'bob' }))
    .then(rejected('forbidden', { permission: 'admins:manage' }))
})

test('nobody resends an invitation into a role that grants more than they have', () => {
  const deputy = role('deputy', ['members:read', 'members:manage', 'admins:manage'])
  const biller = role('biller', ['billing:manage'])
  given(...acme, deputy, biller, member('dee', { role: 'deputy' }), invitation('cat@x.test', { role: 'biller' }))
    .when(resendInvitation('cat@x.test', { by: 'dee' }))
    .then(rejected('forbidden', { permission: 'billing:manage' }))
})

describe('whose invitation it is', () => {
  const invitedBy = (name: string, roleKey = 'member') =>
    invitation('x@x.test', { role: roleKey, invitedBy: user(name), makerId: user(name).id })

  test('a resend by somebody else does not change while its maker could make it', () => {
    given(...acme, admin('eve'), admin('bob'), invitedBy('eve'))
      .when(resendInvitation('x@x.test', { by: 'bob' }))
      .then(event('invitation.resent'), answers({ makerId: user('eve').id, invitedBy: user('eve') }))
  })
  test('so it ends with its maker, no matter who has sent it again', () => {
    given(...acme, admin('eve'), admin('bob'), invitedBy('eve'))
      .when(
        resendInvitation('x@x.test', { by: 'bob' }),
        removeMember('eve', { by: 'ann' }),
        acceptInvitation('x', { sendNumber: 2 }),
      )
      .then(rejected('invitation_canceled'))
  })
  test('one of the operator stays theirs', () => {
    given(...acme, invitation('x@x.test'))
      .when(resendInvitation('x@x.test', { by: 'ann' }))
      .then(event('invitation.resent'), answers({ makerId: null, invitedBy: { type: 'operator', id: null } }))
  })
  test('one that its maker could not make any more passes to who resends it, and the log says so', () => {
    given(...acme, admin('eve', { status: 'removed' }), invitedBy('eve'))
      .when(resendInvitation('x@x.test', { by: 'ann' }))
      .then(
        event('invitation.resent'),
        event('invitation.kept', { email: 'x@x.test' }),
        answers({ makerId: user('ann').id, invitedBy: user('ann') }),
      )
  })
  test('taking an invitation of an owner over takes a fresh proof', () => {
    const stale = { type: 'user', userId: user('ann').id } as const
    given(...acme, owner('eve', { status: 'suspended' }), invitedBy('eve', 'owner'))
      .when(resendInvitation('x@x.test', { by: stale }))
      .then(rejected('reauthentication_required'))
  })
})

test('an invitation whose role was deleted after it expired is not resent', () => {
  given(...acme, invitation('bob@x.test', { status: 'expired', role: 'ghost' }))
    .when(resendInvitation('bob@x.test'))
    .then(rejected('invalid', { path: 'role' }), invitationIs('bob@x.test', { status: 'expired' }))
})
