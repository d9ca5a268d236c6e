import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test } from 'vitest'
import { newAddressChangeId, signTakeBackLink } from '../../src/accounts/address-changes.ts'
import { blockInvitationMails } from '../../src/directory/mail-blocks.ts'
import { configOf } from '../../src/env.ts'
import { api } from '../../src/http/app.ts'
import { docs } from '../../src/http/docs/docs.tsx'
import { documentOf } from '../../src/http/openapi/document.ts'
import { undescribedRoutes } from '../../src/http/openapi/routes.ts'
import {
  type Answer,
  as,
  bearer,
  type Call,
  type Credential,
  expectInvalid,
  expectProblem,
  nobody,
  operator,
} from '../support/api.ts'
import { followed, newInvitation, newMember, newOrganization, reseam } from '../support/api-builders.ts'
import { type Ground, newApiKey, newGround, someId } from '../support/api-world.ts'
import {
  type DocumentedCall,
  documentedCalls,
  exampleBody,
  examplePath,
  heeds,
  type Ids,
  withIds,
} from '../support/documented-calls.ts'
import { mailedTo } from '../support/sign-in.ts'

/* What the description says of each operation, tried out. Every answer is held against it by the client itself. */

const document = documentOf(api())
const calls = documentedCalls(document)
const ofOrganization = calls.filter(({ path }) => path.includes('{organization}'))
const secured = calls.filter(({ operation }) => operation.security.length > 0)
const changing = calls.filter(({ method }) => method !== 'GET')
const id = ({ operation }: DocumentedCall) => operation.operationId
const named = (chosen: readonly DocumentedCall[]) => chosen.map((call) => ({ name: id(call), call }))

/** Writes to these are those of one organization, or add one. */
const ADDS_TO_ORGANIZATIONS = /^\/v1\/organizations/
/** Their resource has no revision yet, or the caller is shown none. */
const TAKES_NO_CONDITION = /^(accept|create|decline|rebuild)/

let world: Ground
/** For calls that are refused, and for those that only read. */
let worldIds: Ids
beforeAll(async () => {
  world = await newGround()
  worldIds = await idsIn(world)
})

/** Someone to be changed or removed, and an invitation to be settled, of this world. */
async function idsIn(world: Ground): Promise<Ids> {
  const { team, invitation, apiKeyId, operatorKeyId: opk, session, identityId: idy } = world
  const { id: usr, memberId: mem } = await newMember(team)
  return {
    org: team.id,
    usr,
    mem,
    inv: invitation.id,
    key: apiKeyId,
    opk,
    ses: session.session.id,
    idy,
    blk: someId('blk'),
    token: invitation.token,
  }
}

interface Changed {
  readonly ids?: Partial<Ids>
  readonly credential?: Credential
  readonly headers?: Readonly<Record<string, string>>
  readonly raw?: string
}

/** Only a person can leave, or has an account of their own; only a session can be signed out. */
function credentialFor({ operation }: DocumentedCall, { member, session }: Ground): Credential {
  if (operation['x-permission'] === 'session') return bearer(session.token)
  const isForPeople = operation.operationId === 'leaveOrganization' || operation['x-permission'] === 'user'
  return isForPeople ? { ...operator, 'Muster-On-Behalf-Of': member.id } : operator
}

async function send(call: DocumentedCall, { ids = {}, credential, headers = {}, raw }: Changed = {}): Promise<Answer> {
  const real = withIds({ ...worldIds, ...ids })
  const body = raw ?? exampleBody(call, real)
  const sent: Call = { headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers } }
  const init = body === undefined ? sent : { ...sent, raw: body }
  return as(credential ?? credentialFor(call, world)).call(call.method, examplePath(call, real), init)
}

test('with the pages for people, every route still says what it is', () => {
  const app = api()
  expect(undescribedRoutes(app.route('/', docs(app)))).toEqual([])
})

test('the description is served as it is made', async () => {
  expect((await as(nobody).get('/openapi.json')).body).toEqual(JSON.parse(JSON.stringify(document)))
})

