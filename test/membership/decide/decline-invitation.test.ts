import { test } from 'vitest'
import { noon } from '../../support/commands.ts'
import { acceptInvitation, declineInvitation, invitation, organization, owner } from '../../support/facts.ts'
import { event, given, nothingNew, rejected, seatsAre } from '../../support/given.ts'

const acme = [organization(), owner('ann')]

test('the invitee says no and the seat is free', () => {
  given(...acme, invitation('bob@x.test'))
    .when(declineInvitation('bob@x.test'))
    .then(event('invitation.declined', { email: 'bob@x.test' }), seatsAre({ pending: 0 }))
})

test('what was declined is not accepted afterwards', () => {
  given(...acme, invitation('bob@x.test'))
    .when(declineInvitation('bob@x.test'), acceptInvitation('bob'))
    .then(rejected('invitation_declined'))
})

test('declining twice changes nothing more', () => {
  given(...acme, invitation('bob@x.test', { status: 'declined' }))
    .when(declineInvitation('bob@x.test'))
    .then(nothingNew())
})

test('what was accepted or canceled is not declined', () => {
  given(...acme, invitation('bob@x.test', { status: 'accepted' }))
    .when(declineInvitation('bob@x.test'))
    .then(rejected('invitation_not_pending', { status: 'accepted' }))
  given(...acme, invitation('bob@x.test', { status: 'canceled' }))
    .when(declineInvitation('bob@x.test'))
    .then(rejected('invitation_canceled'))
})

test('an invitation cannot be declined from the millisecond it expires', () => {
  given(...acme, invitation('bob@x.test', { expiresAt: noon }))
    .when(declineInvitation('bob@x.test', { now: noon }))
    .then(rejected('invitation_expired', { expiredAt: noon }))
  given(...acme, invitation('bob@x.test', { expiresAt: noon }))
    .when(declineInvitation('bob@x.test', { now: noon - 1 }))
    .then(event('invitation.declined'))
})

test('there is nothing to decline where there is no such invitation', () => {
  given(...acme)
    .when(declineInvitation('bob@x.test'))
    .then(rejected('not_found', { resource: 'invitation' }))
})
