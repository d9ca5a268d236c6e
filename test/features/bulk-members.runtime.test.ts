import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { as, bearer, expectInvalid, expectProblem, operator } from '../support/api.ts'
import {
  carryOut,
  created,
  followed,
  newHandedInvitation,
  newMember,
  newOrganization,
  newUser,
  remove,
  suspend,
  type Team,
} from '../support/api-builders.ts'
import { someId } from '../support/api-world.ts'
import { everythingOf, inAccounts } from './storage.ts'

/* Products that move in bring their people along: up to 500 in one call, with an outcome for each. */

const api = as(operator)
const bulk = ({ path }: Pick<Team, 'path'>) => `${path}/members/bulk`
const outcomesOf = ({ body }: { body: { results: { outcome: string }[] } }) => body.results.map((row) => row.outcome)
let count = 0
/** An email that no other test uses. */
const fresh = (name = 'someone') => `${name}-${++count}@arrivals.test`

beforeAll(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})

test('people with and without an account become members, with role, profile and external id', async () => {
  const team = await newOrganization()
  const [ann, bob] = [await newUser('Ann Lee'), await newUser('Bob Fox')]
  const email = fresh()
  const members = [
    { user_id: ann.id, role: 'admin', external_id: 'e-1' },
    { email: bob.email.toUpperCase(), profile: { given_name: 'Bob' } },
    { email, profile: { name: 'Cat Day' }, external_id: 'e-2', active: false },
  ]

  const answer = await api.post(bulk(team), { members })

  expect(answer.status, answer.text).toBe(200)
  expect(answer.body).toMatchObject({
    object: 'bulk_result',
    dry_run: false,
    results: [
      { user_id: ann.id, email: ann.email, outcome: 'added' },
      { user_id: bob.id, email: bob.email, outcome: 'added' },
      { email, outcome: 'added' },
    ],
    seats: { used: 3, active: 3 },
  })
  const found = await Promise.all(
    answer.body.results.map(async ({ member_id: id }: { member_id: string }) => {
      const { body } = await api.get(`${team.path}/members/${id}`)
      return body
    }),
  )
  expect(found).toMatchObject([
    { role: 'admin', status: 'active', source: 'added', external_id: 'e-1', name: 'Ann Lee' },
    { role: 'member', status: 'active', external_id: null, profile: { name: 'Bob Fox', given_name: 'Bob' } },
    { role: 'member', status: 'suspended', external_id: 'e-2', name: 'Cat Day' },
  ])
  const account = await api.get(`/v1/users/${found[2].user_id}`)
  expect(account.body).toMatchObject({ email, name: 'Cat Day', email_verified: false })
  expect((await ann.api.get(`${team.path}/members/${found[0].id}`)).body).toMatchObject({ external_id: 'e-1' })
})

test('the same call again changes nothing', async () => {
  const team = await newOrganization()
  const members = [
    { email: fresh(), external_id: 'e-1' },
    { email: fresh(), active: false },
    { email: team.owner.email, role: 'owner' },
  ]
  const first = await api.post(bulk(team), { members })
  expect(outcomesOf(first)).toEqual(['added', 'added', 'unchanged'])
  const again = await api.post(bulk(team), { members })
  expect(outcomesOf(again)).toEqual(['unchanged', 'unchanged', 'unchanged'])
  expect(again.headers.get('Muster-Revision')).toBe(first.headers.get('Muster-Revision'))
  expect(again.body.results.map((row: { member_id: string }) => row.member_id)).toEqual(
    first.body.results.map((row: { member_id: string }) => row.member_id),
  )
})

test('each row has an outcome of its own', async () => {
  const team = await newOrganization({ seat_limit: 4 })
  const admin = await newMember(team, 'admin')
  const gone = await newMember(team)
  await remove(team, gone)
  const paused = await newMember(team)
  await suspend(team, paused)
  const invited = await newHandedInvitation(team, { email: fresh('invited') })
  const answer = await api.post(bulk(team), {
    members: [
      { email: 'no email' },
      { user_id: someId('usr') },
      { email: admin.email },
      { email: fresh(), role: 'ghost' },
      { user_id: gone.id },
      { email: invited.email },
      { user_id: paused.id },
      { email: fresh(), active: false, external_id: 'e-1' },
      { email: fresh(), active: false, external_id: 'e-1' },
    ],
  })
  expect(outcomesOf(answer)).toEqual([
    'invalid_email',
    'user_not_found',
    'already_member',
    'role_not_allowed',
    'returned',
    'added',
    'seat_limit_reached',
    'added',
    'external_id_taken',
  ])
  expect(answer.body.results[4]).toMatchObject({ member_id: gone.memberId })
  expect(answer.body.seats).toMatchObject({ used: 4, pending: 0, available: 0 })
})