describe('the call that the examples show', () => {
  /** What must have happened before. */
  const BEFORE: Readonly<Record<string, (here: Ground) => Promise<unknown>>> = {
    createUserAttribute: () => as(operator).delete('/v1/user-attributes/department'),
    createOperatorKey: async () => {
      const { data } = (await as(operator).get('/v1/operator-keys')).body
      const named = data.filter(({ name }: { name: string }) => name === 'CI')
      await Promise.all(named.map(({ id }: { id: string }) => as(operator).delete(`/v1/operator-keys/${id}`)))
    },
    restoreOrganization: ({ team }) => as(operator).delete(team.path),
    resendInvitation: ({ team }) => reseam(team, { clock: () => Date.now() + 61_000 }),
  }
  async function codeOf(call: DocumentedCall, email: string, here: Ground): Promise<string> {
    if (id(call) === 'verifyEmailChange') {
      await here.member.api.post('/v1/users/me/email', { email })
      return (await mailedTo(email, 'email_change')).code
    }
    if (id(call) === 'verifyReauthentication') {
      await as(bearer(here.session.token)).post('/v1/session/reauthenticate')
      return (await mailedTo(here.member.email, 'reauthentication')).code
    }
    if (id(call) !== 'verifySignIn') return ''
    await as(nobody).post('/v1/sign-in/email', { email })
    return (await mailedTo(email)).code
  }

  /** An invitation of the caller's own, where the call answers one. */
  async function ownInvitation(call: DocumentedCall, { member }: Ground): Promise<Partial<Ids>> {
    if (!call.path.includes('/users/me/invitations/{')) return {}
    await as(operator).patch(`/v1/users/${member.id}`, { email_verified: true })
    const elsewhere = await newOrganization()
    const invitation = await newInvitation(elsewhere, { email: member.email })
    await followed(elsewhere)
    return { inv: invitation.id }
  }

  /** A link to take a change back, an identity of whom the operator is asked about, and a wish for no more invitations. */
  async function ownIds(call: DocumentedCall, { member }: Ground): Promise<Partial<Ids>> {
    if (call.path.includes('/users/{user}/identities/')) return { usr: member.id }
    if (call.path.startsWith('/v1/mail-blocks/')) {
      await blockInvitationMails(env.ACCOUNTS, member.email, Date.now())
      const { data } = (await as(operator).get('/v1/mail-blocks')).body
      return { blk: data.find(({ email }: { email: string }) => email === member.email).id }
    }
    if (!call.path.startsWith('/v1/email-changes/')) return {}
    const change = newAddressChangeId()
    await env.ACCOUNTS.prepare('insert into address_changes values (?1, ?2, ?3, ?4, ?5)')
      .bind(change, member.id, `former-${member.email}`, Date.now(), Date.now() + 60_000)
      .run()
    return { token: signTakeBackLink(change, configOf(env).LINK_KEYS) }
  }

  type Headers = Readonly<Record<string, string>>

  /** What changes something does so in a world of its own, where it can be tried more than once. */
  async function prepared(call: DocumentedCall): Promise<(headers?: Headers) => Promise<Answer>> {
    const here = call.method === 'GET' ? world : await newGround()
    const real = withIds({
      ...(here === world ? worldIds : await idsIn(here)),
      ...(await ownInvitation(call, here)),
      ...(await ownIds(call, here)),
    })
    await BEFORE[id(call)]?.(here)
    // Users belong to no organization: every world has its own Bob.
    const address = `bob@${here.team.slug}.example`
    const body = exampleBody(call, real)
      ?.replace('bob@acme.example', address)
      .replace('123456', await codeOf(call, address, here))
    const type: Headers = body === undefined ? {} : { 'Content-Type': 'application/json' }
    return (headers = {}) => {
      const init = { headers: { ...type, ...headers }, ...(body === undefined ? {} : { raw: body }) }
      return as(credentialFor(call, here)).call(call.method, examplePath(call, real), init)
    }
  }

  function expectSuccess(call: DocumentedCall, answer: Answer): void {
    expect(Object.keys(call.operation.responses), answer.text).toContain(String(answer.status))
    expect(answer.status, answer.text).toBeLessThan(300)
  }

  test.each(named(calls.filter(({ method }) => method === 'GET')))('of $name works', async ({ call }) => {
    expectSuccess(call, await (await prepared(call))())
  })

  const heeding = changing.filter((call) => heeds(call, 'If-Match'))
  test.each(named(heeding))('of $name is refused with a stale If-Match, then works', async ({ call }) => {
    const attempt = await prepared(call)
    expectProblem(await attempt({ 'If-Match': '"999999"' }), 412, 'revision_mismatch')
    await worksAndRepeats(call, attempt)
  })

  const others = changing.filter((call) => !heeds(call, 'If-Match'))
  const collections = others.filter(
    (call) =>
      (ADDS_TO_ORGANIZATIONS.test(call.path) && heeds(call, 'Idempotency-Key')) || TAKES_NO_CONDITION.test(id(call)),
  )
  test.each(named(collections))('of $name is refused with any If-Match, then works', async ({ call }) => {
    const attempt = await prepared(call)
    for (const value of ['"999999"', '*']) expectInvalid(await attempt({ 'If-Match': value }), 'If-Match')
    await worksAndRepeats(call, attempt)
  })

  const rest = others.filter((call) => !collections.includes(call))
  test.each(named(rest))('of $name works, whatever If-Match says', async ({ call }) => {
    await worksAndRepeats(call, await prepared(call), { 'If-Match': '"999999"' })
  })

  /** And again with the same Idempotency-Key, which is a repetition only where the call says so. */
  async function worksAndRepeats(
    call: DocumentedCall,
    attempt: (headers: Headers) => Promise<Answer>,
    more: Headers = {},
  ): Promise<void> {
    const first = await attempt({ 'Idempotency-Key': 'once', ...more })
    expectSuccess(call, first)
    const second = await attempt({ 'Idempotency-Key': 'once', ...more })
    expect(second.headers.get('Idempotency-Replayed') === 'true', second.text).toBe(heeds(call, 'Idempotency-Key'))
    if (heeds(call, 'Idempotency-Key')) expect(second.status).toBe(first.status)
  }

  test('works as CSV', async () => {
    const [call] = calls.filter(({ operation }) => operation.requestBody?.content['text/csv'] !== undefined)
    if (call === undefined) throw new Error('Nothing takes CSV')
    const csv = String(call.operation.requestBody?.content['text/csv']?.example)
    const answer = await send(call, { raw: csv, headers: { 'Content-Type': 'text/csv' } })
    expect(answer.body.results).toMatchObject([{ outcome: 'invited' }, { outcome: 'invited' }])
  })
})

