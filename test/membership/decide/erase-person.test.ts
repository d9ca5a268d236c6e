import { describe, expect, test } from 'vitest'
import { ENTRIES_PER_STEP, INVITATIONS_PER_STEP } from '../../../src/membership/decide/erase-person.ts'
import { isErased } from '../../../src/membership/event.ts'
import { days, noon } from '../../support/commands.ts'
import {
  addMember,
  erasePerson,
  ids,
  invitation,
  member,
  organization,
  owner,
  removeMember,
  resendInvitation,
  updateMember,
  updatePeople,
} from '../../support/facts.ts'
import { answers, check, event, given, invitationIs, memberIs, nothingNew, rejected } from '../../support/given.ts'

const acme = [organization(), owner('ann')]
const nowhere = `${ids.person('bob').userId}@deleted.invalid`
const done = answers({ nextSeq: null })
const gone = { status: 'removed', email: nowhere, profile: {}, attributes: {}, personName: null } as const

describe('a person', () => {
  test('leaves, and their row says nothing of them any more', () => {
    const known = { profile: { name: 'Bob' }, attributes: { plan: 'pro' }, lastSignInAt: noon }
    given(...acme, member('bob', known))
      .when(erasePerson('bob'))
      .then(
        event('member.removed', { role: 'member' }),
        event('member.erased', { erased: [] }),
        done,
        memberIs('bob', { ...gone, lastSignInAt: null, role: 'member' }),
      )
  })

  test('who had left before is forgotten without leaving again', () => {
    given(...acme, member('bob', { status: 'removed' }))
      .when(erasePerson('bob'))
      .then(event('member.erased'), done, memberIs('bob', gone))
  })

  test('is erased once', () => {
    given(...acme, member('bob'))
      .when(erasePerson('bob'), erasePerson('bob'))
      .then(nothingNew(), done)
  })

  test('does not come back with late news of the account', () => {
    given(...acme, member('bob'))
      .when(erasePerson('bob'), updatePeople([{ who: 'bob', name: 'Bob', revision: 1_000_000 }]))
      .then(nothingNew(), memberIs('bob', gone))
  })

  test('who is the last owner does not go', () => {
    given(...acme, member('bob'))
      .when(erasePerson('ann'))
      .then(rejected('last_owner'))
  })

  test('who is the last owner of what is deleted anyway does', () => {
    given(organization({ deletedAt: noon - 1 }), owner('ann'))
      .when(erasePerson('ann'))
      .then(event('member.removed'), event('member.erased'), done)
  })

  test('is erased by the accounts alone', () => {
    given(...acme, member('bob'))
      .when(erasePerson('bob', { by: 'ann' }))
      .then(rejected('forbidden'))
    given(...acme, member('bob'))
      .when(erasePerson('bob', { by: 'eve' }))
      .then(rejected('not_found'))
  })

  test('nobody knows here is no work', () => {
    given(...acme)
      .when(erasePerson('bob'))
      .then(nothingNew(), done)
  })
})

describe('the log', () => {
  const named = addMember('bob', { profile: { name: 'Bob' } })
  const renamed = updateMember('bob', { profile: { name: 'Robert' }, role: 'admin' })

  test('forgets what is personal, keeps the rest, and says which entries are others now', () => {
    given(...acme)
      .when(named, addMember('cat'), renamed, removeMember('bob'), erasePerson('bob'))
      .then(
        event('member.erased', { erased: [1, 4, 5] }),
        check(({ store }) => {
          const told = store.log.map((entry) => [entry.type, entry.data, isErased(entry)])
          expect(told.slice(0, 5)).toEqual([
            ['member.added', { role: 'member', source: 'added' }, true],
            ['member.added', { email: 'cat@x.test', role: 'member', source: 'added' }, false],
            ['member.role_changed', { role: { from: 'member', to: 'admin' } }, false],
            ['member.profile_updated', {}, true],
            ['member.removed', { role: 'admin' }, true],
          ])
        }),
      )
  })

  test('of somebody with very many entries is gone through in steps; rows come last', () => {
    const renamings = Array.from({ length: ENTRIES_PER_STEP }, (_, index) =>
      updateMember('bob', { profile: { name: `Bob ${index}` } }),
    )
    const history = [named, ...renamings]
    given(...acme)
      .when(...history, erasePerson('bob'))
      .then(
        event('member.removed'),
        event('member.erased'),
        answers({ nextSeq: ENTRIES_PER_STEP }),
        memberIs('bob', { status: 'removed', email: 'bob@x.test' }),
      )
    given(...acme)
      .when(...history, erasePerson('bob'), erasePerson('bob', { afterSeq: ENTRIES_PER_STEP }))
      .then(event('member.erased', { erased: [ENTRIES_PER_STEP + 1] }), done, memberIs('bob', gone))
  })
})

describe('invitations to the person', () => {
  const settled = { name: 'Bob', status: 'declined' } as const

  test('that are settled are erased, with or without a membership', () => {
    given(...acme, invitation('bob@x.test', settled), invitation('cat@x.test', settled))
      .when(erasePerson('bob'))
      .then(
        event('invitation.erased'),
        done,
        invitationIs('bob@x.test', { email: nowhere, name: null, status: 'declined' }),
        invitationIs('cat@x.test', settled),
      )
  })

  test('that they accepted under a former address are erased, too', () => {
    const accepted = { status: 'accepted', memberId: ids.person('bob').memberId } as const
    given(...acme, member('bob'), invitation('old@x.test', accepted))
      .when(erasePerson('bob'))
      .then(event('member.removed'), event('member.erased'), invitationIs('old@x.test', { email: nowhere }))
  })

  test('that are still open are canceled and erased', () => {
    given(...acme, invitation('bob@x.test', { name: 'Bob' }))
      .when(erasePerson('bob'))
      .then(
        event('invitation.canceled', { reason: 'account_deleted' }),
        event('invitation.erased'),
        done,
        invitationIs('bob@x.test', { email: nowhere, name: null, status: 'canceled' }),
      )
  })

  test('whose time has come are written down as expired, and nobody is sent one of them again', () => {
    const overdue = invitation('bob@x.test', { expiresAt: noon, sentAt: noon - days(1) })
    given(...acme, overdue)
      .when(erasePerson('bob'))
      .then(
        event('invitation.expired'),
        event('invitation.erased'),
        invitationIs('bob@x.test', { status: 'expired', email: nowhere }),
      )
    given(...acme, overdue)
      .when(erasePerson('bob'), resendInvitation('bob@x.test'))
      .then(rejected('invitation_not_pending', { status: 'expired' }))
  })

  test('are gone through in steps', () => {
    const many = Array.from({ length: INVITATIONS_PER_STEP + 1 }, (_, index) =>
      invitation('bob@x.test', { ...settled, id: `inv_${index}` }),
    )
    given(...acme, ...many)
      .when(erasePerson('bob'))
      .then(event('invitation.erased'), answers({ nextSeq: 0 }))
    given(...acme, ...many)
      .when(erasePerson('bob'), erasePerson('bob'))
      .then(event('invitation.erased'), done)
  })
})
