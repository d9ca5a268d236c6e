import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import {
  DEVICE_AGE_MS,
  deviceOf,
  deviceToken,
  isKnownDevice,
  MAX_DEVICES,
  newDeviceId,
} from '../../src/accounts/devices.ts'
import { startSession } from '../../src/accounts/sessions.ts'
import { configOf } from '../../src/env.ts'
import { submit } from '../portal/site.ts'
import { as, bearer, nobody, onBehalfOf, operator } from '../support/api.ts'
import { created, newUser } from '../support/api-builders.ts'
import { runCron } from '../support/cron.ts'
import { operatorCookie } from '../support/portal-people.ts'
import { mailedTo } from '../support/sign-in.ts'
import { inAccounts } from './storage.ts'

/* Which devices an account has signed in on, and who may say to be one of them. */

const { LINK_KEYS } = configOf(env)
const known = (email: string, id: string, now = Date.now()) => isKnownDevice(env.ACCOUNTS, email, id, now)
let people = 0
const newAddress = () => `device-${++people}@x.test`

async function signIn(email: string, headers: Record<string, string> = {}) {
  expect((await as(nobody).post('/v1/sign-in/email', { email }, headers)).status).toBe(202)
  const { code } = await mailedTo(email)
  const answer = await as(nobody).post('/v1/sign-in/email/verify', { email, code }, headers)
  const token = answer.headers.get('Muster-Device') ?? ''
  return { ...created(answer), deviceToken: token, deviceId: deviceOf(token, LINK_KEYS) ?? '' }
}

