import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { KEY_PERMISSIONS } from '../matrix/who.ts'
import { as, bearer, expectInvalid, expectProblem } from '../support/api.ts'
import { created, followed, newMember, newOrganization, reseam, type Team } from '../support/api-builders.ts'
import { newApiKey } from '../support/api-world.ts'
import { everythingOf, inside } from './storage.ts'

const HOUR_MS = 60 * 60_000
const NOON = Date.UTC(2027, 0, 15, 12)

const keysOf = ({ path }: Team) => `${path}/api-keys`
const shownKey = async (team: Team) => (await team.owner.api.get(keysOf(team))).body.data[0]

/** A clock that stands until the test moves it. */
async function standingClock(team: Team): Promise<{ now: number }> {
  const clock = { now: NOON }
  await reseam(team, { clock: () => clock.now })
  return clock
}

beforeAll(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})

describe('the secret', () => {
  async function madeTwice() {
    const team = await newOrganization()
    const make = () =>
      team.owner.api.post(keysOf(team), { name: 'CI', permissions: ['members:read'] }, { 'Idempotency-Key': 'once' })
    const [first, second] = [await make(), await make()]
    return { team, first, second, secret: String(first.body.secret) }
  }

  test('is in the answer that makes the key, and works', async () => {
    const { team, secret } = await madeTwice()
    expect(secret).toMatch(new RegExp(`^mk_${team.id}_[A-Za-z0-9_-]{43}$`))
    expect((await as(bearer(secret)).get(`${team.path}/members`)).status).toBe(200)
  })

  test('is not in the list, nor in the repeated answer, nor in the log', async () => {
    const { team, first, second, secret } = await madeTwice()
    const { secret: _, ...rest } = first.body
    expect(second.headers.get('Idempotency-Replayed')).toBe('true')
    expect(second.body).toEqual(rest)
    const random = secret.split('_').slice(3).join('_')
    for (const path of [keysOf(team), `${team.path}/events`, `${team.path}/events/export`]) {
      const { text } = await team.owner.api.get(path)
      expect(text).toContain(first.body.id)
      expect(text).not.toContain(random)
    }
  })

  test('stands in no table, neither the organization’s nor the directory’s', async () => {
    const { team, first, secret } = await madeTwice()
    await followed(team)
    const random = secret.split('_').slice(3).join('_')
    for (const stored of [await storageOf(team), await inD1()]) {
      expect(stored).toContain(first.body.id)
      expect(stored).not.toContain(random)
      expect(stored).not.toContain(secret)
    }
  })
})

const TABLES = "select name from sqlite_master where type = 'table' and name not like '\\_%' escape '\\'"

const storageOf = (team: Team): Promise<string> =>
  inside(team, ({ sql }) => {
    const names = sql.exec<{ name: string }>(TABLES).toArray()
    return JSON.stringify(names.map(({ name }) => sql.exec(`select * from "${name}"`).toArray()))
  })

async function inD1(): Promise<string> {
  const read = async (database: D1Database) => {
    const { results } = await database.prepare(TABLES).all<{ name: string }>()
    const tables = await database.batch(results.map(({ name }) => database.prepare(`select * from "${name}"`)))
    return tables.map((table) => table.results)
  }
  return JSON.stringify([await read(env.ACCOUNTS), await read(env.DIRECTORY)])
}

describe('a key that expires', () => {
  test('works until the millisecond before, and no longer', async () => {
    const team = await newOrganization()
    const clock = await standingClock(team)
    const expires_at = new Date(NOON + 1_000).toISOString()
    const key = await newApiKey(team, ['members:read'], { expires_at })

    clock.now = NOON + 999
    expect((await key.api.get(`${team.path}/members`)).status).toBe(200)
    clock.now = NOON + 1_000
    expectProblem(await key.api.get(`${team.path}/members`), 401, 'unauthenticated')
  })

  test('expires in the future', async () => {
    const team = await newOrganization()
    await standingClock(team)
    for (const at of [NOON, NOON - 1]) {
      const body = { name: 'Late', permissions: ['members:read'], expires_at: new Date(at).toISOString() }
      expectInvalid(await team.owner.api.post(keysOf(team), body), 'expires_at')
    }
  })
})

describe('the last use', () => {
  test('is unknown before the first one', async () => {
    const team = await newOrganization()
    await newApiKey(team)
    expect((await shownKey(team)).last_used_at).toBeNull()
  })

  test('is written down once an hour at most, however often the key is used, and raises no revision', async () => {
    const team = await newOrganization()
    const clock = await standingClock(team)
    const key = await newApiKey(team)
    const use = () => Promise.all(Array.from({ length: 20 }, () => key.api.get(`${team.path}/members`)))
    const seen = async () => {
      const { revision, version } = (await everythingOf(team)).ledger
      return [(await shownKey(team)).last_used_at, { revision, version }]
    }

    await use()
    expect(await seen()).toEqual([new Date(NOON).toISOString(), { revision: 2, version: 3 }])
    clock.now = NOON + HOUR_MS - 1
    await use()
    expect(await seen()).toEqual([new Date(NOON).toISOString(), { revision: 2, version: 3 }])
    clock.now = NOON + HOUR_MS
    await use()
    expect(await seen()).toEqual([new Date(NOON + HOUR_MS).toISOString(), { revision: 2, version: 4 }])
  })

  test('reaches the directory', async () => {
    const team = await newOrganization()
    const key = await newApiKey(team)
    await key.api.get(`${team.path}/members`)
    await followed(team)
    const row = await env.DIRECTORY.prepare('select last_used_at from api_keys where id = ?').bind(key.id).first()
    expect(row?.last_used_at).not.toBeNull()
  })
})

