import { beforeAll, describe, expect, test, vi } from 'vitest'
import { as, expectProblem, operator } from '../support/api.ts'
import { newOrganization } from '../support/api-builders.ts'
import { bulk, describeBulks, outcomesOf } from './bulk-invitations.ts'
import { everythingOf } from './storage.ts'

beforeAll(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})

describeBulks({ addresses: 60, perInviter: 30, turns: 10 })

describe('more than a thousand', () => {
  const emails = Array.from({ length: 1_001 }, (_, index) => `more-${index}@x.test`)
  const csv = ['email', ...emails].join('\n')

  test.each([
    ['addresses', { body: { emails } }],
    ['rows', { body: { rows: emails.map((email) => ({ email })) } }],
    ['rows of CSV', { raw: csv, headers: { 'Content-Type': 'text/csv' } }],
  ])('%s are refused, and nothing is done', async (_, call) => {
    const team = await newOrganization()
    const before = await everythingOf(team)
    const answer = await team.owner.api.call('POST', bulk(team), call)
    expectProblem(answer, 422, 'invalid_request')
    expect(await everythingOf(team)).toEqual(before)
  })
})

test('one address in many spellings is one person', async () => {
  const team = await newOrganization()
  const emails = [
    'jo@müller.test',
    'JO@MÜLLER.TEST',
    ' jo@xn--mller-kva.test',
    'jo@mu\u0308ller.test',
    'jo+a@müller.test',
  ]
  const answer = await team.owner.api.post(bulk(team), { emails })
  expect(outcomesOf(answer)).toEqual(['invited', 'duplicate', 'duplicate', 'duplicate', 'invited'])
  expect(answer.body.results[0].email).toBe('jo@xn--mller-kva.test')
})

test('the mails of a day end a bulk at exactly the last one', async () => {
  await as(operator).patch('/v1/settings', { invitation_mails_per_day: 7 })
  const team = await newOrganization()
  const emails = Array.from({ length: 10 }, (_, index) => `day-${index}@x.test`)
  const answer = await team.owner.api.post(bulk(team), { emails })
  await as(operator).patch('/v1/settings', { invitation_mails_per_day: 2_000 })
  expect(outcomesOf(answer)).toEqual([...Array(7).fill('invited'), ...Array(3).fill('invitation_rate_limited')])
})
