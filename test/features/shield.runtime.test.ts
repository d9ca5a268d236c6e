import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { LOOK_UPS_PER_NETWORK, NETWORK_CALLS_PER_COUNT } from '../../src/accounts/shield.ts'
import worker from '../../src/index.ts'
import { ORIGIN, operator } from '../support/api.ts'
import { newOrganization } from '../support/api-builders.ts'
import { newApiKey, newSession } from '../support/api-world.ts'

/* What a stranger's calls cost, over API and pages, and that nobody else pays for them. */

/** The whole deployment on an isolate of its own, which counts what reaches D1; the platform lets `limit` counts through. */
function isolate(limit = Number.POSITIVE_INFINITY) {
  const counted: string[] = []
  const seen = { statements: 0 }
  const ACCOUNTS = new Proxy(env.ACCOUNTS, {
    get(target, name) {
      const value = Reflect.get(target, name) as unknown
      if (typeof value !== 'function') return value
      return (...parameters: unknown[]) => {
        if (name === 'prepare' && String(parameters[0]).includes('sessions')) seen.statements += 1
        return (value as (...all: unknown[]) => unknown).apply(target, parameters)
      }
    },
  })
  const SHIELD: RateLimit = {
    limit: async ({ key }) => {
      counted.push(key)
      return { success: counted.filter((other) => other === key).length <= limit }
    },
  }
  const call = async (path: string, headers: Record<string, string> = {}, ip = '192.0.2.1') => {
    const request = new Request(`${ORIGIN}${path}`, {
      headers: { 'CF-Connecting-IP': ip, ...headers },
      redirect: 'manual',
    })
    return worker.fetch(request as never, { ...env, ACCOUNTS, SHIELD } as Env, createExecutionContext())
  }
  return { call, counted, seen }
}

const random = (bytes = 32) => randomBytes(bytes).toString('base64url')
const bearer = (token: string) => ({ Authorization: `Bearer ${token}` })
const sessionCookie = (token: string) => ({ Cookie: `__Host-muster_session=${token}` })
const statuses = async (answers: Promise<Response>[]) => {
  const all = (await Promise.all(answers)).map(({ status }) => status)
  return Object.fromEntries([...Map.groupBy(all, (status) => status)].map(([status, group]) => [status, group.length]))
}
const times = <T>(count: number, call: () => T): T[] => Array.from({ length: count }, call)

/** Makes a network wait: the platform lets no count of it through. */
async function heldUp(call: ReturnType<typeof isolate>['call'], ip?: string) {
  for (const answer of times(NETWORK_CALLS_PER_COUNT, () => call('/health', {}, ip))) await answer
  expect((await call('/health', {}, ip)).status).toBe(429)
}

