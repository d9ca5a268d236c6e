import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { as, bearer, expectProblem, nobody, onBehalfOf, operator } from '../support/api.ts'
import { followed, newMember, newOrganization, newUser, remove } from '../support/api-builders.ts'
import { broken, unreachableLogs } from '../support/api-faults.ts'
import { newSession } from '../support/api-world.ts'
import { runCron } from '../support/cron.ts'
import { mailedTo, wrongCodes } from '../support/sign-in.ts'

const ORIGIN = { 'User-Agent': 'curl/8.5.0', 'CF-Connecting-IP': '203.0.113.7' }

beforeEach(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})

const log = async (userId: string, parameters = '') =>
  (await as(operator).get(`/v1/events/authentication?user=${userId}${parameters}`)).body.data

/** Entries are written after the answer that they are about. */
const logged = (userId: string, entries: readonly object[]) =>
  vi.waitFor(async () => expect(await log(userId)).toMatchObject(entries))

async function signedIn(email: string, api = as(nobody)) {
  expect((await api.post('/v1/sign-in/email', { email })).status).toBe(202)
  const answer = await api.post('/v1/sign-in/email/verify', { email, code: (await mailedTo(email)).code }, ORIGIN)
  expect(answer.status).toBe(201)
  return { token: answer.body.token as string, userId: answer.body.user.id as string }
}

describe('the authentication log', () => {
  test('tells how somebody signed in, where they went, and how it ended', async () => {
    const { token, userId } = await signedIn('log-ann@x.test')
    const person = as(bearer(token))
    const { id: organizationId } = (await person.post('/v1/organizations', { name: 'Acme' })).body
    await person.post('/v1/sign-out')
    await logged(userId, [
      { type: 'signed_out' },
      { type: 'organization_entered', organization_id: organizationId },
      {
        ...{ object: 'sign_in', type: 'signed_in', method: 'email_code', organization_id: null },
        ...{ device: 'curl', network: '203.0.113.0/24' },
      },
    ])
  })

  test('says who ended a session', async () => {
    const person = await newUser()
    const [one] = [await newSession(person), await newSession(person), await newSession(person)]
    const api = as(bearer(one.token))
    const { data } = (await api.get('/v1/users/me/sessions')).body
    const other = data.find(({ current }: { current: boolean }) => !current)
    await api.delete(`/v1/users/me/sessions/${other.id}`)
    await logged(person.id, [{ type: 'session_ended', reason: 'revoked', session_id: other.id }])
    await api.delete('/v1/users/me/sessions')
    await logged(person.id, [{ reason: 'all_revoked' }, {}])
    await api.delete('/v1/users/me/sessions')
    await as(onBehalfOf(person.id)).delete('/v1/users/me/sessions')
    await logged(person.id, [{ reason: 'revoked_by_operator' }, {}, {}])
  })

  test('is filtered by person, type and time, and its cursors belong to one list', async () => {
    const { token, userId } = await signedIn('log-filter@x.test')
    await as(bearer(token)).post('/v1/sign-out')
    await logged(userId, [{ type: 'signed_out' }, { type: 'signed_in' }])
    expect(await log(userId, '&type=signed_in')).toMatchObject([{ type: 'signed_in' }])
    expect(await log(userId, '&to=2020-01-01T00:00:00Z')).toEqual([])
    const first = (await as(operator).get(`/v1/events/authentication?user=${userId}&limit=1`)).body
    const path = `/v1/events/authentication?limit=1&cursor=${first.next_cursor}`
    expect((await as(operator).get(`${path}&user=${userId}`)).body.data).toMatchObject([{ type: 'signed_in' }])
    expectProblem(await as(operator).get(path), 422, 'invalid_request')
  })

  test('holds no email, no full IP, no code, token or link', async () => {
    const email = 'log-secret@x.test'
    await as(nobody).post('/v1/sign-in/email', { email }, ORIGIN)
    const { code } = await mailedTo(email)
    const [wrong = ''] = wrongCodes(code, 1)
    await as(nobody).post('/v1/sign-in/email/verify', { email, code: wrong }, ORIGIN)
    const { body } = await as(nobody).post('/v1/sign-in/email/verify', { email, code }, ORIGIN)
    await as(bearer('mst_no-such-credential')).get('/v1/users/me', ORIGIN)
    await logged(body.user.id, [{ type: 'signed_in' }])
    await vi.waitFor(async () => expect(await refusals()).toMatchObject([{ count: 1 }, { count: 1 }]), 5_000)
    const tables = await env.LOGS.batch([
      env.LOGS.prepare('select * from sign_ins'),
      env.LOGS.prepare('select * from refusals'),
    ])
    const written = JSON.stringify(tables.map(({ results }) => results))
    for (const secret of [email, code, wrong, body.token, '203.0.113.7', 'no-such-credential']) {
      expect(written).not.toContain(secret)
    }
  })

  test('goes with the account', async () => {
    const { token, userId } = await signedIn('log-gone@x.test')
    await logged(userId, [{ type: 'signed_in' }])
    expect((await as(bearer(token)).delete('/v1/users/me')).status).toBe(204)
    expect(await log(userId)).toEqual([])
  })
})

