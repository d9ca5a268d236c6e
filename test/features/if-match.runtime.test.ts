import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { organizationClient } from '../../src/organization/client.ts'
import { type Cast, newCast } from '../matrix/cast.ts'
import { isFinal, ROWS, type Row, textOf } from '../matrix/table.ts'
import { type Answer, as, type Client, expectInvalid, expectProblem, nobody, operator } from '../support/api.ts'
import {
  carryOut,
  followed,
  newHandedInvitation,
  newInvitation,
  newMember,
  newOrganization,
  newUser,
  type Team,
} from '../support/api-builders.ts'
import { newApiKey } from '../support/api-world.ts'
import { everythingOf, inDirectory } from './storage.ts'
import { CONTESTED, contest } from './two-writers.ts'

/* Every write to an organization, under the condition that the resource in its path is as the caller has seen it. */

/** Asking many questions at once is no write, and projecting again changes nothing of the organization. */
const NO_WRITES = /\/(access\/batch|rebuild)$/
const COLLECTIONS = /\/(members|members\/bulk|invitations|invitations\/bulk|roles|api-keys)$/

const isWrite = ({ method, path, about }: Row) =>
  method !== 'GET' && path.includes(':organization') && !NO_WRITES.test(path) && !/another one has|a try/.test(about)

const WRITES = ROWS.filter((row) => isWrite(row) && !COLLECTIONS.test(row.path))
const ADDITIONS = ROWS.filter((row) => isWrite(row) && COLLECTIONS.test(row.path))

let shared: Cast
beforeAll(async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  shared = await newCast()
})

test('the writes are those of the authorization matrix', () => {
  expect([WRITES.length > 20, ADDITIONS.length]).toEqual([true, 6])
})

const named = (rows: readonly Row[]) =>
  rows.map((row) => [`${row.method} ${row.path} ${row.about}`.trim(), row] as const)

describe.each(named(WRITES))('%s', (_, row) => {
  test('is done at the revision of its resource that the caller has seen, and answers with the next one', async () => {
    const cast = await prepared(row)
    const answer = await call(cast, row, await tagOf(cast, row))
    expect([200, 204], answer.text).toContain(answer.status)
    expect(answer.headers.has('ETag')).toBe(answer.status === 200)
    if (answer.status === 200) expect(answer.headers.get('ETag')).toBe(await tagOfAnswer(cast, answer))
  })

  test('is refused at any other, with the current one, and changes nothing', async () => {
    const cast = await prepared(row)
    const tag = await tagOf(cast, row)
    const before = await writtenIn(cast)
    const revision = Number(JSON.parse(tag))
    for (const stale of [revision - 1, revision + 1, 0]) {
      expectProblem(await call(cast, row, `"${stale}"`), 412, 'revision_mismatch', { revision })
    }
    expect(await writtenIn(cast)).toEqual(before)
  })
})

describe.each(named(ADDITIONS))('%s', (_, row) => {
  test('takes no If-Match, since a collection has no revision', async () => {
    const cast = await prepared(row)
    const before = await writtenIn(cast)
    for (const value of [await tagOf(cast, row), '*']) expectInvalid(await call(cast, row, value), 'If-Match')
    expect(await writtenIn(cast)).toEqual(before)
    const answer = await call(cast, row, undefined)
    if (answer.status === 201) expect(answer.headers.get('ETag')).toBe(await tagOfAnswer(cast, answer))
  })
})

describe('where there is no revision to name, If-Match is refused', () => {
  test('by answers to invitations, creations and rebuilding', async () => {
    const team = await newOrganization()
    const invited = await newHandedInvitation(team)
    const person = await newUser('Ida', { email_verified: true })
    const own = await newInvitation(team, { email: person.email })
    await followed(team)
    const operated = as(operator)
    const link = `/v1/invitations/${invited.token}`
    const calls: [Client, string, object?][] = [
      [as(nobody), `${link}/accept`],
      [as(nobody), `${link}/decline`],
      [person.api, `/v1/users/me/invitations/${own.id}/accept`],
      [person.api, `/v1/users/me/invitations/${own.id}/decline`],
      [operated, '/v1/users', { email: 'if-match-creation@x.test' }],
      [operated, '/v1/operator-keys', { name: 'If-Match', access: 'read' }],
      [operated, `${team.path}/rebuild`],
      [operated, '/v1/rebuild', { cursor: null }],
    ]
    for (const [api, path, body] of calls) expectInvalid(await api.post(path, body, { 'If-Match': '"1"' }), 'If-Match')
    for (const path of [invited.path, own.path]) {
      expect((await team.owner.api.get(path)).body).toMatchObject({ status: 'pending' })
    }
  })
})

