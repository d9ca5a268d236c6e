import { expect, test } from 'vitest'
import { ENVIRONMENT_EVENT_TYPES, type EnvironmentEvent } from '../../../src/membership/environment-event.ts'
import { plainSentence } from '../../../src/portal/event-sentence.ts'
import { environmentEventSentence } from '../../../src/portal/operator/events/environment-event-sentence.ts'

const OPERATOR: EnvironmentEvent['actor'] = { type: 'operator', id: null }
const ANN: EnvironmentEvent['actor'] = { type: 'user', id: 'usr_ann' }
const names = { usr_ann: 'Ann', usr_bob: 'bob@x.test' }

function told(
  type: EnvironmentEvent['type'],
  data: EnvironmentEvent['data'] = {},
  { actor = OPERATOR, id = 'usr_bob' }: { readonly actor?: EnvironmentEvent['actor']; readonly id?: string } = {},
): string {
  const targetType = type === 'settings.updated' ? 'settings' : type.startsWith('user.') ? 'user' : 'user_attribute'
  const target = { type: targetType, id } as const
  const event = { seq: 1, id: 'evt_1', type, occurredAt: 0, actor, target, data }
  return plainSentence(environmentEventSentence(event, names))
}

const settings = {
  sign_up_enabled: { from: true, to: false },
  default_seat_limit: { from: null, to: 5 },
  organization_label: { from: { singular: 'Team', plural: 'Teams' }, to: { singular: 'Club', plural: 'Clubs' } },
}

test.each([
  [
    told('settings.updated', settings),
    'The operator changed the settings: sign-up from on to off, the seat limit of new organizations from none to 5 and ' +
      'what an organization is called from Team / Teams to Club / Clubs',
  ],
  [told('settings.updated', { new_one: { from: 1, to: 2 } }), 'The operator changed the settings: new_one from 1 to 2'],
  [
    told('user_attribute.created', { label: 'Department' }, { id: 'department' }),
    'The operator created the user attribute Department (department)',
  ],
  [
    told('user_attribute.updated', { label: { from: 'a', to: 'b' }, required: {} }, { id: 'department' }),
    'The operator changed the user attribute department: the label and whether it is required',
  ],
  [told('user_attribute.deleted', {}, { id: 'department' }), 'The operator deleted the user attribute department'],
  [told('user.created'), 'The operator created the account of bob@x.test'],
  [told('user.created', {}, { actor: ANN, id: 'usr_ann' }), 'Ann created their own account'],
  [
    told('user.updated', { fields: ['name', 'email_verified', 'attributes.department'] }),
    'The operator changed the account of bob@x.test: name, whether the address is verified and attribute department',
  ],
  [told('user.email_changed', {}, { actor: ANN, id: 'usr_ann' }), 'Ann changed the address of their own account'],
  [
    told('user.email_change_taken_back', {}, { actor: ANN, id: 'usr_ann' }),
    'Ann took a change of email back for their own account',
  ],
  [told('user.deleted', {}, { id: 'usr_gone' }), 'The operator deleted the account usr_gone'],
  [
    told('user.deleted', {}, { actor: { type: 'user', id: 'usr_gone' }, id: 'usr_gone' }),
    'Somebody who is gone deleted their own account',
  ],
  [
    told('user.deleted', {}, { actor: { type: 'system', id: 'cron' }, id: 'usr_gone' }),
    'Muster deleted the account usr_gone',
  ],
])('%s', (sentence, expected) => {
  expect(sentence).toBe(expected)
})

test.each(ENVIRONMENT_EVENT_TYPES)('%s is told whatever it lacks', (type) => {
  expect(told(type, {}, { id: 'usr_nobody' })).toMatch(/^The operator \w+/)
})