describe('a device', () => {
  test('is known for an account from its first sign-in on, and keeps its id at later ones', async () => {
    const email = newAddress()
    const first = await signIn(email)
    expect(await known(email, first.deviceId)).toBe(true)
    const second = await signIn(email, { 'Muster-Device': first.deviceToken })
    expect(second.deviceId).toBe(first.deviceId)
    expect((await signIn(email)).deviceId).not.toBe(first.deviceId)
  })

  test('gets another id when another account signs in on it: the earlier id is never known for that account', async () => {
    const [ann, bob] = [newAddress(), newAddress()]
    const { deviceId, deviceToken } = await signIn(ann)
    const second = await signIn(bob, { 'Muster-Device': deviceToken })
    expect(second.deviceId).not.toBe(deviceId)
    expect([await known(bob, deviceId), await known(bob, second.deviceId)]).toEqual([false, true])
    expect((await signIn(bob, { 'Muster-Device': second.deviceToken })).deviceId).toBe(second.deviceId)
  })

  test('cannot choose its id: what this deployment has not signed is ignored', async () => {
    const email = newAddress()
    const id = newDeviceId()
    const forged = deviceToken(id, [{ id: 'k1', secret: 'f'.repeat(64) }])
    for (const claim of [id, forged, `k1.${id}.`]) {
      const { deviceId } = await signIn(email, { 'Muster-Device': claim })
      expect(deviceId).not.toBe(id)
    }
    expect(await known(email, id)).toBe(false)
  })

  test('is no credential', async () => {
    const { deviceToken } = await signIn(newAddress())
    expect((await as(bearer(deviceToken)).get('/v1/session')).status).toBe(401)
    expect((await as(nobody).get('/v1/session', { 'Muster-Device': deviceToken })).status).toBe(401)
  })

  test('stands in the directory as a hash', async () => {
    const { deviceId, user } = await signIn(newAddress())
    const rows = await inAccounts('select * from devices where user_id = ?', user.id)
    expect(rows).toHaveLength(1)
    expect(JSON.stringify(rows)).not.toContain(deviceId)
  })

  test('is kept by a browser in a cookie that scripts cannot read, for a year, also after signing out', async () => {
    const email = newAddress()
    const { code } = await signIn(email).then(async () => {
      await as(nobody).post('/v1/sign-in/email', { email })
      return mailedTo(email)
    })
    const attempt = Buffer.from(JSON.stringify({ email, next: null })).toString('base64url')
    const entered = await submit('/sign-in/code', { body: { code }, headers: { Cookie: `muster_sign_in=${attempt}` } })
    const cookies = entered.headers.getSetCookie()
    const device = cookies.find((cookie) => cookie.startsWith('__Host-muster_device='))
    expect(device).toMatch(/; Max-Age=31536000; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
    const id = deviceOf(/=([^;]+)/.exec(device ?? '')?.[1], LINK_KEYS) ?? ''
    expect(await known(email, id)).toBe(true)
    const session = cookies.map((cookie) => /^__Host-muster_session=[^;]+/.exec(cookie)?.[0]).find(Boolean) ?? ''
    const left = await submit('/sign-out', { headers: { Cookie: session } })
    expect(left.status).toBe(303)
    expect(left.headers.getSetCookie().join()).not.toContain('muster_device')
  })
})

describe('the devices of an account', () => {
  const enter = async (userId: string, deviceId: string, now: number) =>
    (await startSession(env.ACCOUNTS, { userId, method: 'email_code', userAgent: null, deviceId }, now))?.device

  test('say of a sign-in whether its device is new, and whether it is the first of all', async () => {
    const { id } = await newUser()
    const [one, other] = [newDeviceId(), newDeviceId()]
    const now = Date.now()
    expect(await enter(id, one, now)).toEqual({ id: one, isNew: true, isFirst: true })
    expect(await enter(id, one, now)).toEqual({ id: one, isNew: false, isFirst: false })
    expect(await enter(id, other, now)).toEqual({ id: other, isNew: true, isFirst: false })
  })

  test('are at most twenty; the one whose sign-in is the oldest goes first', async () => {
    const { id, email } = await newUser()
    const now = Date.now()
    const devices = Array.from({ length: MAX_DEVICES + 1 }, newDeviceId)
    for (const [index, device] of devices.slice(0, MAX_DEVICES).entries()) await enter(id, device, now + index)
    const [first = '', second = ''] = devices
    await enter(id, first, now + 50)
    await enter(id, devices[MAX_DEVICES] ?? '', now + 60)
    expect([await known(email, first), await known(email, second)]).toEqual([true, false])
    expect(await inAccounts('select count(*) as n from devices where user_id = ?', id)).toEqual([{ n: MAX_DEVICES }])
  })

  test('go with the account, and when the operator gives it another address', async () => {
    const [gone, moved] = [await newUser(), await newUser()]
    const now = Date.now()
    await enter(gone.id, newDeviceId(), now)
    const kept = newDeviceId()
    await enter(moved.id, kept, now)
    expect((await as(operator).delete(`/v1/users/${gone.id}`)).status).toBe(204)
    const email = newAddress()
    expect((await as(operator).patch(`/v1/users/${moved.id}`, { email })).status).toBe(200)
    expect(await known(email, kept)).toBe(false)
    for (const { id } of [gone, moved])
      expect(await inAccounts('select 1 from devices where user_id = ?', id)).toEqual([])
  })

  test('are forgotten when the person signs out everywhere, but for the one of the request', async () => {
    const email = newAddress()
    const [here, there] = [await signIn(email), await signIn(email)]
    const stranger = newAddress()
    const { deviceId: theirs } = await signIn(stranger, { 'Muster-Device': there.deviceToken })
    const everywhere = '/v1/users/me/sessions'
    const api = as(bearer(here.token))
    expect((await api.delete(everywhere, { 'Muster-Device': here.deviceToken })).status).toBe(204)
    expect([await known(email, here.deviceId), await known(email, there.deviceId)]).toEqual([true, false])
    expect(await known(stranger, theirs)).toBe(true)
    const all = { 'Muster-Device': here.deviceToken }
    expect((await api.delete(`${everywhere}?including_current=true`, all)).status).toBe(204)
    expect(await known(email, here.deviceId)).toBe(false)
  })

  test('are forgotten when a browser signs out the others, and all when the operator does', async () => {
    const email = newAddress()
    const [here, there] = [await signIn(email), await signIn(email)]
    const headers = { Cookie: `__Host-muster_session=${here.token}; __Host-muster_device=${here.deviceToken}` }
    expect((await submit('/account/sessions/end-others', { headers })).status).toBe(303)
    expect([await known(email, here.deviceId), await known(email, there.deviceId)]).toEqual([true, false])
    const ending = `/operator/users/${here.user.id}/sessions/end`
    expect((await submit(ending, { headers: await operatorCookie() })).status).toBe(303)
    expect(await known(email, here.deviceId)).toBe(false)
  })

  test('are forgotten when the operator ends the sessions on behalf of the person', async () => {
    const email = newAddress()
    const { user, deviceId } = await signIn(email)
    expect((await as(onBehalfOf(user.id)).delete('/v1/users/me/sessions')).status).toBe(204)
    expect(await known(email, deviceId)).toBe(false)
  })

  test('are forgotten a year after their last sign-in', async () => {
    const { id, email } = await newUser()
    const device = newDeviceId()
    const now = Date.now()
    await enter(id, device, now)
    expect(await known(email, device, now + DEVICE_AGE_MS - 1)).toBe(true)
    expect(await known(email, device, now + DEVICE_AGE_MS)).toBe(false)
    await runCron(now + DEVICE_AGE_MS)
    expect(await inAccounts('select 1 from devices where user_id = ?', id)).toEqual([])
  })
})
