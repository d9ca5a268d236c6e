import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { directoriesOf } from '../../src/directory/directories.ts'
import { hasPendingInvitation } from '../../src/directory/invitations-of-address.ts'
import { as, operator } from '../support/api.ts'
import { followed, newInvitation, newOrganization } from '../support/api-builders.ts'

const isAwaited = (email: string, now = Date.now()) => hasPendingInvitation(directoriesOf(env), email, now)

test('an address is awaited while any of its invitations is pending, to the millisecond', async () => {
  const [first, second] = [await newOrganization(), await newOrganization()]
  const expiresAt = Date.now() + 3_600_000
  const fields = { email: 'awaited@x.test', expires_at: new Date(expiresAt).toISOString() }
  expect(await isAwaited('awaited@x.test')).toBe(false)
  const [canceled] = [await newInvitation(first, fields), await newInvitation(second, fields)]
  await as(operator).post(`${canceled.path}/cancel`)
  await followed(first)
  await followed(second)

  expect(await isAwaited('awaited@x.test')).toBe(true)
  expect(await isAwaited('awaited@x.test', expiresAt - 1)).toBe(true)
  expect(await isAwaited('awaited@x.test', expiresAt)).toBe(false)
  expect(await isAwaited('other@x.test')).toBe(false)
})

test('an address is not awaited by who has canceled', async () => {
  const team = await newOrganization()
  const { path } = await newInvitation(team, { email: 'canceled@x.test' })
  await as(operator).post(`${path}/cancel`)
  await followed(team)
  expect(await isAwaited('canceled@x.test')).toBe(false)
})
