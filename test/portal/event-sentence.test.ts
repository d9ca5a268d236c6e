import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Actor } from '../../src/membership/actor.ts'
import { EVENT_TYPES, type EventData, type EventType, type OrganizationEvent } from '../../src/membership/event.ts'
import { BUILT_IN_ROLES } from '../../src/membership/roles.ts'
import { eventSentence, type Glossary, plainSentence, wholeSentence } from '../../src/portal/event-sentence.ts'

const glossary: Glossary = {
  names: { usr_ann: 'Ann Lee', mem_ann: 'Ann Lee', mem_bob: 'Bob Fox', opk_ci: 'CI' },
  roles: [...BUILT_IN_ROLES, { key: 'reader', name: 'Reader' }],
}

const ANN: Actor = { type: 'user', id: 'usr_ann' }
const INVITEE: Actor = { type: 'invitee', id: 'inv_bob' }

function event(type: EventType, data: EventData, targetId = 'mem_bob', actor: Actor = ANN): OrganizationEvent {
  const kind = type.startsWith('member.') ? 'member' : 'organization'
  return {
    ...{ id: 'evt_1', organizationId: 'org_1', seq: 1, occurredAt: 0, personal: null, hash: '', type, data, actor },
    target: { type: kind, id: targetId },
  }
}

const told = (entry: OrganizationEvent): string => plainSentence(wholeSentence(entry, glossary))

