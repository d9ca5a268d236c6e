import { test } from 'vitest'
import { noon } from '../../support/commands.ts'
import { acceptInvitation, admin, cancelInvitation, invitation, organization, owner } from '../../support/facts.ts'
import { event, given, nothingNew, rejected, seatsAre } from '../../support/given.ts'

const acme = [organization(), owner('ann'), admin('sue')]

test('canceling frees the seat and kills the link', () => {
  given(...acme, invitation('bob@x.test'))
    .when(cancelInvitation('bob@x.test', { by: 'sue' }))
    .then(event('invitation.canceled', { email: 'bob@x.test' }), seatsAre({ pending: 0 }))
  given(...acme, invitation('bob@x.test'))
    .when(cancelInvitation('bob@x.test'), acceptInvitation('bob'))
    .then(rejected('invitation_canceled'))
})

test('canceling twice changes nothing more', () => {
  given(...acme, invitation('bob@x.test', { status: 'canceled' }))
    .when(cancelInvitation('bob@x.test'))
    .then(nothingNew())
})

test.each(['accepted', 'declined', 'expired'] as const)('what was %s is not canceled', (status) => {
  given(...acme, invitation('bob@x.test', { status }))
    .when(cancelInvitation('bob@x.test'))
    .then(rejected('invitation_not_pending', { status }))
})

test('an invitation cannot be canceled from the millisecond it expires', () => {
  given(...acme, invitation('bob@x.test', { expiresAt: noon }))
    .when(cancelInvitation('bob@x.test'))
    .then(rejected('invitation_not_pending', { status: 'expired' }))
  given(...acme, invitation('bob@x.test', { expiresAt: noon }))
    .when(cancelInvitation('bob@x.test', { now: noon - 1 }))
    .then(event('invitation.canceled'))
})

test('an admin cancels the invitation of a member, not that of an admin or owner', () => {
  given(...acme, invitation('bob@x.test', { role: 'admin' }))
    .when(cancelInvitation('bob@x.test', { by: 'sue' }))
    .then(rejected('forbidden', { permission: 'admins:manage' }))
  given(...acme, invitation('bob@x.test', { role: 'owner' }))
    .when(cancelInvitation('bob@x.test', { by: 'sue' }))
    .then(rejected('forbidden', { permission: 'owners:manage' }))
})