/** An empty requirement: the others are optional. */
const takesNone = ({ operation }: DocumentedCall): boolean =>
  operation.security.some((requirement) => Object.keys(requirement).length === 0)

describe('credentials:', () => {
  test.each(named(calls))('$name takes one where it says so', async ({ call }) => {
    const { body } = await send(call, { credential: nobody })
    expect(body?.code === 'unauthenticated').toBe(call.operation.security.length > 0 && !takesNone(call))
  })

  // The state of the service is shown whatever the credential.
  test.each(named(calls.filter((call) => takesNone(call) && id(call) !== 'getHealth')))(
    '$name takes none that does not hold',
    async ({ call }) => {
      expectProblem(await send(call, { credential: bearer('nonsense') }), 401, 'unauthenticated')
    },
  )

  test.each(named(secured.filter(({ operation }) => operation['x-permission']?.startsWith('operator'))))(
    '$name is only for the operator',
    async ({ call }) => {
      const onBehalf = { ...operator, 'Muster-On-Behalf-Of': world.team.owner.id }
      expectProblem(await send(call, { credential: onBehalf }), 403, 'forbidden', { permission: 'operator' })
    },
  )

  test.each(named(secured.filter(({ operation }) => operation['x-permission'] === 'session')))(
    '$name is only for a session',
    async ({ call }) => {
      const onBehalf = { ...operator, 'Muster-On-Behalf-Of': world.member.id }
      for (const credential of [operator, onBehalf, bearer((await newApiKey(world.team)).secret)]) {
        expectProblem(await send(call, { credential }), 403, 'forbidden', { permission: 'session' })
      }
    },
  )

  test.each(named(secured.filter(({ operation }) => operation['x-permission'] === 'user')))(
    '$name is only for people',
    async ({ call }) => {
      for (const credential of [operator, bearer((await newApiKey(world.team)).secret)]) {
        expectProblem(await send(call, { credential }), 403, 'forbidden', { permission: 'user' })
      }
    },
  )

  const permitted = ofOrganization.filter(({ operation }) => (operation['x-permission'] ?? 'operator') !== 'operator')
  test.each(named(permitted))('$name asks for the permission that it names', async ({ call }) => {
    const { api: unrelated } = await newApiKey(world.team, ['billing:manage'])
    const real = withIds(worldIds)
    const body = exampleBody(call, real)
    const json = body === undefined ? {} : { raw: body, headers: { 'Content-Type': 'application/json' } }
    const answer = await unrelated.call(call.method, examplePath(call, real), json)
    expectProblem(answer, 403, 'forbidden', { permission: call.operation['x-permission'] })
  })
})

describe('refusals:', () => {
  test.each(named(ofOrganization))('$name of an organization that there is not', async ({ call }) => {
    expectProblem(await send(call, { ids: { org: someId('org') } }), 404, 'not_found')
  })

  const others = calls.filter(
    ({ path }) =>
      /\{(?:member|invitation|user|role|attribute|key|operatorKey|session|identity|token)\}/.test(path) &&
      !path.startsWith('/v1/email-changes/'),
  )
  test.each(named(others))('$name of something that there is not', async ({ call }) => {
    const none = {
      mem: someId('mem'),
      inv: someId('inv'),
      usr: someId('usr'),
      key: someId('key'),
      opk: someId('opk'),
      ses: someId('ses'),
      idy: someId('idy'),
      blk: someId('blk'),
      token: 'none',
    }
    const absent = { ...call, path: call.path.replace(/\{(?:role|attribute)\}/, 'nobody') }
    expectProblem(await send(absent, { ids: none }), 404, 'not_found')
  })

  const withBody = calls.filter(({ operation }) => operation.requestBody !== undefined)
  test.each(named(withBody))('$name of a body that is not as described', async ({ call }) => {
    expectProblem(await send(call, { raw: '{"nonsense":1}' }), 422, 'invalid_request')
    expectProblem(await send(call, { raw: '{' }), 400, 'malformed_json')
    expectProblem(await send(call, { headers: { 'Content-Type': 'text/plain' } }), 415, 'unsupported_media_type')
  })
})