describe('a revoked key', () => {
  test('does nothing from its next call on, and is not listed any more', async () => {
    const team = await newOrganization()
    const key = await newApiKey(team)
    const other = await newApiKey(team)
    expect((await team.owner.api.delete(`${keysOf(team)}/${key.id}`)).status).toBe(204)
    expectProblem(await key.api.get(`${team.path}/members`), 401, 'unauthenticated')
    expect((await other.api.get(`${team.path}/members`)).status).toBe(200)
    const { body } = await team.owner.api.get(keysOf(team))
    expect(body.data.map(({ id }: { id: string }) => id)).toEqual([other.id])
  })

  test('lets no call through after its revocation was answered, however many race', async () => {
    const team = await newOrganization()
    const key = await newApiKey(team)
    const invite = (n: number) => key.api.post(`${team.path}/invitations`, { email: `race-${n}@x.test` })
    const early = Array.from({ length: 10 }, (_, n) => invite(n))
    await team.owner.api.delete(`${keysOf(team)}/${key.id}`)
    const late = await Promise.all(Array.from({ length: 10 }, (_, n) => invite(100 + n)))
    expect(new Set(late.map(({ status }) => status))).toEqual(new Set([401]))
    await Promise.all(early)
  })

  test('is revoked once: doing it again is no event', async () => {
    const team = await newOrganization()
    const key = await newApiKey(team)
    for (const _ of [1, 2]) expect((await team.owner.api.delete(`${keysOf(team)}/${key.id}`)).status).toBe(204)
    const { body } = await team.owner.api.get(`${team.path}/events?type=api_key.revoked`)
    expect(body.data).toHaveLength(1)
  })

  test('makes room for another one of the hundred that an organization may have', async () => {
    const team = await newOrganization()
    const keys = []
    for (let made = 0; made < 100; made += 1) keys.push(await newApiKey(team))
    const body = { name: 'One more', permissions: ['members:read'] }
    expectProblem(await team.owner.api.post(keysOf(team), body), 409, 'api_key_limit_reached', { limit: 100 })
    await team.owner.api.delete(`${keysOf(team)}/${keys[0]?.id}`)
    created(await team.owner.api.post(keysOf(team), body))
  })
})

describe('a key that may do everything that a key can', () => {
  test('does it in its own organization alone', async () => {
    const [team, other] = [await newOrganization(), await newOrganization()]
    const key = await newApiKey(team, KEY_PERMISSIONS)
    expect((await key.api.patch(team.path, { name: 'Mine' })).status).toBe(200)
    expectProblem(await key.api.patch(other.path, { name: 'Mine' }), 404, 'not_found')
    expectProblem(await key.api.get(`${other.path}/members`), 404, 'not_found')
    await followed(team)
    const { body } = await key.api.get('/v1/organizations')
    expect(body.data.map(({ id }: { id: string }) => id)).toEqual([team.id])
  })

  test('has no say in the deployment', async () => {
    const key = await newApiKey(await newOrganization(), KEY_PERMISSIONS)
    const refused = { permission: 'operator' }
    expectProblem(await key.api.get('/v1/settings'), 403, 'forbidden', refused)
    expectProblem(await key.api.patch('/v1/settings', { sign_up_enabled: false }), 403, 'forbidden', refused)
    expectProblem(await key.api.get('/v1/users'), 403, 'forbidden', refused)
    expectProblem(await key.api.post('/v1/organizations', { name: 'Mine' }), 403, 'forbidden', refused)
    expectProblem(await key.api.post('/v1/rebuild', {}), 403, 'forbidden', refused)
  })

  test('speaks for itself, never for a person', async () => {
    const team = await newOrganization()
    const { secret } = await newApiKey(team, KEY_PERMISSIONS)
    const asOwner = as({ ...bearer(secret), 'Muster-On-Behalf-Of': team.owner.id })
    expectProblem(await asOwner.get(team.path), 403, 'forbidden', { permission: 'operator' })
  })
})

test('what a key does is in the log under its id, and its maker under theirs', async () => {
  const team = await newOrganization()
  const admin = await newMember(team, 'admin')
  const made = await admin.api.post(keysOf(team), { name: 'CI', permissions: ['organization:update'] })
  await as(bearer(made.body.secret)).patch(team.path, { name: 'Renamed' })
  const { body } = await team.owner.api.get(`${team.path}/events?limit=2`)
  expect(body.data).toMatchObject([
    { type: 'organization.updated', actor: { type: 'api_key', id: made.body.id } },
    { type: 'api_key.created', actor: { type: 'user', id: admin.id } },
  ])
  expect(made.body.created_by).toEqual({ type: 'user', id: admin.id })
})
