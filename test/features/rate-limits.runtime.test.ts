import { env } from 'cloudflare:workers'
import { describe, expect, test, vi } from 'vitest'
import { CALLS_PER_COUNT, NETWORK_CALLS_PER_COUNT } from '../../src/accounts/shield.ts'
import { api } from '../../src/http/app.ts'
import { as, bearer, type Credential, expectProblem, type Fetch, nobody, onBehalfOf, operator } from '../support/api.ts'
import { emailOfFile, newInvitation, newOrganization, reseam } from '../support/api-builders.ts'
import { newApiKey } from '../support/api-world.ts'
import { everythingOf, inAccounts } from './storage.ts'

/* What holds up a runaway client, and what an organization may send by mail. */

/**
 * A shield whose platform counts the calls of each key that it is told of, lets so many of these through, and tells which keys it was asked
 * about.
 */
function shielded(limit: number) {
  const app = api()
  const asked: string[] = []
  const SHIELD: RateLimit = {
    limit: async ({ key }) => {
      asked.push(key)
      return { success: asked.filter((other) => other === key).length <= limit }
    },
  }
  const worker: Fetch = async (request) => app.fetch(request, { ...env, SHIELD })
  return { asked, as: (credential: Credential) => as(credential, worker) }
}

/** Makes the calls that are not counted, and then answers with the one that is. */
async function counted<T extends { readonly status: number }>(
  call: () => Promise<T>,
  callsPerCount = CALLS_PER_COUNT,
): Promise<T> {
  const uncounted = await Promise.all(Array.from({ length: callsPerCount - 1 }, call))
  expect(uncounted.filter(({ status }) => status !== 200)).toEqual([])
  return call()
}

describe('the shield', () => {
  test('lets an API key make as many calls as the limit, and then tells it when to come again', async () => {
    const team = await newOrganization()
    const { secret } = await newApiKey(team)
    const key = shielded(3).as(bearer(secret))
    const call = () => key.get(team.path)
    for (const _ of [1, 2, 3]) expect((await counted(call)).status).toBe(200)
    const refused = await counted(call)
    expectProblem(refused, 429, 'rate_limited', { retry_after: 10 })
    expect(refused.headers.get('Retry-After')).toBe('10')
  })

  test('holds up every further call of the period, without asking again', async () => {
    const team = await newOrganization()
    const { secret } = await newApiKey(team)
    const shield = shielded(0)
    const call = () => shield.as(bearer(secret)).get(team.path)
    expectProblem(await counted(call), 429, 'rate_limited')
    for (const _ of Array.from({ length: CALLS_PER_COUNT })) expectProblem(await call(), 429, 'rate_limited')
    expect(shield.asked).toHaveLength(1)

    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 10_000)
    try {
      expect((await call()).status).toBe(200)
    } finally {
      vi.restoreAllMocks()
    }
  })

  test('lets nothing be done by a call that it holds up', async () => {
    const team = await newOrganization()
    const { secret } = await newApiKey(team)
    const key = shielded(0).as(bearer(secret))
    expectProblem(await counted(() => key.get(team.path)), 429, 'rate_limited')
    const before = await everythingOf(team)
    expectProblem(await key.post(`${team.path}/invitations`, { email: 'ida@x.test' }), 429, 'rate_limited')
    expect(await everythingOf(team)).toEqual(before)
  })

  test('counts each key and each person for themselves', async () => {
    const team = await newOrganization()
    const shield = shielded(1)
    const keys = [await newApiKey(team), await newApiKey(team)]
    const credentials = [...keys.map(({ secret }) => bearer(secret)), onBehalfOf(team.owner.id)]
    for (const credential of credentials) {
      const call = () => shield.as(credential).get(team.path)
      expect((await counted(call)).status).toBe(200)
      expectProblem(await counted(call), 429, 'rate_limited')
    }
  })

  test('never holds up the operator', async () => {
    const team = await newOrganization()
    const shield = shielded(0)
    for (const path of [team.path, '/v1/settings', '/v1/organizations', `${team.path}/events`]) {
      expect((await counted(() => shield.as(operator).get(path))).status).toBe(200)
    }
    expect(shield.asked).toEqual([])
  })

  test('counts whoever has no credential by their network address', async () => {
    const { token } = await newInvitation(await newOrganization())
    const shield = shielded(1)
    const from = (address: string) => () =>
      shield.as(nobody).get(`/v1/invitations/${token}`, { 'CF-Connecting-IP': address })
    const calls = (address: string) => counted(from(address), NETWORK_CALLS_PER_COUNT)
    expect((await calls('192.0.2.1')).status).toBe(200)
    expectProblem(await calls('192.0.2.1'), 429, 'rate_limited')
    expect((await calls('192.0.2.2')).status).toBe(200)
    expect((await calls('2001:db8:1:1::1')).status).toBe(200)
    expectProblem(await calls('2001:db8:1:1::2'), 429, 'rate_limited')
  })

  test('is told no secret', async () => {
    const team = await newOrganization()
    const { secret } = await newApiKey(team)
    const shield = shielded(1)
    await counted(() => shield.as(bearer(secret)).get(team.path))
    expect(shield.asked).toHaveLength(1)
    expect(shield.asked[0]).not.toContain(secret.split('_').slice(3).join('_'))
  })
})