const refusals = async (parameters = '') =>
  (await as(operator).get(`/v1/events/authentication/refusals?${parameters}`)).body.data

test('refused attempts are added up by network, not by whom they were about', async () => {
  const from = { 'CF-Connecting-IP': '198.51.100.9' }
  const email = 'log-victim@x.test'
  await as(nobody).post('/v1/sign-in/email', { email })
  for (const code of wrongCodes((await mailedTo(email)).code, 3)) {
    await as(nobody).post('/v1/sign-in/email/verify', { email, code }, from)
  }
  const network = 'network=198.51.100.0/24'
  await vi.waitFor(
    async () => expect(await refusals(network)).toMatchObject([{ reason: 'wrong_code', count: 3 }]),
    5_000,
  )
  expect(await refusals(`${network}&reason=expired_code`)).toEqual([])
})

describe('people', () => {
  test('see their own entries and nobody else’s', async () => {
    const [ann, bob] = [await signedIn('log-own-ann@x.test'), await signedIn('log-own-bob@x.test')]
    await logged(bob.userId, [{ type: 'signed_in' }])
    const { data } = (await as(bearer(ann.token)).get('/v1/users/me/sign-ins')).body
    expect(data).toMatchObject([{ type: 'signed_in', user_id: ann.userId }])
  })

  test('who may read the audit log of an organization see how its members reached it, and nothing else', async () => {
    const [team, elsewhere] = [await newOrganization(), await newOrganization()]
    const member = await newMember(team)
    await as(operator).post(`${elsewhere.path}/members`, { user_id: member.id })
    const { token } = await newSession(member)
    for (const { id } of [elsewhere, team]) {
      await as(bearer(token)).post('/v1/session/organization', { organization_id: id })
    }
    await logged(member.id, [{ organization_id: team.id }, { organization_id: elsewhere.id }])
    const path = `${team.path}/members/${member.memberId}/sign-ins`
    expect((await team.owner.api.get(path)).body.data).toMatchObject([
      { type: 'organization_entered', organization_id: team.id },
    ])
    expect((await as(bearer(token)).get(path)).status).toBe(200)
    expectProblem(await (await newMember(team)).api.get(path), 403, 'forbidden')
    expectProblem(await elsewhere.owner.api.get(path), 404, 'not_found')
  })

  test('somebody who was removed is not noted as having reached the organization they were in last', async () => {
    const team = await newOrganization()
    const { token, userId } = await signedIn('log-removed@x.test')
    const member = (await as(operator).post(`${team.path}/members`, { user_id: userId })).body
    await as(bearer(token)).post('/v1/session/organization', { organization_id: team.id })
    await remove(team, { ...team.owner, memberId: member.id })
    await followed(team)
    await signedIn('log-removed@x.test')
    await logged(userId, [
      { type: 'signed_in', organization_id: null },
      { type: 'organization_entered' },
      { type: 'signed_in' },
    ])
  })
})

describe('while the log is out of reach', () => {
  const cutOff = broken({ LOGS: unreachableLogs() })

  test('people sign in, work and sign out as always', async () => {
    const { token } = await signedIn('log-down@x.test', as(nobody, cutOff))
    const person = as(bearer(token), cutOff)
    expect((await person.post('/v1/organizations', { name: 'Acme' })).status).toBe(201)
    expectProblem(await as(bearer('mst_wrong'), cutOff).get('/v1/users/me'), 401, 'unauthenticated')
    expect((await person.post('/v1/sign-out')).status).toBe(204)
  })

  test('accounts are deleted, and cron erases their entries later', async () => {
    const { token, userId } = await signedIn('log-late@x.test')
    await logged(userId, [{ type: 'signed_in' }])
    expect((await as(bearer(token), cutOff).delete('/v1/users/me')).status).toBe(204)
    expect(await log(userId)).toHaveLength(1)
    await runCron(Date.now())
    expect(await log(userId)).toEqual([])
  })

  test('reading it answers 503', async () => {
    expectProblem(await as(operator, cutOff).get('/v1/events/authentication'), 503, 'unavailable')
  })
})