describe('unknown credentials', () => {
  test('of four hundred at once, one network has a hundred looked up', async () => {
    const { call, seen } = isolate()
    const answers = await statuses(times(400, () => call('/v1/session', bearer(`mst_${random()}`))))
    expect(answers).toEqual({ 401: LOOK_UPS_PER_NETWORK, 429: 400 - LOOK_UPS_PER_NETWORK })
    expect(seen.statements).toBe(LOOK_UPS_PER_NETWORK)
    expect((await call('/v1/session', bearer(`mst_${random()}`), '192.0.2.2')).status).toBe(401)
  })

  test('are looked up once in five seconds, however often they come', async () => {
    const { call, seen } = isolate()
    const token = bearer(`mst_${random()}`)
    expect((await call('/v1/session', token)).status).toBe(401)
    expect(await statuses(times(50, () => call('/v1/session', token)))).toEqual({ 401: 50 })
    expect(seen.statements).toBe(1)
  })

  test('as cookies of the operator count with all others', async () => {
    const { call, seen } = isolate()
    const cookie = () => ({ Cookie: `__Host-muster_operator=${random()}` })
    const pages = await statuses(times(150, () => call('/operator/organizations', cookie())))
    expect(pages).toEqual({ 303: LOOK_UPS_PER_NETWORK, 429: 50 })
    expect(seen.statements).toBeLessThanOrEqual(LOOK_UPS_PER_NETWORK)
  })

  test('on pages count with those of the API', async () => {
    const { call, seen } = isolate()
    const pages = await statuses(times(150, () => call('/account', sessionCookie(`mst_${random()}`))))
    expect(pages).toEqual({ 303: LOOK_UPS_PER_NETWORK, 429: 50 })
    expect((await call('/v1/session', bearer(`mst_${random()}`))).status).toBe(429)
    expect(seen.statements).toBe(LOOK_UPS_PER_NETWORK)
  })

  test('of API keys reach no organization once the network has used up its look-ups', async () => {
    const { call } = isolate()
    const { id } = await newOrganization()
    const guesses = times(150, () => call(`/v1/organizations/${id}/seats`, bearer(`mk_${id}_${random()}`)))
    expect(await statuses(guesses)).toEqual({ 401: LOOK_UPS_PER_NETWORK, 429: 50 })
  })

  test('do not concern a backend at the same address, whose credentials were good a moment ago', async () => {
    const { call } = isolate(0)
    const team = await newOrganization()
    const { secret } = await newApiKey(team)
    const { token } = await newSession(team.owner)
    const good = [
      () => call(`${team.path}/seats`, bearer(secret)),
      () => call('/v1/session', bearer(token)),
      () => call('/account', sessionCookie(token)),
      () => call('/v1/settings', operator),
    ]
    for (const one of good) expect((await one()).status).toBe(200)
    await statuses(times(150, () => call('/v1/session', bearer(`mst_${random()}`))))
    expect((await call('/health')).status).toBe(429)
    for (const one of good) expect((await one()).status).toBe(200)
  })

  test('are no way around the count of calls', async () => {
    const { call } = isolate(0)
    for (const _ of times(NETWORK_CALLS_PER_COUNT, () => null)) await call('/health', bearer(random()))
    expect((await call('/health', bearer(random()))).status).toBe(429)
  })

  test('are what a key is from the moment it is revoked', async () => {
    const { call } = isolate()
    const team = await newOrganization()
    const { secret, id } = await newApiKey(team)
    expect((await call(`${team.path}/seats`, bearer(secret))).status).toBe(200)
    await team.owner.api.delete(`${team.path}/api-keys/${id}`)
    expect((await call(`${team.path}/seats`, bearer(secret))).status).toBe(401)
  })
})

describe('calls without a credential', () => {
  test.each(['/health', '/openapi.json', '/v1/nowhere', '/docs', '/', '/sign-in', '/nowhere'])(
    'are held up by network: %s',
    async (path) => {
      const { call, counted } = isolate(0)
      await heldUp(call, '2001:db8:5:5::1')
      const refused = await call(path, {}, '2001:db8:5:5:ffff::2')
      expect([refused.status, refused.headers.get('Retry-After')]).toEqual([429, '10'])
      const isPage = ['/docs', '/', '/sign-in', '/nowhere'].includes(path)
      expect(refused.headers.get('Content-Type')).toMatch(isPage ? /^text\/html/ : 'application/problem+json')
      expect((await call(path, {}, '2001:db8:5:6::1')).status).not.toBe(429)
      expect(counted[0]).toBe('network:2001:db8:5:5::/64')
    },
  )

  test('of this machine, or by a service binding, are not counted', async () => {
    const { call, counted } = isolate(0)
    for (const ip of ['127.0.0.1', '::1']) {
      expect(await statuses(times(50, () => call('/health', {}, ip)))).toEqual({ 200: 50 })
    }
    expect(counted).toEqual([])
  })

  test('never count for the operator', async () => {
    const { call, counted } = isolate(0)
    expect(await statuses(times(150, () => call('/v1/settings', operator)))).toEqual({ 200: 150 })
    expect(counted).toEqual([])
  })
})
