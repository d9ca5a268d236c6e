import { beforeAll, describe, expect, test, vi } from 'vitest'
import { KEY_PERMISSIONS, PERMISSIONS } from '../matrix/who.ts'
import { type Answer, as, type Client, expectInvalid, expectProblem, operator } from '../support/api.ts'
import {
  created,
  followed,
  type Member,
  newMember,
  newOrganization,
  newUser,
  type Person,
  remove,
  reseam,
  suspend,
  type Team,
} from '../support/api-builders.ts'
import { newApiKey, someId } from '../support/api-world.ts'

/* "May this person do that here?": the question that products ask most. */

let team: Team
let people: Record<string, Person>
beforeAll(async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  team = await newOrganization()
  await reseam(team, { clock: Date.now })
  const roles = { reader: ['members:read'], biller: ['billing:manage', 'products:use'] }
  for (const [key, permissions] of Object.entries(roles)) {
    created(await team.owner.api.post(`${team.path}/roles`, { key, name: key, permissions }))
  }
  const [suspended, removed] = [await newMember(team, 'owner'), await newMember(team, 'owner')]
  await suspend(team, suspended)
  await remove(team, removed)
  people = { owner: team.owner, admin: await newMember(team, 'admin'), member: await newMember(team) }
  people = { ...people, reader: await newMember(team, 'reader'), biller: await newMember(team, 'biller') }
  people = { ...people, suspended, removed, stranger: await newUser(), unknown: { ...team.owner, id: someId('usr') } }
  await followed(team)
})

const personOf = (name: string): Person => people[name] as Person
const access = ({ path }: Team, query: object): string =>
  `${path}/access?${new URLSearchParams(query as Record<string, string>)}`

describe('the answer says why', () => {
  test.each([
    ['admin', 'members:manage', { allowed: true, reason: 'granted', role: 'admin', status: 'active' }],
    ['member', 'members:manage', { allowed: false, reason: 'permission_missing', role: 'member', status: 'active' }],
    ['suspended', 'products:use', { allowed: false, reason: 'suspended', role: 'owner', status: 'suspended' }],
    ['removed', 'products:use', { allowed: false, reason: 'not_a_member', role: null, status: null }],
    ['stranger', 'products:use', { allowed: false, reason: 'not_a_member', role: null, status: null }],
    ['unknown', 'products:use', { allowed: false, reason: 'not_a_member', role: null, status: null }],
  ])('%s, %s', async (name, permission, answer) => {
    const user_id = personOf(name).id
    const { body } = await as(operator).get(access(team, { user_id, permission }))
    expect(body).toMatchObject({ object: 'access', user_id, permission, ...answer })
  })

  test('and names all that the person may do, which is nothing while they are not active', async () => {
    const permissionsOf = async (name: string) =>
      (await as(operator).get(access(team, { user_id: personOf(name).id }))).body.permissions
    expect((await permissionsOf('owner')).toSorted()).toEqual(PERMISSIONS.toSorted())
    expect((await permissionsOf('biller')).toSorted()).toEqual(['billing:manage', 'products:use'])
    for (const name of ['suspended', 'removed', 'stranger']) expect(await permissionsOf(name)).toEqual([])
  })

  test('and without a permission to ask for, whether they may do anything here at all', async () => {
    const allowed = async (name: string) =>
      (await as(operator).get(access(team, { user_id: personOf(name).id }))).body.allowed
    expect([await allowed('reader'), await allowed('suspended'), await allowed('stranger')]).toEqual([
      true,
      false,
      false,
    ])
  })
})

test('every change is in the next answer, however often was asked before', async () => {
  const { owner, path } = team
  const person = await newUser()
  const answer = async () => {
    const query = access(team, { user_id: person.id, permission: 'members:manage' })
    const { body } = await as(operator).get(query)
    expect((await as(operator).get(query)).body).toEqual(body)
    return [body.role, body.status, body.reason]
  }
  expect(await answer()).toEqual([null, null, 'not_a_member'])
  const { id } = created(await as(operator).post(`${path}/members`, { user_id: person.id }))
  const member = `${path}/members/${id}`
  expect(await answer()).toEqual(['member', 'active', 'permission_missing'])
  await owner.api.patch(member, { role: 'admin' })
  expect(await answer()).toEqual(['admin', 'active', 'granted'])
  await owner.api.post(`${member}/suspend`)
  expect(await answer()).toEqual(['admin', 'suspended', 'suspended'])
  await owner.api.post(`${member}/reactivate`)
  expect(await answer()).toEqual(['admin', 'active', 'granted'])
  created(await owner.api.post(`${path}/roles`, { key: 'passing', name: 'Passing', permissions: ['members:manage'] }))
  await owner.api.patch(member, { role: 'passing' })
  expect(await answer()).toEqual(['passing', 'active', 'granted'])
  await owner.api.delete(`${path}/roles/passing?reassign_to=member`)
  expect(await answer()).toEqual(['member', 'active', 'permission_missing'])
  await owner.api.delete(member)
  expect(await answer()).toEqual([null, null, 'not_a_member'])
})

