import { describe, expect, test } from 'vitest'
import type { Notice } from '../../src/membership/mail.ts'
import { noon } from '../support/commands.ts'
import {
  addMember,
  admin,
  createApiKey,
  ids,
  leave,
  member,
  organization,
  owner,
  removeMember,
  suspendMember,
  transferOwnership,
  updateMember,
} from '../support/facts.ts'
import { check, event, given } from '../support/given.ts'

const acme = [organization(), owner('ann')]

/** The notices that were sent: to whom, and about what. */
const notices = (...expected: readonly (readonly [email: string, subject: object])[]) =>
  check(({ answer, store }) => {
    expect(answer).toMatchObject({ ok: true })
    const sent = store.mails.filter((mail): mail is Notice => mail.kind === 'notice')
    expect(sent.map(({ recipients, subject }) => [recipients[0]?.email, subject])).toMatchObject(expected)
    expect(sent).toHaveLength(expected.length)
  })

describe('somebody is mailed when', () => {
  test('they are removed, and not when they leave', () => {
    given(...acme, member('bob'))
      .when(removeMember('bob', { by: 'ann' }))
      .then(event('member.removed'), notices(['bob@x.test', { about: 'removed', at: noon }]))
    given(...acme, member('bob'))
      .when(leave('bob'))
      .then(event('member.left'), notices())
  })

  test('they are suspended', () => {
    given(...acme, member('bob'))
      .when(suspendMember('bob', { by: 'ann' }))
      .then(event('member.suspended'), notices(['bob@x.test', { about: 'suspended' }]))
  })

  test('they become an owner, or stop being one', () => {
    given(...acme, admin('bob'))
      .when(updateMember('bob', { role: 'owner', by: 'ann' }))
      .then(event('member.role_changed'), notices(['bob@x.test', { about: 'owner_given' }]))
    given(...acme, owner('bob'))
      .when(updateMember('bob', { role: 'member', by: 'ann' }))
      .then(event('member.role_changed'), notices(['bob@x.test', { about: 'owner_lost' }]))
  })

  test('ownership is transferred, both of them', () => {
    given(...acme, admin('bob'))
      .when(transferOwnership('bob', { by: 'ann' }))
      .then(
        event('ownership.transferred'),
        event('member.role_changed'),
        event('member.role_changed'),
        notices(['bob@x.test', { about: 'owner_given' }], ['ann@x.test', { about: 'owner_lost' }]),
      )
  })

  test('the operator adds them as an owner', () => {
    given(...acme)
      .when(addMember('bob', { role: 'owner' }))
      .then(event('member.added'), notices(['bob@x.test', { about: 'owner_given' }]))
  })

  test('they create an API key, with where they did it from', () => {
    const origin = { device: 'Firefox on Windows', network: '203.0.113.0/24' }
    const by = { ...ids.caller('ann'), origin } as ReturnType<typeof ids.caller>
    given(...acme)
      .when(createApiKey('sync', ['members:read'], { by }))
      .then(event('api_key.created'), notices(['ann@x.test', { about: 'api_key_created', origin }]))
  })
})

test('nobody is told where somebody else acted from', () => {
  const by = { ...ids.caller('ann'), origin: { device: 'curl', network: '203.0.113.0/24' } } as ReturnType<
    typeof ids.caller
  >
  given(...acme, member('bob'))
    .when(removeMember('bob', { by }))
    .then(
      event('member.removed'),
      check(({ store }) => expect(JSON.stringify(store.mails)).not.toContain('203.0.113')),
    )
})

test('what changes neither access nor ownership sends no mail', () => {
  given(...acme, member('bob'))
    .when(updateMember('bob', { role: 'admin', by: 'ann' }))
    .then(event('member.role_changed'), notices())
  given(...acme, member('bob', { status: 'suspended' }))
    .when(suspendMember('bob', { by: 'ann' }))
    .then(notices())
  given(...acme)
    .when(createApiKey('sync', ['members:read']))
    .then(event('api_key.created'), notices())
})
