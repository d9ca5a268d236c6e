import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { revokeSession, startSession } from '../../../src/accounts/sessions.ts'
import { inAccounts } from '../../features/storage.ts'
import {
  as,
  bearer,
  type Client,
  expectInvalid,
  expectProblem,
  idsOf,
  onBehalfOf,
  operator,
} from '../../support/api.ts'
import { newOrganization, newUser, type Person } from '../../support/api-builders.ts'
import { broken, databasesThat } from '../../support/api-faults.ts'
import { newSession, someId } from '../../support/api-world.ts'

const PATH = '/v1/users/me/sessions'
const SECOND = 1_000

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

interface Device {
  readonly id: string
  readonly token: string
  readonly api: Client
}

async function newDevice(person: { readonly id: string }): Promise<Device> {
  const { token, session } = await newSession(person)
  return { id: session.id, token, api: as(bearer(token)) }
}

/** Somebody with several devices. */
async function newOwner(devices: number): Promise<{ person: Person; devices: Device[] }> {
  const person = await newUser()
  const all: Device[] = []
  for (let index = 0; index < devices; index += 1) all.push(await newDevice(person))
  return { person, devices: all }
}

const isIn = async ({ api }: Device): Promise<boolean> => (await api.get('/v1/session')).status === 200
const areIn = async (devices: readonly Device[]): Promise<boolean[]> => Promise.all(devices.map(isIn))

describe('own sessions', () => {
  test('are listed with what people recognize them by, and which one is the present', async () => {
    const { person, devices } = await newOwner(2)
    await newDevice(await newUser())
    const { body } = await (devices[0] as Device).api.get(PATH)
    const common = {
      ...{ object: 'session', user_id: person.id, organization_id: null, method: 'email_code', user_agent: 'Test' },
      ...{ reach_organization_id: null, authenticated_at: expect.any(String) },
      ...{ created_at: expect.any(String), last_seen_at: expect.any(String), expires_at: expect.any(String) },
    }
    const byId = (id: string) => body.data.find((session: { id: string }) => session.id === id)
    expect(body.data).toHaveLength(2)
    expect(byId(devices[0]?.id ?? '')).toEqual({ ...common, id: devices[0]?.id, current: true })
    expect(byId(devices[1]?.id ?? '')).toEqual({ ...common, id: devices[1]?.id, current: false })
  })

  test('are listed page by page, the last used first', async () => {
    const { person, devices } = await newOwner(5)
    const start = Date.now()
    for (const [index, { id }] of devices.entries()) {
      await inAccounts('update sessions set last_seen_at = ? where id = ?', start - index * SECOND, id)
    }
    const api = as(onBehalfOf(person.id))
    const first = await api.get(`${PATH}?limit=3`)
    const second = await api.get(`${PATH}?limit=3&cursor=${first.body.next_cursor}`)
    expect([...idsOf(first), ...idsOf(second)]).toEqual(devices.map(({ id }) => id))
    expect(second.body.next_cursor).toBeNull()
    expectInvalid(await as(onBehalfOf((await newUser()).id)).get(`${PATH}?cursor=${first.body.next_cursor}`), 'cursor')
  })

  test('that are over are not listed', async () => {
    const { devices } = await newOwner(2)
    await inAccounts('update sessions set expires_at = ? where id = ?', Date.now(), devices[1]?.id)
    expect(idsOf(await (devices[0] as Device).api.get(PATH))).toEqual([devices[0]?.id])
  })

  test('are those of the person, for the operator on their behalf; none of them is the present one', async () => {
    const { person, devices } = await newOwner(2)
    const { body } = await as(onBehalfOf(person.id)).get(PATH)
    expect(body.data.map(({ current }: { current: boolean }) => current)).toEqual([false, false])
    expect((await as(onBehalfOf(person.id)).delete(PATH)).status).toBe(204)
    expect(await areIn(devices)).toEqual([false, false])
  })

  test('of nobody there is nothing to see or end', async () => {
    for (const call of [as(onBehalfOf(someId('usr'))).get(PATH), as(onBehalfOf(someId('usr'))).delete(PATH)]) {
      expectInvalid(await call, 'Muster-On-Behalf-Of')
    }
    expectProblem(await as(operator).get(PATH), 403, 'forbidden', { permission: 'user' })
  })
})

describe('ending sessions', () => {
  test('ends all others, with the next request', async () => {
    const { devices } = await newOwner(3)
    expect(await areIn(devices)).toEqual([true, true, true])
    expect((await (devices[1] as Device).api.delete(PATH)).status).toBe(204)
    expect(await areIn(devices)).toEqual([false, true, false])
  })

  test('ends the present one too if that is wanted', async () => {
    const { devices } = await newOwner(3)
    expect((await (devices[1] as Device).api.delete(`${PATH}?including_current=true`)).status).toBe(204)
    expect(await areIn(devices)).toEqual([false, false, false])
  })

  test('ends the one that is named, which may be the present one', async () => {
    const { devices } = await newOwner(3)
    const [one, two] = devices as [Device, Device]
    expect((await one.api.delete(`${PATH}/${two.id}`)).status).toBe(204)
    expect((await one.api.delete(`${PATH}/${one.id}`)).status).toBe(204)
    expect(await areIn(devices)).toEqual([false, false, true])
  })

  test('finds none that is over, of somebody else, or no session at all', async () => {
    const { devices } = await newOwner(2)
    const [one, two] = devices as [Device, Device]
    const stranger = await newDevice(await newUser())
    await one.api.delete(`${PATH}/${two.id}`)
    for (const id of [two.id, stranger.id, someId('ses'), 'ses_1', 'me', '%00', 'a'.repeat(1_000)]) {
      expectProblem(await one.api.delete(`${PATH}/${id}`), 404, 'not_found')
    }
    expect(await areIn([one, stranger])).toEqual([true, true])
  })

  test('leaves those of others alone, and what the two of a person do', async () => {
    const { devices } = await newOwner(2)
    const stranger = await newDevice(await newUser())
    const [one, two] = devices as [Device, Device]
    expect((await one.api.post('/v1/sign-out')).status).toBe(204)
    expect(await areIn([one, two, stranger])).toEqual([false, true, true])
    expectProblem(await one.api.post('/v1/sign-out'), 401, 'unauthenticated')
  })
})