test('in mode all, nobody is added if one cannot be', async () => {
  const team = await newOrganization()
  const members = [{ email: fresh() }, { email: fresh(), role: 'ghost' }]
  const refused = await api.post(bulk(team), { members, mode: 'all' })
  expectProblem(refused, 409, 'arrivals_refused')
  expect(outcomesOf(refused)).toEqual(['added', 'role_not_allowed'])
  expect(refused.body.results[0]).toMatchObject({ member_id: null })
  expect((await api.get(`${team.path}/members`)).body.data).toHaveLength(1)
})

test('a dry run answers the same, and makes neither members nor accounts', async () => {
  const team = await newOrganization({ seat_limit: 2 })
  const [one, other] = [fresh(), fresh()]
  const members = [{ email: one }, { email: one }, { email: other }, { email: team.owner.email, role: 'owner' }]
  const answer = await api.post(bulk(team), { members, dry_run: true })
  expect(outcomesOf(answer)).toEqual(['added', 'unchanged', 'seat_limit_reached', 'unchanged'])
  expect(answer.body).toMatchObject({
    dry_run: true,
    results: [
      { user_id: null, email: one, member_id: null },
      { user_id: null, member_id: null },
      { user_id: null },
      { user_id: team.owner.id, member_id: team.owner.memberId },
    ],
    seats: { used: 2 },
  })
  expect((await api.get(`/v1/users?email=${one}`)).body.data).toEqual([])
  expect((await api.get(`${team.path}/seats`)).body).toMatchObject({ used: 1 })
})

test('what is no list of people is refused as a whole', async () => {
  const { path } = await newOrganization()
  const many = Array.from({ length: 501 }, () => ({ email: 'many@arrivals.test' }))
  expectInvalid(await api.post(bulk({ path }), { members: many }), 'members')
  expectInvalid(await api.post(bulk({ path }), { members: [] }), 'members')
  expectInvalid(await api.post(bulk({ path }), { members: [{ role: 'member' }] }), 'members.0')
  expectInvalid(
    await api.post(bulk({ path }), { members: [{ email: 'a@x.test', user_id: someId('usr') }] }),
    'members.0',
  )
  expectInvalid(await api.post(bulk({ path }), { members: [{ email: 'a@x.test', admin: true }] }), 'members.0.admin')
})

describe('who may not', () => {
  test('people of the organization are told that this is for the operator, others that there is nothing', async () => {
    const team = await newOrganization()
    const [email, stranger] = [fresh(), await newUser()]
    expectProblem(await team.owner.api.post(bulk(team), { members: [{ email }] }), 403, 'forbidden')
    expectProblem(await stranger.api.post(bulk(team), { members: [{ email }] }), 404, 'not_found')
    expect((await api.get(`/v1/users?email=${email}`)).body.data).toEqual([])
  })
  test('an organization that does not exist gets no accounts made', async () => {
    const email = fresh()
    const nowhere = { path: `/v1/organizations/${someId('org')}` }
    expectProblem(await api.post(bulk(nowhere), { members: [{ email }] }), 404, 'not_found')
    expect((await api.get(`/v1/users?email=${email}`)).body.data).toEqual([])
  })
})

describe('if the process dies after the accounts were made', () => {
  test('a repeated call adds the people under the same accounts', async () => {
    const team = await newOrganization()
    const emails = [fresh(), fresh()]
    const members = emails.map((email) => ({ email }))
    const limit = { seat_limit: 1 }
    await api.patch(team.path, limit)
    // The accounts are made, and the command adds nobody.
    expect(outcomesOf(await api.post(bulk(team), { members }))).toEqual(['seat_limit_reached', 'seat_limit_reached'])
    const ids = await Promise.all(
      emails.map(async (email) => (await api.get(`/v1/users?email=${email}`)).body.data[0].id),
    )
    await api.patch(team.path, { seat_limit: null })

    const { body } = await api.post(bulk(team), { members })

    expect(body.results).toMatchObject(ids.map((id) => ({ user_id: id, outcome: 'added' })))
  })
  test('the same Idempotency-Key gets the first answer', async () => {
    const team = await newOrganization()
    const options = { headers: { 'Idempotency-Key': 'import-1' } }
    const request = { ...options, body: { members: [{ email: fresh() }] } }
    const first = await api.call('POST', bulk(team), request)
    const again = await api.call('POST', bulk(team), request)
    expect(again.body).toEqual(first.body)
    expect(again.headers.get('Idempotency-Replayed')).toBe('true')
  })
})

