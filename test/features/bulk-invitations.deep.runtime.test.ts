import { beforeAll, expect, test, vi } from 'vitest'
import { newOrganization } from '../support/api-builders.ts'
import { holdMails } from '../support/api-mail.ts'
import { bulk, describeBulks, outcomesOf } from './bulk-invitations.ts'

beforeAll(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})

/** As many as one call takes. */
describeBulks({ addresses: 1_000, perInviter: 500, turns: 125 })

test('all or none: a thousand who can all be invited are', async () => {
  const team = await newOrganization({ seat_limit: 1_001 })
  await holdMails(team)
  const emails = Array.from({ length: 1_000 }, (_, index) => `all-${index}@x.test`)
  const answer = await team.owner.api.post(bulk(team), { emails, mode: 'all' })
  expect(answer.body.seats).toMatchObject({ used: 1_001, available: 0 })
  expect(new Set(outcomesOf(answer))).toEqual(new Set(['invited']))
})