test('whoever is no person has to name one', async () => {
  expectInvalid(await as(operator).get(access(team, { permission: 'products:use' })), 'user_id')
  const key = await newApiKey(team, ['members:read'])
  expectInvalid(await key.api.get(access(team, { permission: 'products:use' })), 'user_id')
})

test('a permission or a person that cannot be is refused, not denied', async () => {
  const { id } = team.owner
  expectInvalid(await as(operator).get(access(team, { user_id: id, permission: 'members:delete' })), 'permission')
  expectInvalid(await as(operator).get(access(team, { user_id: 'ann' })), 'user_id')
})

describe('a batch', () => {
  const checksFor = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      user_id: personOf(['owner', 'member', 'suspended', 'stranger'][index % 4] ?? '').id,
      permission: PERMISSIONS[index % PERMISSIONS.length],
    }))
  const ask = (checks: unknown) => as(operator).post(`${team.path}/access/batch`, { checks })

  test('of a hundred questions has a hundred answers, in the order asked', async () => {
    const checks = checksFor(100)
    const { body } = await ask(checks)
    expect(body.data).toMatchObject(checks)
    const alone = checks.map((check) => as(operator).get(access(team, check)))
    expect(body.data).toEqual((await Promise.all(alone)).map((answer) => answer.body))
  })

  test.each([
    ['of more than a hundred', () => checksFor(101), 'checks'],
    ['of none', () => [], 'checks'],
    ['of a question without a permission', () => [{ user_id: team.owner.id }], 'checks.0.permission'],
  ])('%s is refused', async (_, checks, path) => {
    expectInvalid(await ask(checks()), path)
  })
})

describe('asked nearby, once the directory has caught up,', () => {
  const askers = async (): Promise<Record<string, Client>> => ({
    operator: as(operator),
    'a key': (await newApiKey(team, ['members:read'])).api,
    'a key without members:read': (await newApiKey(team, ['products:use'])).api,
    ...Object.fromEntries(Object.entries(people).map(([name, { api }]) => [name, api])),
  })

  test('everybody gets the same answer about everybody and every permission', async () => {
    const everyone = await askers()
    await followed(team)
    const every = Object.values(people).flatMap(({ id }) =>
      PERMISSIONS.map((permission) => ({ user_id: id, permission })),
    )
    // Whether one may ask does not hang on what one asks: of each person one permission, another one of each.
    const some = every.filter((_, index) => index % (PERMISSIONS.length + 1) === 0)
    for (const [name, api] of Object.entries(everyone)) {
      const questions = ['operator', 'a key'].includes(name) ? every : some
      const strong = await Promise.all(questions.map((question) => api.get(access(team, question))))
      const nearby = questions.map((question) => api.get(access(team, { ...question, consistency: 'eventual' })))
      expect((await Promise.all(nearby)).map(shown), name).toEqual(strong.map(shown))
    }
  })

  test.each(['members', 'roster', 'invitations'])('everybody gets the same list of %s', async (list) => {
    const everyone = await askers()
    await followed(team)
    for (const [name, api] of Object.entries(everyone)) {
      const strong = await api.get(`${team.path}/${list}?limit=100`)
      const nearby = await api.get(`${team.path}/${list}?limit=100&consistency=eventual`)
      expect(shown(nearby), name).toEqual(shown(strong))
    }
  })

  const shown = ({ status, body }: Answer) => ({ status, ...body, request_id: undefined })
})