describe('a session', () => {
  test('that was ended far away is over here when five seconds have passed, to the millisecond', async () => {
    const { person, devices } = await newOwner(1)
    const [device] = devices as [Device]
    const start = Date.now()
    vi.setSystemTime(start)
    expect(await isIn(device)).toBe(true)
    await revokeSession(env.ACCOUNTS, person.id, device.id)
    vi.setSystemTime(start + 5 * SECOND - 1)
    expect(await isIn(device)).toBe(true)
    vi.setSystemTime(start + 5 * SECOND)
    expect(await isIn(device)).toBe(false)
  })

  test('goes on for some minutes while it cannot be looked up, but not once it was ended here', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    const { devices } = await newOwner(2)
    let isDown = false
    const fetcher = broken(databasesThat(() => isDown))
    const [one, two] = devices.map(({ token }) => as(bearer(token), fetcher)) as [Client, Client]
    expect((await one.get('/v1/session')).status).toBe(200)
    expect((await two.get('/v1/session')).status).toBe(200)
    await two.post('/v1/sign-out')
    const start = Date.now()
    isDown = true
    vi.setSystemTime(start + 4 * 60 * SECOND)
    expect((await one.get('/v1/session')).status).toBe(200)
    expectProblem(await two.get('/v1/session'), 401, 'unauthenticated')
    expectProblem(await one.post('/v1/sign-out'), 503, 'unavailable')
    vi.setSystemTime(start + 6 * 60 * SECOND)
    expectProblem(await one.get('/v1/session'), 503, 'unavailable')
  })

  test('that was found to have ended far away stays over while the directory is out of reach', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    const { person, devices } = await newOwner(1)
    const [device] = devices as [Device]
    let isDown = false
    const fetcher = broken(databasesThat(() => isDown))
    const session = as(bearer(device.token), fetcher)
    const start = Date.now()
    vi.setSystemTime(start)
    expect((await session.get('/v1/session')).status).toBe(200)
    await revokeSession(env.ACCOUNTS, person.id, device.id)
    vi.setSystemTime(start + 5 * SECOND)
    expectProblem(await session.get('/v1/session'), 401, 'unauthenticated')
    isDown = true
    for (const seconds of [6, 11, 60, 299]) {
      vi.setSystemTime(start + seconds * SECOND)
      expectProblem(await session.get('/v1/session'), 401, 'unauthenticated')
    }
  })

  test('opens nothing of an account that is being deleted, and none is begun for it', async () => {
    const { person, devices } = await newOwner(1)
    await inAccounts('update users set closing_at = 1 where id = ?', person.id)
    expectProblem(await (devices[0] as Device).api.get(PATH), 401, 'unauthenticated')
    expectInvalid(await as(onBehalfOf(person.id)).get(PATH), 'Muster-On-Behalf-Of')
    const signIn = { userId: person.id, method: 'email_code', userAgent: null } as const
    expect(await startSession(env.ACCOUNTS, signIn, Date.now())).toBeNull()
    expect(await startSession(env.ACCOUNTS, { ...signIn, userId: someId('usr') }, Date.now())).toBeNull()
  })

  test('keeps of a long name of a browser what fits, and begins where the person was last', async () => {
    const { id: organizationId, owner } = await newOrganization()
    const { id: userId } = owner
    await inAccounts('update users set last_organization_id = ? where id = ?', organizationId, userId)
    const userAgent = 'x'.repeat(5_000)
    const begun = await startSession(env.ACCOUNTS, { userId, method: 'email_link', userAgent }, Date.now())
    const { body } = await as(bearer(begun?.token ?? '')).get('/v1/session')
    expect(body).toMatchObject({ user_agent: 'x'.repeat(300), organization_id: organizationId, method: 'email_link' })
    expect(begun?.session).toMatchObject({ userId, organizationId, userAgent: 'x'.repeat(300) })
  })

  test.each([
    ['cut', (token: string) => token.slice(0, -1)],
    ['with more behind', (token: string) => `${token}A`],
    ['in another case', (token: string) => token.toUpperCase()],
    ['of another beginning', (token: string) => token.replace('mst_', 'msx_')],
    ['that is the hash', () => 'a'.repeat(64)],
  ])('is nobody’s with its token %s', async (_, bend) => {
    const { token } = await newDevice(await newUser())
    expectProblem(await as(bearer(bend(token))).get('/v1/session'), 401, 'unauthenticated')
  })
})
