import { describe, test } from 'vitest'
import type { Invitation } from '../../../src/membership/invitation.ts'
import { days, minutes, noon } from '../../support/commands.ts'
import {
  admin,
  bulkInvite,
  ids,
  invitation,
  inviteMember,
  mailsAskedFor,
  member,
  organization,
  owner,
  role,
} from '../../support/facts.ts'
import { answers, event, given, invitationIs, mailsTo, rejected, seatsAre } from '../../support/given.ts'

const acme = [organization(), owner('ann')]

test('an invitation holds a seat, asks for a mail and names who invited', () => {
  given(...acme)
    .when(inviteMember('bob@x.test', { by: 'ann', name: 'Bob' }))
    .then(
      event('invitation.created', { email: 'bob@x.test', role: 'member', expires_at: '2030-01-16T12:00:00.000Z' }),
      answers({
        status: 'pending',
        sendCount: 1,
        delivery: 'queued',
        name: 'Bob',
        invitedBy: { type: 'user', id: 'usr_ann' },
      }),
      mailsTo('bob@x.test'),
      seatsAre({ used: 2, pending: 1 }),
    )
})

test('an invitation that is to be handed over by other means asks for no mail', () => {
  given(...acme)
    .when(inviteMember('bob@x.test', { sendEmail: false }))
    .then(event('invitation.created'), answers({ delivery: 'none' }), mailsTo())
})

describe('its lifetime', () => {
  test('is that of the environment where it names none', () => {
    given(...acme)
      .when(inviteMember('bob@x.test', { defaultLifetimeMs: days(3) }))
      .then(event('invitation.created'), answers({ expiresAt: noon + days(3) }))
  })
  test.each([noon + 1, noon + days(90)])('may be its own, up to ninety days', (expiresAt) => {
    given(...acme)
      .when(inviteMember('bob@x.test', { expiresAt }))
      .then(event('invitation.created'), answers({ expiresAt }))
  })
  test.each([noon, noon - 1, noon + days(90) + 1])('neither ends at once nor after ninety days', (expiresAt) => {
    given(...acme)
      .when(inviteMember('bob@x.test', { expiresAt }))
      .then(rejected('invalid', { path: 'expires_at' }))
  })
})

describe('an address', () => {
  test('has one pending invitation at most, and the refusal says which', () => {
    given(...acme, invitation('bob@x.test'))
      .when(inviteMember('bob@x.test', { invitationId: 'inv_second' }))
      .then(rejected('already_invited', { invitationId: 'inv_bob@x.test' }))
  })
  test.each(['active', 'suspended'] as const)('of an %s member is not invited', (status) => {
    given(...acme, member('bob', { status }))
      .when(inviteMember('bob@x.test'))
      .then(rejected('already_member', { memberId: 'mem_bob' }))
  })
  test('of a removed member may be invited again', () => {
    given(...acme, member('bob', { status: 'removed' }))
      .when(inviteMember('bob@x.test'))
      .then(event('invitation.created'))
  })
  test.each(['accepted', 'declined', 'canceled', 'expired'] as const)(
    'whose invitation was %s may be invited again',
    (status) => {
      given(...acme, invitation('bob@x.test', { status }))
        .when(inviteMember('bob@x.test', { invitationId: 'inv_second' }))
        .then(event('invitation.created'), answers({ id: 'inv_second', sendCount: 1 }))
    },
  )
  test('may be invited again from the millisecond its invitation expires, which is written down first', () => {
    const overdue = invitation('bob@x.test', { expiresAt: noon })
    given(...acme, overdue)
      .when(inviteMember('bob@x.test', { invitationId: 'inv_second', now: noon }))
      .then(
        event('invitation.expired', { email: 'bob@x.test' }),
        event('invitation.created', { email: 'bob@x.test' }),
        invitationIs('bob@x.test', { status: 'expired' }),
      )
    given(...acme, overdue)
      .when(inviteMember('bob@x.test', { invitationId: 'inv_second', now: noon - 1 }))
      .then(rejected('already_invited', { invitationId: ids.invitation('bob@x.test') }))
  })
})

describe('the role', () => {
  test('must exist in the organization', () => {
    given(...acme)
      .when(inviteMember('bob@x.test', { role: 'ghost' }))
      .then(rejected('invalid', { path: 'role' }))
  })
  test('may be a custom one', () => {
    given(...acme, role('reader', ['members:read']))
      .when(inviteMember('bob@x.test', { role: 'reader', by: 'ann' }))
      .then(event('invitation.created', { role: 'reader' }))
  })
})

describe('one address gets one mail a minute', () => {
  const canceled = (fields: Partial<Invitation>) =>
    invitation('bob@x.test', { id: 'inv_earlier', status: 'canceled', delivery: 'sent', ...fields })
  const mailIntervalMs = minutes(1)

  test('whatever was canceled meanwhile', () => {
    given(...acme, canceled({ sentAt: noon - 20_001 }))
      .when(inviteMember('bob@x.test', { mailIntervalMs }))
      .then(rejected('invitation_rate_limited', { retryAfterSeconds: 40 }))
    given(...acme, canceled({ sentAt: noon - minutes(1) }))
      .when(inviteMember('bob@x.test', { mailIntervalMs }))
      .then(event('invitation.created'))
  })
  test('and invitations without a mail do not count', () => {
    given(...acme, canceled({ sentAt: noon, delivery: 'none' }))
      .when(inviteMember('bob@x.test', { mailIntervalMs }))
      .then(event('invitation.created'))
    given(...acme, canceled({ sentAt: noon }))
      .when(inviteMember('bob@x.test', { mailIntervalMs, sendEmail: false }))
      .then(event('invitation.created'))
  })
  test('in bulk too, by row', () => {
    given(...acme, canceled({ sentAt: noon }))
      .when(bulkInvite(['bob@x.test', 'cat@x.test'], { mailIntervalMs }))
      .then(event('invitation.created', { email: 'cat@x.test' }), mailsTo('cat@x.test'))
  })
})

describe('the daily cap of mails', () => {
  test('lets the last one pass and no further, until the next day (UTC)', () => {
    given(...acme, mailsAskedFor(1))
      .when(inviteMember('bob@x.test', { mailsPerDay: 2 }))
      .then(event('invitation.created'))
    given(...acme, mailsAskedFor(2))
      .when(inviteMember('bob@x.test', { mailsPerDay: 2 }))
      .then(rejected('invitation_rate_limited', { retryAfterSeconds: 12 * 60 * 60 }))
    given(...acme, mailsAskedFor(2))
      .when(inviteMember('bob@x.test', { mailsPerDay: 2, now: Date.UTC(2030, 0, 2) }))
      .then(event('invitation.created'))
  })
  test('does not count invitations without a mail', () => {
    given(...acme, mailsAskedFor(2))
      .when(inviteMember('bob@x.test', { mailsPerDay: 2, sendEmail: false }))
      .then(event('invitation.created'), mailsTo())
  })
  test('binds the operator and admins alike', () => {
    given(...acme, admin('bob'), mailsAskedFor(5))
      .when(inviteMember('cat@x.test', { mailsPerDay: 5, by: 'bob' }))
      .then(rejected('invitation_rate_limited'))
  })
})
