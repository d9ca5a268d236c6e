import { test } from 'vitest'
import { noon } from '../../support/commands.ts'
import { expireInvitations, invitation, organization, owner } from '../../support/facts.ts'
import { answers, event, given, invitationIs, nothingNew, seatsAre } from '../../support/given.ts'

const acme = [organization({ seatLimit: 3 }), owner('ann')]

test('the sweep writes down what has expired and leaves the rest', () => {
  given(...acme, invitation('bob@x.test', { expiresAt: noon }), invitation('cat@x.test', { expiresAt: noon + 1 }))
    .when(expireInvitations())
    .then(
      event('invitation.expired', { email: 'bob@x.test' }),
      answers({ expired: 1, more: false }),
      invitationIs('bob@x.test', { status: 'expired' }),
      invitationIs('cat@x.test', { status: 'pending' }),
    )
})

test('the seats are the same before and after the sweep', () => {
  const overdue = [invitation('bob@x.test', { expiresAt: noon }), invitation('cat@x.test', { expiresAt: noon - 1 })]
  given(...acme, ...overdue)
    .when(expireInvitations({ limit: 1 }))
    .then(event('invitation.expired'), seatsAre({ used: 1, pending: 0 }))
})

test('it stops at its limit and says that there is more', () => {
  const overdue = ['bob', 'cat', 'dan'].map((name) => invitation(`${name}@x.test`, { expiresAt: noon }))
  given(...acme, ...overdue)
    .when(expireInvitations({ limit: 2 }))
    .then(event('invitation.expired'), event('invitation.expired'), answers({ expired: 2, more: true }))
})

test('a second sweep finds nothing', () => {
  given(...acme, invitation('bob@x.test', { expiresAt: noon }))
    .when(expireInvitations(), expireInvitations())
    .then(nothingNew(), answers({ expired: 0, more: false }))
})