describe('an entry of the audit log in words', () => {
  const role = (from: string, to: string) => ({ role: { from, to } })
  test.each<[OrganizationEvent, string]>([
    [event('organization.created', { name: 'Acme', slug: 'acme' }), 'Ann Lee created Acme'],
    [
      event('organization.updated', { name: { from: 'Acme', to: 'Globex' }, upgrade_url: { from: null, to: 'x' } }),
      'Ann Lee changed the name to Globex and where to get more seats',
    ],
    [event('organization.deleted', { name: 'Acme' }), 'Ann Lee deleted Acme'],
    [
      event('organization.deleted', { name: 'Acme' }, 'org_1', { type: 'operator', id: 'opk_ci' }),
      'Operator key CI deleted Acme',
    ],
    [
      event('organization.deleted', { name: 'Acme' }, 'org_1', { ...ANN, via: { type: 'operator', id: 'opk_ci' } }),
      'Ann Lee, through operator key CI, deleted Acme',
    ],
    [
      event('organization.deleted', { name: 'Acme' }, 'org_1', { ...ANN, via: { type: 'operator', id: null } }),
      'Ann Lee, through the operator, deleted Acme',
    ],
    [event('organization.restored', {}), 'Ann Lee brought everything back after its deletion'],
    [
      event('ownership.transferred', { from: 'mem_ann', to: 'mem_bob' }, 'org_1'),
      'Ann Lee handed ownership over to Bob Fox',
    ],
    [
      event('seat_limit.changed', { seat_limit: { from: null, to: 5 } }, 'org_1', { type: 'operator', id: null }),
      'The operator changed the number of seats from unlimited to 5',
    ],
    [
      event('member.added', { email: 'a@x.test', role: 'owner', source: 'created' }),
      'Ann Lee made Bob Fox the first owner',
    ],
    [
      event('member.added', { email: 'bob@x.test', role: 'admin', source: 'invitation' }, 'mem_bob', INVITEE),
      'bob@x.test joined as Admin',
    ],
    [
      event('member.added', { email: 'bob@x.test', role: 'reader', source: 'added' }),
      'Ann Lee added Bob Fox as Reader',
    ],
    [
      event('member.role_changed', role('member', 'reader')),
      'Ann Lee changed the role of Bob Fox from Member to Reader',
    ],
    [event('member.role_changed', role('gone', 'admin')), 'Ann Lee changed the role of Bob Fox from gone to Admin'],
    [
      event('member.profile_updated', {
        email: { from: 'b@x.test', to: 'c@x.test' },
        attributes: { from: {}, to: {} },
      }),
      'Ann Lee changed the profile of Bob Fox: the email address to c@x.test and details',
    ],
    [event('member.suspended', { email: 'b@x.test' }), 'Ann Lee suspended Bob Fox'],
    [event('member.reactivated', { email: 'b@x.test' }), 'Ann Lee reactivated Bob Fox'],
    [event('member.removed', { email: 'gone@x.test' }, 'mem_gone'), 'Ann Lee removed gone@x.test'],
    [event('member.left', { email: 'ann@x.test' }, 'mem_ann'), 'Ann Lee left'],
    [event('invitation.created', { email: 'bob@x.test', role: 'admin' }), 'Ann Lee invited bob@x.test as Admin'],
    [event('invitation.resent', { email: 'bob@x.test' }), 'Ann Lee sent the invitation of bob@x.test again'],
    [event('invitation.accepted', { email: 'bob@x.test' }, 'inv_bob', INVITEE), 'bob@x.test accepted the invitation'],
    [
      event('invitation.expired', { email: 'bob@x.test' }, 'inv_bob', { type: 'system', id: 'cron' }),
      'Muster noted that the invitation of bob@x.test has expired',
    ],
    [event('role.created', { name: 'Reader' }, 'reader'), 'Ann Lee created the role Reader'],
    [
      event('role.updated', { permissions: { from: [], to: ['members:read'] } }, 'reader'),
      'Ann Lee changed the role Reader: the permissions',
    ],
    [
      event('role.deleted', { name: 'Writer', reassigned_to: 'reader', members: 2 }, 'writer'),
      'Ann Lee deleted the role Writer; 2 members became Reader',
    ],
    [event('role.deleted', { name: 'Writer', reassigned_to: null, members: 0 }), 'Ann Lee deleted the role Writer'],
    [event('member.erased', { erased: [] }, 'mem_gone'), 'Ann Lee erased what was known of a former member'],
    [event('invitation.declined', { email: 'bob@x.test' }, 'inv_bob', INVITEE), 'bob@x.test declined the invitation'],
    [event('invitation.accepted', { email: 'bob@x.test' }, 'inv_bob'), 'Ann Lee accepted the invitation of bob@x.test'],
    [event('invitation.canceled', { email: 'bob@x.test' }, 'inv_bob'), 'Ann Lee canceled the invitation of bob@x.test'],
    [
      event('invitation.erased', { erased: [] }, 'inv_bob', { type: 'system', id: 'accounts' }),
      'Muster erased what was known of somebody who was invited',
    ],
    [
      event('member.added', { email: 'bob@x.test', role: 'member', source: 'domain' }, 'mem_bob', {
        type: 'system',
        id: 'domain',
      }),
      'A verified domain added Bob Fox as Member',
    ],
    [
      event('member.suspended', {}, 'mem_gone', { type: 'user', id: 'usr_gone' }),
      'Somebody who is gone suspended somebody',
    ],
    [event('api_key.revoked', { name: 'CI' }, 'key_1'), 'Ann Lee revoked the API key CI'],
    [
      event('api_key.created', { name: 'CI' }, 'key_1', { type: 'api_key', id: 'key_0' }),
      'An API key created the API key CI',
    ],
  ])('%#: %j', (entry, sentence) => {
    expect(told(entry)).toBe(sentence)
  })

  test('marks what somebody wrote as such, and only that', () => {
    const entry = event('invitation.created', { email: 'bob@x.test', role: 'admin' })
    expect(eventSentence(entry, glossary)).toEqual(['invited ', { name: 'bob@x.test' }, ' as ', { name: 'Admin' }])
  })

  test('stands for every type, whatever the entry holds', () => {
    const data = fc.dictionary(
      fc.constantFrom('email', 'role', 'name', 'from', 'to', 'seat_limit', 'x'),
      fc.jsonValue(),
    )
    fc.assert(
      fc.property(fc.constantFrom(...EVENT_TYPES), data, fc.constantFrom(ANN, INVITEE), (type, values, actor) => {
        const sentence = told(event(type, values as EventData, 'mem_unknown', actor))
        expect(sentence.trim()).toMatch(/^\S.* \S/s)
        expect(sentence).not.toMatch(/undefined|\[object/)
      }),
    )
  })
})
