import { describe, test } from 'vitest'
import { noon } from '../../support/commands.ts'
import {
  admin,
  bulkInvite,
  invitation,
  inviteMember,
  mailsAskedFor,
  member,
  organization,
  owner,
  role,
} from '../../support/facts.ts'
import { answers, event, given, mailsTo, nothingNew, rejected, seatsAre } from '../../support/given.ts'

const outcome = (email: string, outcome: string, invitationId: string | null = null) => ({
  email,
  outcome,
  invitationId,
})
const invited = (email: string) => outcome(email, 'invited', `inv_${email}`)

const acme = [organization(), owner('ann'), admin('sue')]

test('every row has its one outcome, in the order given', () => {
  given(
    organization({ seatLimit: 6 }),
    owner('ann'),
    admin('sue'),
    member('bob', { status: 'suspended' }),
    member('gone', { status: 'removed' }),
    invitation('cat@x.test'),
    invitation('late@x.test', { id: 'inv_first', expiresAt: noon }),
  )
    .when(
      bulkInvite(
        [
          'ann@x.test',
          'bob@x.test',
          'cat@x.test',
          'not an address',
          { email: 'boss@x.test', role: 'owner' },
          { email: 'chief@x.test', role: 'admin' },
          { email: 'who@x.test', role: 'ghost' },
          'gone@x.test',
          'gone@x.test',
          'late@x.test',
          'new@x.test',
          'over@x.test',
        ],
        { by: 'sue' },
      ),
    )
    .then(
      event('invitation.created', { email: 'gone@x.test' }),
      event('invitation.expired', { email: 'late@x.test' }),
      event('invitation.created', { email: 'late@x.test' }),
      event('invitation.created', { email: 'new@x.test' }),
      mailsTo('gone@x.test', 'late@x.test', 'new@x.test'),
      answers({
        results: [
          outcome('ann@x.test', 'already_member'),
          outcome('bob@x.test', 'already_member'),
          outcome('cat@x.test', 'already_invited', 'inv_cat@x.test'),
          outcome('not an address', 'invalid_email'),
          outcome('boss@x.test', 'role_not_allowed'),
          outcome('chief@x.test', 'role_not_allowed'),
          outcome('who@x.test', 'role_not_allowed'),
          invited('gone@x.test'),
          outcome('gone@x.test', 'duplicate'),
          invited('late@x.test'),
          invited('new@x.test'),
          outcome('over@x.test', 'seat_limit_reached'),
        ],
        seats: { used: 6, active: 2, pending: 4, limit: 6, available: 0 },
      }),
    )
})

test('the rows that come first get the free seats', () => {
  given(organization({ seatLimit: 3 }), owner('ann'))
    .when(bulkInvite(['b@x.test', 'c@x.test', 'd@x.test', 'e@x.test']))
    .then(event('invitation.created', { email: 'b@x.test' }), event('invitation.created', { email: 'c@x.test' }))
})

test('a second row of one address is a duplicate whatever became of the first', () => {
  given(...acme)
    .when(bulkInvite([{ email: 'b@x.test', role: 'ghost' }, 'b@x.test', 'ann@x.test', 'ann@x.test']))
    .then(
      nothingNew(),
      answers({
        results: [
          outcome('b@x.test', 'role_not_allowed'),
          outcome('b@x.test', 'duplicate'),
          outcome('ann@x.test', 'already_member'),
          outcome('ann@x.test', 'duplicate'),
        ],
      }),
    )
})

test('rows that are no address are each told so', () => {
  given(...acme)
    .when(bulkInvite(['no', 'no', '']))
    .then(nothingNew(), answers({ results: ['no', 'no', ''].map((email) => outcome(email, 'invalid_email')) }))
})

test('the daily cap of mails stops a bulk where it stops single invitations', () => {
  given(...acme, mailsAskedFor(3))
    .when(bulkInvite(['b@x.test', 'c@x.test', 'd@x.test'], { mailsPerDay: 5 }))
    .then(
      event('invitation.created', { email: 'b@x.test' }),
      event('invitation.created', { email: 'c@x.test' }),
      answers({ results: [{}, {}, outcome('d@x.test', 'invitation_rate_limited')] }),
    )
  given(...acme)
    .when(bulkInvite(['b@x.test', 'c@x.test'], { mailsPerDay: 2 }), inviteMember('d@x.test', { mailsPerDay: 2 }))
    .then(rejected('invitation_rate_limited'))
})

test('nobody but an owner invites an owner where there may be several, and nobody where there is to be one', () => {
  const boss = [{ email: 'boss@x.test', role: 'owner' }]
  given(...acme)
    .when(bulkInvite(boss, { by: 'ann' }))
    .then(event('invitation.created', { role: 'owner' }))
  given(organization({ ownership: 'single' }), owner('ann'))
    .when(bulkInvite(boss, { by: 'ann' }))
    .then(nothingNew(), answers({ results: [outcome('boss@x.test', 'role_not_allowed')] }))
})

test('a row never hands out more than the actor has', () => {
  const deputy = role('deputy', [
    'organization:read',
    'members:read',
    'products:use',
    'members:manage',
    'admins:manage',
  ])
  given(...acme, deputy, role('biller', ['billing:manage']), member('dee', { role: 'deputy' }))
    .when(
      bulkInvite(
        [
          { email: 'b@x.test', role: 'biller' },
          { email: 'c@x.test', role: 'deputy' },
        ],
        { by: 'dee' },
      ),
    )
    .then(
      event('invitation.created', { email: 'c@x.test', role: 'deputy' }),
      answers({ results: [outcome('b@x.test', 'role_not_allowed'), {}] }),
    )
})

describe('all or none', () => {
  const limited = [organization({ seatLimit: 3 }), owner('ann'), invitation('cat@x.test')]

  test('invites everybody where everybody can be', () => {
    given(...acme)
      .when(bulkInvite(['b@x.test', 'c@x.test'], { mode: 'all' }))
      .then(event('invitation.created'), event('invitation.created'), seatsAre({ pending: 2 }))
  })
  test('invites nobody where one cannot be, and says who', () => {
    given(...limited)
      .when(bulkInvite(['b@x.test', 'cat@x.test', 'd@x.test'], { mode: 'all' }))
      .then(
        rejected('bulk_refused', {
          results: [
            outcome('b@x.test', 'invited'),
            outcome('cat@x.test', 'already_invited', 'inv_cat@x.test'),
            outcome('d@x.test', 'seat_limit_reached'),
          ],
          seats: { used: 2, limit: 3 },
        }),
        seatsAre({ used: 2 }),
      )
  })
})

describe('a dry run', () => {
  test.each(['each', 'all'] as const)('of mode %s answers the same and changes nothing', (mode) => {
    given(organization({ seatLimit: 2 }), owner('ann'))
      .when(bulkInvite(['b@x.test', 'c@x.test', 'ann@x.test'], { mode, dryRun: true }))
      .then(
        nothingNew(),
        answers({
          results: [
            outcome('b@x.test', 'invited'),
            outcome('c@x.test', 'seat_limit_reached'),
            outcome('ann@x.test', 'already_member'),
          ],
          seats: { used: 2 },
        }),
        seatsAre({ used: 1 }),
      )
  })
  test('leaves an expired invitation unswept', () => {
    given(...acme, invitation('late@x.test', { id: 'inv_first', expiresAt: noon }))
      .when(bulkInvite(['late@x.test'], { dryRun: true }))
      .then(nothingNew())
  })
})
