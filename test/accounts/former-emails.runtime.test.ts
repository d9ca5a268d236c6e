import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { forgetFormerEmails, seekLonger, soughtPeople } from '../../src/accounts/former-emails.ts'
import { as, operator } from '../support/api.ts'
import { newUser } from '../support/api-builders.ts'

const DAY = 24 * 60 * 60_000
const deletedAt = Date.now()

async function isSought(userId: string, now: number): Promise<boolean> {
  await seekLonger(env.ACCOUNTS, now, 100)
  await forgetFormerEmails(env.ACCOUNTS, now, 100)
  return (await soughtPeople(env.ACCOUNTS, { after: null, limit: 100 })).found.includes(userId)
}

test('what is left of a person is sought for thirty days, and for longer while an organization waits', async () => {
  const bob = await newUser()
  expect((await as(operator).delete(`/v1/users/${bob.id}`)).status).toBe(204)
  const waits = (since: number | null) =>
    env.ACCOUNTS.prepare("insert or replace into waiting_organizations values ('org_late', ?, null, 1)")
      .bind(since)
      .run()
  await waits(deletedAt - DAY)
  for (const days of [29, 29.9, 30.5, 31, 40]) expect(await isSought(bob.id, deletedAt + days * DAY)).toBe(true)
  await waits(null)
  expect(await isSought(bob.id, deletedAt + 40.9 * DAY)).toBe(true)
  expect(await isSought(bob.id, deletedAt + 41.1 * DAY)).toBe(false)
})