test('a stale condition is refused before a slug is claimed', async () => {
  const team = await newOrganization()
  const command = { type: 'UpdateOrganization', slug: 'never-claimed' } as const
  const { ok, ...refused } = await organizationClient(env.ORGANIZATION, team.id).execute({
    ...{ caller: { type: 'operator' }, command, ifRevision: 999 },
  })
  expect([ok, refused]).toMatchObject([false, { error: { code: 'revision_mismatch' } }])
})

describe('an ETag', () => {
  test('changes with its own resource alone', async () => {
    const team = await newOrganization()
    const [bob, cat] = [await newMember(team), await newMember(team, 'member', 'Cat Lee')]
    const role = await team.owner.api.post(`${team.path}/roles`, { key: 'guest', name: 'Guest', permissions: [] })
    const key = await newApiKey(team)
    const invitation = await newInvitation(team)
    const paths = ['', `/members/${bob.memberId}`, `/members/${cat.memberId}`, '/roles/guest', `/api-keys/${key.id}`]
    const tags = async () => Promise.all([...paths.map((path) => tagAt(team.path + path)), tagAt(invitation.path)])

    const before = await tags()
    await team.owner.api.patch(`${team.path}/members/${bob.memberId}`, { profile: { name: 'Bobby' } })
    const after = await tags()
    expect(role.headers.get('ETag')).toBe(before[3])
    expect(after.map((tag, index) => tag === before[index])).toEqual([true, false, true, true, true, true])
  })

  test('of a role changes with everything that deleting it and making it again does', async () => {
    const team = await newOrganization()
    const role = { key: 'guest', name: 'Guest', permissions: ['members:read'] }
    const first = await team.owner.api.post(`${team.path}/roles`, role)
    await team.owner.api.delete(`${team.path}/roles/guest`)
    await team.owner.api.post(`${team.path}/roles`, role)
    const stale = { 'If-Match': first.headers.get('ETag') ?? '' }
    expectProblem(
      await team.owner.api.patch(`${team.path}/roles/guest`, { name: 'New' }, stale),
      412,
      'revision_mismatch',
    )
    expect(await tagAt(`${team.path}/roles/owner`)).toBe('"0"')
  })

  test('and Muster-Revision stay when a mail is delivered, a person signs in, and a key is used', async () => {
    const team = await newOrganization()
    const bob = await newMember(team)
    const invitation = await newInvitation(team)
    const key = await newApiKey(team)
    const seen = async () => {
      const paths = [
        team.path,
        `${team.path}/members/${bob.memberId}`,
        invitation.path,
        `${team.path}/api-keys/${key.id}`,
      ]
      const answers = await Promise.all(paths.map((path) => as(operator).get(path)))
      return answers.map(({ headers }) => [headers.get('ETag'), headers.get('Muster-Revision')])
    }
    await followed(team)
    const before = await seen()
    const { version } = (await everythingOf(team)).ledger

    const delivery = { invitationId: invitation.id, sendNumber: 1, delivery: 'delayed' } as const
    await carryOut(team, { type: 'RecordDeliveries', deliveries: [delivery] })
    const account = {
      userId: bob.id,
      email: bob.email,
      name: 'Bob Fox',
      attributes: {},
      lastSignInAt: Date.now(),
      revision: 9,
    }
    await carryOut(team, { type: 'UpdatePeople', people: [account] })
    expect((await key.api.get(`${team.path}/members`)).status).toBe(200)

    expect(await seen()).toEqual(before)
    expect((await everythingOf(team)).ledger.version).toBe(Number(version) + 3)
    await followed(team)
    expect(await inDirectory('select last_sign_in_at from members where id = ?', bob.memberId)).toEqual([
      { last_sign_in_at: account.lastSignInAt },
    ])
    expect(await inDirectory('select delivery from invitations where id = ?', invitation.id)).toEqual([
      { delivery: 'delayed' },
    ])
  })

  test('of a kept answer is the one of the first answer', async () => {
    const team = await newOrganization()
    const bob = await newMember(team)
    const path = `${team.path}/members/${bob.memberId}`
    const once = { 'Idempotency-Key': 'once' }
    const first = await team.owner.api.patch(path, { profile: { name: 'Bobby' } }, once)
    await team.owner.api.patch(path, { profile: { name: 'Robert' } })
    const again = await team.owner.api.patch(path, { profile: { name: 'Bobby' } }, once)
    expect(again.headers.get('Idempotency-Replayed')).toBe('true')
    expect(again.headers.get('ETag')).toBe(first.headers.get('ETag'))
  })

  test('of a new organization comes again with a repeated call', async () => {
    const create = () =>
      as(operator).post('/v1/organizations', { name: 'Acme' }, { 'Idempotency-Key': crypto.randomUUID() })
    expect((await create()).headers.get('ETag')).toBe('"1"')
    const key = { 'Idempotency-Key': crypto.randomUUID() }
    const first = await as(operator).post('/v1/organizations', { name: 'Acme' }, key)
    await as(operator).patch(`/v1/organizations/${first.body.id}`, { name: 'Apex' })
    const again = await as(operator).post('/v1/organizations', { name: 'Acme' }, key)
    expect([again.headers.get('Idempotency-Replayed'), again.headers.get('ETag')]).toEqual(['true', '"1"'])
  })

  test('of another organization is not to be learned', async () => {
    const [team, other] = [await newOrganization(), await newOrganization()]
    const bob = await newMember(team)
    for (const path of [team.path, `${team.path}/members/${bob.memberId}`, `${team.path}/roles/owner`]) {
      const answer = await other.owner.api.get(path)
      expectProblem(answer, 404, 'not_found')
      expect(answer.headers.has('ETag')).toBe(false)
    }
  })
})