describe('the invitation mails of a day', () => {
  const NOON = Date.UTC(2027, 0, 15, 12)
  const MIDNIGHT = Date.UTC(2027, 0, 16)

  async function given(perDay: number) {
    await as(operator).patch('/v1/settings', { invitation_mails_per_day: perDay })
    const team = await newOrganization()
    const clock = { now: NOON }
    await reseam(team, { clock: () => clock.now })
    const invite = (name: string, fields: object = {}) =>
      team.owner.api.post(`${team.path}/invitations`, { email: emailOfFile(name), ...fields })
    return { team, clock, invite }
  }

  test('are exactly as many as the setting says, of fifty invitations at once', async () => {
    const { team, invite } = await given(20)

    const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => invite(`once-${n}`)))

    const refused = answers.filter(({ status }) => status !== 201)
    expect(refused).toHaveLength(30)
    for (const answer of refused) {
      expectProblem(answer, 429, 'invitation_rate_limited', { retry_after: (MIDNIGHT - NOON) / 1_000 })
    }
    expect((await team.owner.api.get(`${team.path}/seats`)).body.pending).toBe(20)
    const sent = 'select count(*) as count from mailbox where to_address like ?'
    const all = async () => expect(await inAccounts(sent, emailOfFile('once-%'))).toEqual([{ count: 20 }])
    await vi.waitFor(all, { timeout: 90_000, interval: 200 })
  })

  test('are new ones after midnight UTC, and not before', async () => {
    const { clock, invite } = await given(1)
    expect((await invite('one')).status).toBe(201)
    clock.now = MIDNIGHT - 1
    expectProblem(await invite('two'), 429, 'invitation_rate_limited', { retry_after: 1 })
    clock.now = MIDNIGHT
    expect((await invite('two')).status).toBe(201)
    expectProblem(await invite('three'), 429, 'invitation_rate_limited')
  })

  test('are not used up by invitations that send none', async () => {
    const { invite } = await given(1)
    for (const name of ['a', 'b', 'c']) expect((await invite(name, { send_email: false })).status).toBe(201)
    expect((await invite('d')).status).toBe(201)
    expectProblem(await invite('e'), 429, 'invitation_rate_limited')
    expect((await invite('e', { send_email: false })).status).toBe(201)
  })

  test('are used up by sending one again, too', async () => {
    const { team, clock, invite } = await given(2)
    const { body } = await invite('again')
    clock.now += 60_000
    const resend = () => team.owner.api.post(`${team.path}/invitations/${body.id}/resend`)
    expect((await resend()).status).toBe(200)
    clock.now += 60_000
    expectProblem(await resend(), 429, 'invitation_rate_limited')
  })

  test('are counted for each organization by itself', async () => {
    const one = await given(1)
    const other = await given(1)
    expect([(await one.invite('x')).status, (await other.invite('x')).status]).toEqual([201, 201])
  })
})
