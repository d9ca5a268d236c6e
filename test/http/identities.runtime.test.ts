import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { inAccounts } from '../features/storage.ts'
import { type Answer, as, bearer, type Client, expectProblem, type Fetch, operator } from '../support/api.ts'
import { newOrganization, newUser } from '../support/api-builders.ts'
import { broken } from '../support/api-faults.ts'
import { newSession } from '../support/api-world.ts'
import { newIssuer, type PaperIssuer } from '../support/paper-issuer.ts'
import { proofOf } from '../support/sign-in.ts'

/* What a trusted issuer has vouched for ends when the account says so, and comes back only by a sign-in there after that. */

let issuer: PaperIssuer
let limited: PaperIssuer
let api: Fetch

beforeAll(async () => {
  issuer = await newIssuer()
  limited = await newIssuer()
  await issuer.publish([issuer.key])
  await limited.publish([limited.key])
  const issuers = [issuer.trusted, { ...limited.trusted, email_domains: ['Acme.test', 'bücher.test'] }]
  api = broken({ TRUSTED_ISSUERS: JSON.stringify(issuers) })
})

let people = 0
let from: Record<string, string>
beforeEach(() => {
  from = { 'CF-Connecting-IP': `198.18.0.${++people}` }
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})

const root = as(operator)
const seconds = (ms = Date.now()) => Math.floor(ms / 1000)

/** An account with an identity, and what its tokens say. */
async function vouched() {
  people += 1
  const person = await newUser()
  const claims = { sub: `sub-${people}`, email: person.email, email_verified: true }
  const token = await issuer.token(claims)
  const client = as(bearer(token), api)
  expect((await client.get('/v1/users/me')).body.id).toBe(person.id)
  const identities = async () => (await root.get(`/v1/users/${person.id}/identities`)).body.data
  return { person, claims, client, identities }
}

const asks = (client: Client): Promise<Answer> => client.get('/v1/users/me')
/** Issued at a time that is surely later, by the issuer's clock. */
const later = (claims: object) => issuer.token({ ...claims, iat: seconds() + 20 })

describe('an identity', () => {
  test('is listed to the person and to the operator', async () => {
    const { person, claims, client, identities } = await vouched()
    const shown = [{ object: 'identity', issuer: issuer.trusted.issuer, subject: claims.sub }]
    expect(await identities()).toMatchObject(shown)
    const own = await client.get('/v1/users/me/identities')
    expect(own.body.data).toMatchObject(shown)
    const path = `/v1/users/me/identities/${own.body.data[0].id}`
    expect((await client.get(path)).body).toEqual(own.body.data[0])
    const stranger = as(bearer((await newSession(await newUser())).token))
    for (const method of ['GET', 'DELETE']) expectProblem(await stranger.call(method, path), 404, 'not_found')
    expect((await root.get(`/v1/users/${person.id}/identities`)).body.data).toHaveLength(1)
  })

  test.each([
    ['the person', (id: string, identity: string) => [id, `/v1/users/me/identities/${identity}`] as const],
    ['the operator', (id: string, identity: string) => [null, `/v1/users/${id}/identities/${identity}`] as const],
  ])('unlinked by %s is refused at once, and links again by a later sign-in alone', async (_, of) => {
    const { person, claims, client, identities } = await vouched()
    const [{ id }] = await identities()
    const [userId, path] = of(person.id, id)
    const by = userId === null ? as(operator, api) : as(bearer((await newSession(person)).token), api)
    expect((await by.delete(path)).status).toBe(204)
    expectProblem(await asks(client), 401, 'unauthenticated')
    expectProblem(await asks(as(bearer(await issuer.token(claims)), api)), 401, 'unauthenticated')
    expectProblem(
      await asks(as(bearer(await issuer.token({ ...claims, iat: undefined })), api)),
      401,
      'unauthenticated',
    )
    expect(await identities()).toEqual([])
    expect((await asks(as(bearer(await later(claims)), api))).body.id).toBe(person.id)
    expect(await identities()).toHaveLength(1)
    const events = await root.get(`/v1/events?type=user.identity_unlinked&target=${person.id}`)
    expect(events.body.data).toMatchObject([{ data: { issuer: issuer.trusted.issuer } }])
  })

  test('goes with "sign out everywhere", and tokens of before with it', async () => {
    const { person, claims, client, identities } = await vouched()
    const here = as(bearer((await newSession(person)).token), api)
    expect((await here.delete('/v1/users/me/sessions')).status).toBe(204)
    expect((await here.get('/v1/session')).status).toBe(200)
    expectProblem(await asks(client), 401, 'unauthenticated')
    const another = { ...claims, sub: `${claims.sub}-other` }
    expectProblem(await asks(as(bearer(await issuer.token(another)), api)), 401, 'unauthenticated')
    expect(await identities()).toEqual([])
    expect((await asks(as(bearer(await later(claims)), api))).body.id).toBe(person.id)
  })

  test('goes with a change of address by the operator, and makes no second account', async () => {
    const { person, claims, client, identities } = await vouched()
    expect((await as(operator, api).patch(`/v1/users/${person.id}`, { email: `new-${person.email}` })).status).toBe(200)
    expectProblem(await asks(client), 401, 'unauthenticated')
    expect(await identities()).toEqual([])
    expectProblem(await asks(as(bearer(await issuer.token(claims)), api)), 401, 'unauthenticated')
    expect((await root.get(`/v1/users?email=${encodeURIComponent(person.email)}`)).body.data).toEqual([])
  })
})