describe.each(CONTESTED)('of two writers to $what with the same ETag', (contested) => {
  test('exactly one writes, 4 times', async () => {
    const team: Team = await newOrganization()
    for (let round = 0; round < 4; round += 1) await contest(team, contested, round)
  })
})

/** Everything but the outbox: its mails leave meanwhile. */
async function writtenIn({ team }: Cast) {
  const { outbox: _, ...rows } = await everythingOf(team)
  return rows
}

async function prepared(row: Row): Promise<Cast> {
  const cast = isFinal(row) ? await newCast() : await shared.afresh()
  await cast.parametersIn(textOf(row))
  await row.prepare(cast)
  return cast
}

const ONE_RESOURCE = /^\/v1\/organizations\/:organization(\/(members|invitations|roles|api-keys)\/:\w+)?/

/** The current tag of the resource in the path. */
const tagOf = (cast: Cast, { path }: Row): Promise<string> => tagAt(filled(cast, ONE_RESOURCE.exec(path)?.[0] ?? ''))

const tagAt = async (path: string): Promise<string> => (await as(operator).get(path)).headers.get('ETag') ?? ''

const COLLECTION_OF: Readonly<Record<string, string>> = {
  member: 'members',
  invitation: 'invitations',
  role: 'roles',
  api_key: 'api-keys',
}

/** The current tag of the resource that the answer shows. */
function tagOfAnswer({ team }: Cast, { body }: Answer): Promise<string> {
  const collection = COLLECTION_OF[body.object]
  return tagAt(collection === undefined ? team.path : `${team.path}/${collection}/${body.id ?? body.key}`)
}

const filled = ({ parameters }: Cast, text: string): string =>
  text.replace(/:([a-z]+)/g, (whole, name: string) => parameters[name] ?? whole)

async function call(cast: Cast, row: Row, ifMatch: string | undefined): Promise<Answer> {
  const client = await cast.client('is' in row.who ? 'owner' : 'operator', row)
  const body = row.body === undefined ? {} : { body: JSON.parse(filled(cast, JSON.stringify(row.body))) }
  const headers = ifMatch === undefined ? {} : { 'If-Match': ifMatch }
  return client.call(row.method, filled(cast, row.path + row.query), { ...body, headers })
}
