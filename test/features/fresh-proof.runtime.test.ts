import { beforeEach, describe, expect, test, vi } from 'vitest'
import { GUESSES_OF_NETWORK } from '../../src/onboarding/proof-limits.ts'
import { type Answer, as, bearer, type Client, expectProblem, onBehalfOf, operator } from '../support/api.ts'
import { type Member, newMember, newOrganization, newUser, type Person } from '../support/api-builders.ts'
import { newSession } from '../support/api-world.ts'
import { proofOf, wrongCodes } from '../support/sign-in.ts'
import { inAccounts } from './storage.ts'

/* What cannot be taken back or opens a door takes a proof of the person that is not old. */

const REQUIRED = 'reauthentication_required'
let networks = 0
let from: Record<string, string>
beforeEach(() => {
  networks += 1
  from = { 'CF-Connecting-IP': `203.0.113.${networks}` }
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})

/** Signed in long enough ago; the isolate has not seen the session yet. */
async function staleSession(person: Pick<Person, 'id'>): Promise<{ id: string; token: string; client: Client }> {
  const { token, session } = await newSession(person)
  await age(session.id)
  return { id: session.id, token, client: as(bearer(token)) }
}

const age = (id: string, at: number | null = Date.now() - 10 * 60_000) =>
  inAccounts('update sessions set authenticated_at = ? where id = ?', at, id)

const ask = (client: Client): Promise<Answer> => client.post('/v1/session/reauthenticate', undefined, from)
const verify = (client: Client, code: string): Promise<Answer> =>
  client.post('/v1/session/reauthenticate/verify', { code }, from)

async function codeFor(subject: string): Promise<string> {
  const query = "select id, email, purpose from email_challenges where purpose = 'reauthentication' and subject = ?"
  const [row] = await inAccounts<{ id: string; email: string; purpose: 'reauthentication' }>(query, subject)
  if (row === undefined) throw new Error(`No code was asked for by ${subject}`)
  return proofOf(row).code
}

/** A session whose proof is fresh again. */
async function prove({ id, client }: { id: string; client: Client }): Promise<Answer> {
  expect((await ask(client)).status).toBe(202)
  return verify(client, await codeFor(id))
}

describe('a proof', () => {
  test('is asked for by everything that opens a door, and by nothing else', async () => {
    const team = await newOrganization()
    const bob = await newMember(team)
    const { client } = await staleSession(team.owner)
    const doors: readonly Promise<Answer>[] = [
      client.post(`${team.path}/api-keys`, { name: 'Key', permissions: ['members:read'] }),
      client.post(`${team.path}/ownership-transfer`, { member_id: bob.memberId }),
      client.patch(`${team.path}/members/${bob.memberId}`, { role: 'owner' }),
      client.post(`${team.path}/invitations`, { email: 'new-owner@x.test', role: 'owner' }),
      client.post(`${team.path}/invitations/bulk`, { emails: ['new-owner@x.test'], role: 'owner' }),
      client.delete(team.path),
      client.post('/v1/users/me/email', { email: 'elsewhere@x.test' }),
      (await staleSession(bob)).client.delete('/v1/users/me'),
    ]
    for (const answer of await Promise.all(doors)) expectProblem(answer, 403, REQUIRED)
    expect((await client.patch(team.path, { name: 'Renamed' })).status).toBe(200)
    expect((await client.post(`${team.path}/invitations`, { email: 'plain@x.test' })).status).toBe(201)
    expect((await client.patch(`${team.path}/members/${bob.memberId}`, { role: 'admin' })).status).toBe(200)
  })

  test('is asked for last: what would be refused anyway is refused first', async () => {
    const { owner } = await newOrganization()
    const { client } = await staleSession(owner)
    expectProblem(await client.delete('/v1/users/me'), 409, 'last_owner')
    expectProblem(await client.call('DELETE', '/v1/users/me', { body: { force: true } }), 422, 'invalid_request')
    expectProblem(await client.post('/v1/users/me/email', { email: 'no address' }), 422, 'invalid_request')
    expectProblem(await client.post('/v1/users/me/email', { email: owner.email }), 422, 'invalid_request')
  })

  test('is not asked of the operator, nor of those it acts for', async () => {
    const team = await newOrganization()
    const path = `${team.path}/api-keys`
    const body = { name: 'Key', permissions: ['members:read'] }
    for (const credential of [operator, onBehalfOf(team.owner.id)]) {
      expect((await as(credential).post(path, body)).status).toBe(201)
    }
  })

  test('counts at once after the code, and for the same session only', async () => {
    const team = await newOrganization()
    const [mine, other] = [await staleSession(team.owner), await staleSession(team.owner)]
    const path = `${team.path}/api-keys`
    const body = { name: 'Key', permissions: ['members:read'] }
    expectProblem(await mine.client.post(path, body), 403, REQUIRED)
    expect((await ask(mine.client)).body).toMatchObject({ object: 'reauthentication_request', email: team.owner.email })
    const code = await codeFor(mine.id)
    expectProblem(await verify(other.client, code), 410, 'sign_in_code_expired')
    const proven = await verify(mine.client, code)
    expect([proven.status, proven.body.id, proven.body.current]).toEqual([200, mine.id, true])
    expect(Date.parse(proven.body.authenticated_at)).toBeGreaterThan(Date.now() - 60_000)
    expect((await mine.client.post(path, body)).status).toBe(201)
    expectProblem(await other.client.post(path, body), 403, REQUIRED)
    expectProblem(await verify(mine.client, code), 410, 'sign_in_code_expired')
  })

  test('is null for a session that nobody has proven, whatever its age', async () => {
    const team = await newOrganization()
    const { token, session } = await newSession(team.owner)
    await age(session.id, null)
    const client = as(bearer(token))
    expect((await client.get('/v1/session')).body.authenticated_at).toBeNull()
    expectProblem(await client.delete(team.path), 403, REQUIRED)
  })

  test('ends after the minutes that the operator has set', async () => {
    const team = await newOrganization()
    const { token, session } = await newSession(team.owner)
    await age(session.id, Date.now() - 30 * 60_000)
    await as(operator).patch('/v1/settings', { fresh_proof_minutes: 60 })
    const path = `${team.path}/api-keys`
    const body = { name: 'Key', permissions: ['members:read'] }
    expect((await as(bearer(token)).post(path, body)).status).toBe(201)
    await as(operator).patch('/v1/settings', { fresh_proof_minutes: 10 })
    expectProblem(await as(bearer(token)).post(path, body), 403, REQUIRED)
  })
})