describe('an issuer that is limited to domains', () => {
  const comes = async (email: string, sub = `limited-${++people}`) =>
    asks(as(bearer(await limited.token({ sub, email, email_verified: true })), api))

  test('lets in people of these, and makes or links nobody else', async () => {
    expect((await comes(`ann-${people}@acme.test`)).status).toBe(200)
    expect((await comes(`ann-${people}@xn--bcher-kva.test`)).status).toBe(200)
    const known = await newUser()
    for (const email of [known.email, 'ann@sub.acme.test', 'ann@notacme.test', 'ann@acme.test.evil.test']) {
      expectProblem(await comes(email), 401, 'unauthenticated')
    }
    expect((await root.get(`/v1/users/${known.id}/identities`)).body.data).toEqual([])
  })

  test('says nothing more about an account that has moved to another domain', async () => {
    const sub = `moving-${++people}`
    const email = `mover-${people}@acme.test`
    const { id } = (await comes(email, sub)).body
    await inAccounts('update users set email = ? where id = ?', `mover-${people}@elsewhere.test`, id)
    // What this isolate knows of an identity is believed for five seconds.
    const now = Date.now()
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => now + 6_000)
    expectProblem(await comes(email, sub), 401, 'unauthenticated')
    clock.mockRestore()
  })
})

describe('a token of an issuer', () => {
  const body = { name: 'Key', permissions: ['members:read'] }

  async function owner() {
    const team = await newOrganization()
    const claims = { sub: `owner-${++people}`, email: team.owner.email, email_verified: true }
    const as_ = async (more: object) => as(bearer(await issuer.token({ ...claims, ...more })), api)
    return { team, path: `${team.path}/api-keys`, as: as_ }
  }

  test('is as fresh as the sign-in that it tells of, never as its own age', async () => {
    const { path, as: holder } = await owner()
    expectProblem(await (await holder({})).post(path, body), 403, 'reauthentication_required')
    const old = await holder({ auth_time: seconds() - 601 })
    expectProblem(await old.post(path, body), 403, 'reauthentication_required')
    const inMilliseconds = await holder({ auth_time: Date.now() })
    expectProblem(await inMilliseconds.post(path, body), 403, 'reauthentication_required')
    expect((await (await holder({ auth_time: seconds() - 60 })).post(path, body)).status).toBe(201)
  })

  test('without one goes through the code, which counts for its subject', async () => {
    const { team, path, as: holder } = await owner()
    const client = await holder({})
    expect((await client.post('/v1/session/reauthenticate', undefined, from)).body.email).toBe(team.owner.email)
    const query = "select id, email, purpose from email_challenges where purpose = 'reauthentication' and email = ?"
    const [challenge] = await inAccounts<Parameters<typeof proofOf>[0]>(query, team.owner.email)
    if (challenge === undefined) throw new Error('No code was asked for')
    const { code } = proofOf(challenge)
    const proven = await client.post('/v1/session/reauthenticate/verify', { code }, from)
    expect(proven.body).toMatchObject({ object: 'reauthentication', user_id: team.owner.id })
    expect((await client.post(path, body)).status).toBe(201)
    const session = as(bearer((await newSession(team.owner)).token), api)
    await session.delete('/v1/users/me/sessions')
    const again = as(
      bearer(await later({ sub: `owner-${people}`, email: team.owner.email, email_verified: true })),
      api,
    )
    expectProblem(await again.post(path, body), 403, 'reauthentication_required')
  })
})