describe('while the directory lags', () => {
  const OUTAGE = { project: () => Promise.reject(new Error('D1_ERROR: gone')) }

  test('the organization itself is current, the answer nearby is as of the revision that it names', async () => {
    const acme = await newOrganization()
    const bob = await newMember(acme)
    await followed(acme)
    await reseam(acme, OUTAGE)

    await acme.owner.api.delete(`${acme.path}/members/${bob.memberId}`)

    const question = { user_id: bob.id, permission: 'products:use' }
    const strong = await as(operator).get(access(acme, question))
    const nearby = await as(operator).get(access(acme, { ...question, consistency: 'eventual' }))
    expect([strong.body.allowed, strong.headers.get('Muster-Revision')]).toEqual([false, '3'])
    expect([nearby.body.allowed, nearby.headers.get('Muster-Revision')]).toEqual([true, '2'])
  })

  test('a revoked key stops at its next call', async () => {
    const acme = await newOrganization()
    const key = await newApiKey(acme, ['organization:read', 'members:read'])
    expect((await key.api.get(acme.path)).status).toBe(200)
    await reseam(acme, OUTAGE)
    await acme.owner.api.delete(`${acme.path}/api-keys/${key.id}`)
    expectProblem(await key.api.get(acme.path), 401, 'unauthenticated')
    expectProblem(await key.api.get(access(acme, { user_id: acme.owner.id })), 401, 'unauthenticated')
  })

  test('a revoked key stops nearby, too, once the directory has caught up', async () => {
    const acme = await newOrganization()
    const key = await newApiKey(acme, ['members:read'])
    const nearby = access(acme, { user_id: acme.owner.id, consistency: 'eventual' })
    await followed(acme)
    expect((await key.api.get(nearby)).status).toBe(200)
    await acme.owner.api.delete(`${acme.path}/api-keys/${key.id}`)
    await followed(acme)
    expectProblem(await key.api.get(nearby), 401, 'unauthenticated')
  })
})

describe('asked nearby, nobody sees another organization', () => {
  let one: Team
  let other: Team
  let both: Member
  beforeAll(async () => {
    ;[one, other] = [await newOrganization({ name: 'One' }), await newOrganization({ name: 'Other' })]
    for (const [{ path, owner }, permissions] of [
      [one, ['members:read']],
      [other, []],
    ] as const) {
      created(await owner.api.post(`${path}/roles`, { key: 'dual', name: 'Dual', permissions }))
    }
    both = await newMember(one, 'dual')
    created(await as(operator).post(`${other.path}/members`, { user_id: both.id, role: 'dual' }))
    await followed(one)
    await followed(other)
  })

  test('not by a role of the same key, nor by belonging to both', async () => {
    const nearby = (in_: Team) => both.api.get(access(in_, { permission: 'members:read', consistency: 'eventual' }))
    expect((await nearby(one)).body).toMatchObject({ allowed: true, permissions: ['members:read'] })
    expect((await nearby(other)).body).toMatchObject({ allowed: false, permissions: [] })
    expectProblem(await both.api.get(`${other.path}/members?consistency=eventual`), 403, 'forbidden')
  })

  test('not by what they are elsewhere', async () => {
    const admin = await newMember(one, 'admin')
    created(await as(operator).post(`${other.path}/members`, { user_id: admin.id, role: 'dual' }))
    const guest = await newMember(one)
    await followed(one)
    await followed(other)
    const nearby = (user_id: string) =>
      as(operator).get(access(other, { user_id, permission: 'members:manage', consistency: 'eventual' }))
    expect((await nearby(admin.id)).body).toMatchObject({ allowed: false, role: 'dual', permissions: [] })
    expect((await nearby(guest.id)).body).toMatchObject({ allowed: false, reason: 'not_a_member' })
    expectProblem(await guest.api.get(`${other.path}/members?consistency=eventual`), 404, 'not_found')
  })

  test('not in a list', async () => {
    const { body } = await both.api.get(`${one.path}/members?consistency=eventual`)
    expect(new Set(body.data.map((item: { organization_id: string }) => item.organization_id))).toEqual(
      new Set([one.id]),
    )
    const ids = body.data.map(({ user_id }: { user_id: string }) => user_id)
    expect(ids).not.toContain(other.owner.id)
  })

  test('not with a key of it', async () => {
    const key = await newApiKey(other, KEY_PERMISSIONS)
    await followed(other)
    for (const list of ['members', 'roster', 'invitations', 'access']) {
      expectProblem(await key.api.get(`${one.path}/${list}?consistency=eventual`), 404, 'not_found')
    }
  })
})