describe('a code', () => {
  test('is guessed in vain', async () => {
    const mine = await staleSession(await newUser())
    await ask(mine.client)
    const code = await codeFor(mine.id)
    for (const wrong of wrongCodes(code, GUESSES_OF_NETWORK)) {
      expectProblem(await verify(mine.client, wrong), 401, 'sign_in_code_wrong')
    }
    expectProblem(await verify(mine.client, code), 429, 'sign_in_rate_limited')
  })

  test('is mailed and taken whatever strangers have asked for and guessed', async () => {
    const person = await newUser()
    const { email } = person
    const mine = await staleSession(person)
    const stranger = (path: string, body: object) =>
      as({}).post(path, body, { 'CF-Connecting-IP': `198.18.${++networks % 250}.1` })
    for (let mail = 0; mail < 4; mail += 1) {
      await stranger('/v1/sign-in/email', { email })
      for (let time = 0; time < 15; time += 1) await stranger('/v1/sign-in/email/verify', { email, code: '000000' })
    }
    await ask(mine.client)
    expect((await verify(mine.client, await codeFor(mine.id))).status).toBe(200)
  })

  test('signs nobody in, and a code to sign in proves nothing', async () => {
    const person = await newUser()
    const mine = await staleSession(person)
    await ask(mine.client)
    const { email } = person
    const anyone = as({})
    const code = await codeFor(mine.id)
    expectProblem(await anyone.post('/v1/sign-in/email/verify', { email, code }, from), 410, 'sign_in_code_expired')
    await anyone.post('/v1/sign-in/email', { email }, from)
    const query = "select id, email, purpose from email_challenges where purpose = 'sign_in' and email = ?"
    const [challenge] = await inAccounts<Parameters<typeof proofOf>[0]>(query, email)
    if (challenge === undefined) throw new Error('No code was asked for')
    const other = proofOf(challenge).code
    if (other !== code) expectProblem(await verify(mine.client, other), 401, 'sign_in_code_wrong')
  })

  test('that went to an address which is no longer theirs proves nothing', async () => {
    const person = await newUser()
    const mine = await staleSession(person)
    await ask(mine.client)
    const code = await codeFor(mine.id)
    await inAccounts('update users set email = ? where id = ?', `moved-${networks}@x.test`, person.id)
    expectProblem(await verify(mine.client, code), 410, 'sign_in_code_expired')
  })

  test('is not mailed on behalf of somebody, nor to a key', async () => {
    const team = await newOrganization()
    expectProblem(await ask(as(onBehalfOf(team.owner.id))), 403, 'forbidden', { permission: 'session' })
    expectProblem(await ask(as(operator)), 403, 'forbidden', { permission: 'session' })
    expectProblem(await ask(as({})), 401, 'unauthenticated')
  })

  test('used twice at the same moment counts once', async () => {
    const mine = await staleSession(await newUser())
    await ask(mine.client)
    const code = await codeFor(mine.id)
    const answers = await Promise.all([verify(mine.client, code), verify(mine.client, code)])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 410])
  })
})

describe('a role taken while the proof is typed', () => {
  test('opens nothing', async () => {
    const team = await newOrganization()
    const second: Member = await newMember(team, 'owner')
    const mine = await staleSession(second)
    expect((await prove(mine)).status).toBe(200)
    await team.owner.api.patch(`${team.path}/members/${second.memberId}`, { role: 'member' })
    const body = { name: 'Key', permissions: ['members:read'] }
    expectProblem(await mine.client.post(`${team.path}/api-keys`, body), 403, 'forbidden')
  })
})