describe('five hundred people', () => {
  const emails = Array.from({ length: 500 }, (_, index) => `crowd-${index}@arrivals.test`)
  let team: Team
  beforeAll(async () => {
    team = await newOrganization()
    const members = emails.map((email, index) => ({ email, external_id: `e-${index}` }))
    const prepare = vi.spyOn(env.ACCOUNTS, 'prepare')
    const answer = await api.post(bulk(team), { members })
    expect(answer.status, answer.text).toBe(200)
    expect(new Set(outcomesOf(answer))).toEqual(new Set(['added']))
    expect(prepare.mock.calls.length).toBeLessThan(30)
    prepare.mockRestore()
  })

  test('are as many members, accounts, and entries of both logs, of one revision', async () => {
    const { members, ledger, events } = await everythingOf(team)
    expect(members.map(({ email }) => email).sort()).toEqual([...emails, team.owner.email].sort())
    expect(ledger).toMatchObject({ active_members: 501 })
    expect(events.filter(({ type }) => type === 'member.added')).toHaveLength(501)
    const accounts = "select count(*) as count from users where email like 'crowd-%@arrivals.test'"
    expect(await inAccounts<{ count: number }>(accounts)).toEqual([{ count: 500 }])
    const entries = `select count(*) as count from environment_events join users on users.id = target_id
      where type = 'user.created' and email like 'crowd-%@arrivals.test'`
    expect(await inAccounts<{ count: number }>(entries)).toEqual([{ count: 500 }])
  })
  test('are found by their external ids, by the operator and by API keys that manage members', async () => {
    await followed(team)
    const keyWith = async (...permissions: string[]) =>
      created(await team.owner.api.post(`${team.path}/api-keys`, { name: permissions.join(), permissions })).secret
    const reader = as(bearer(await keyWith('members:read')))
    const path = `${team.path}/members?external_id=e-7`
    expectProblem(await reader.get(path), 403, 'forbidden', { permission: 'members:manage' })
    expect((await reader.get(`${team.path}/members?limit=100`)).text).not.toContain('e-7')
    for (const client of [api, as(bearer(await keyWith('members:read', 'members:manage')))]) {
      for (const consistency of ['strong', 'eventual']) {
        const { body, text } = await client.get(`${team.path}/members?external_id=e-7&consistency=${consistency}`)
        expect(text).toContain('e-7')
        expect(body.data).toMatchObject([{ email: 'crowd-7@arrivals.test', external_id: 'e-7' }])
      }
    }
    expect((await api.get(`${team.path}/members?external_id=nobody`)).body.data).toEqual([])
    expect((await api.get(`${team.path}/members?external_id=e-7&status=removed`)).body.data).toEqual([])
  })
})

test('a call with a condition makes no account', async () => {
  const team = await newOrganization()
  const email = fresh()
  for (const [path, body] of [
    ['members', { email }],
    ['members/bulk', { members: [{ email }] }],
  ] as const) {
    expectInvalid(await api.post(`${team.path}/${path}`, body, { 'If-Match': '"1"' }), 'If-Match')
  }
  expect((await api.get(`/v1/users?email=${email}`)).body.data).toEqual([])
})

describe('external ids', () => {
  test('can be given to one person as well, and to no second one', async () => {
    const team = await newOrganization()
    const body = { email: fresh(), external_id: 'e-1' }
    const member = created(await api.post(`${team.path}/members`, body))
    expect(member).toMatchObject({ external_id: 'e-1' })
    const taken = await api.post(`${team.path}/members`, { email: fresh(), external_id: 'e-1' })
    expectProblem(taken, 409, 'external_id_taken')
    expect(taken.body).toMatchObject({ member_id: member.id })
  })
  test('of other organizations do not count', async () => {
    const [one, other] = [await newOrganization(), await newOrganization()]
    for (const { path } of [one, other]) {
      created(await api.post(`${path}/members`, { email: fresh(), external_id: 'e-1' }))
    }
    expect((await api.get(`${one.path}/members?external_id=e-1`)).body.data).toHaveLength(1)
  })
  test('are erased with the account, from the rows and from the log', async () => {
    const team = await newOrganization()
    const member = created(await api.post(`${team.path}/members`, { email: fresh(), external_id: 'badge-4711' }))
    await followed(team)
    expect((await api.delete(`/v1/users/${member.user_id}`)).status).toBe(204)
    expect(JSON.stringify(await everythingOf(team))).not.toContain('badge-4711')
    expect((await api.get(`${team.path}/members?external_id=badge-4711&status=removed`)).body.data).toEqual([])
  })
  test('of a former member are free for another person', async () => {
    const team = await newOrganization()
    const member = created(await api.post(`${team.path}/members`, { email: fresh(), external_id: 'e-1' }))
    await carryOut(team, { type: 'RemoveMember', memberId: member.id })
    expect(created(await api.post(`${team.path}/members`, { email: fresh(), external_id: 'e-1' })).external_id).toBe(
      'e-1',
    )
    expect((await api.get(`${team.path}/members/${member.id}`)).body).toMatchObject({ external_id: null })
  })
})
