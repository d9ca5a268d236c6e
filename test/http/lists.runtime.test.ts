import { beforeAll, describe, expect, test } from 'vitest'
import { type Answer, as, type Client, expectInvalid, operator } from '../support/api.ts'
import {
  created,
  followed,
  newInvitation,
  newOrganization,
  newUser,
  type Person,
  type Team,
} from '../support/api-builders.ts'

/* What all lists have in common: pages, cursors and order, over the same few people, invitations and organizations. */

const NAMES = ['Ärne', 'bea', 'Bea', 'Çem', 'Dan', 'dan', 'Eve', 'Zoë', '李']

let team: Team
let creator: Person
beforeAll(async () => {
  team = await newOrganization()
  creator = await newUser('Cy')
  const api = as(operator)
  for (const [index, name] of NAMES.entries()) {
    const user = await newUser(name)
    created(await api.post(`${team.path}/members`, { user_id: user.id, role: index % 2 ? 'admin' : 'member' }))
    await newInvitation(team, { name: `${name} invited` })
    await followed(created(await creator.api.post('/v1/organizations', { name })))
  }
  await followed(team)
})

interface List {
  readonly name: string
  readonly path: () => string
  readonly api: () => Client
  readonly sorts: readonly string[]
  readonly filter: string
}

const inTeam = (name: string, sorts: readonly string[], filter: string): List => ({
  name,
  path: () => `${team.path}/${name}`,
  api: () => team.owner.api,
  sorts,
  filter,
})

const LISTS: readonly List[] = [
  inTeam('members', ['name', 'email', 'joined_at', 'last_sign_in_at'], 'role=member'),
  inTeam('roster', ['name', 'email', 'role', 'date'], 'status=active'),
  inTeam('invitations', ['created_at', 'email', 'expires_at'], 'query=bea'),
  inTeam('events', [], 'type=member.added'),
  { name: 'users', path: () => '/v1/users', api: () => as(operator), sorts: [], filter: 'query=bea' },
  { name: 'organizations', path: () => '/v1/organizations', api: () => as(operator), sorts: [], filter: 'query=a' },
  { name: 'my organizations', path: () => '/v1/organizations', api: () => creator.api, sorts: [], filter: 'query=e' },
]

const idsOf = ({ body }: Answer): string[] => body.data.map(({ id }: { id: string }) => id)

async function walk(api: Client, path: string, limit: number): Promise<string[]> {
  const glue = path.includes('?') ? '&' : '?'
  const ids: string[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const next: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const page: Answer = await api.get(`${path}${glue}limit=${limit}${next}`)
    expect(page.status, page.text).toBe(200)
    expect(page.body.data.length).toBeLessThanOrEqual(limit)
    expect(page.body.data.length, 'a page with a next one is full').toBeGreaterThanOrEqual(
      page.body.next_cursor ? limit : 0,
    )
    ids.push(...idsOf(page))
    cursor = page.body.next_cursor
  }
  return ids
}

describe.each(LISTS)('the list of $name', ({ path, api, filter }) => {
  test('comes in its envelope, 20 at a time unless asked otherwise', async () => {
    const answer = await api().get(path())
    expect(answer.body).toMatchObject({ object: 'list' })
    expect(answer.body.data.length).toBeLessThanOrEqual(20)
  })

  test.each([1, 2, 3, 7])('walked %i at a time is the whole list, each once and in its order', async (limit) => {
    const whole = await walk(api(), path(), 100)
    expect(whole.length).toBeGreaterThanOrEqual(NAMES.length)
    expect(new Set(whole).size).toBe(whole.length)

    expect(await walk(api(), path(), limit)).toEqual(whole)
  })

  test('walked with a filter is the whole filtered list', async () => {
    const filtered = `${path()}?${filter}`
    const whole = await walk(api(), filtered, 100)
    expect(whole.length).toBeGreaterThan(1)
    expect(await walk(api(), filtered, 1)).toEqual(whole)
  })

  test('takes no cursor of the same list under another filter', async () => {
    const { body } = await api().get(`${path()}?limit=1`)
    expectInvalid(await api().get(`${path()}?limit=1&${filter}&cursor=${body.next_cursor}`), 'cursor')
  })

  test('takes a cursor at another limit', async () => {
    const whole = await walk(api(), path(), 100)
    const { body } = await api().get(`${path()}?limit=1`)
    expect(idsOf(await api().get(`${path()}?limit=3&cursor=${body.next_cursor}`))).toEqual(whole.slice(1, 4))
  })

  test('takes no cursor that was tampered with', async () => {
    const { body } = await api().get(`${path()}?limit=1`)
    const cursor: string = body.next_cursor
    const parts: unknown[] = JSON.parse(atob(cursor.replace(/-/g, '+').replace(/_/g, '/')))
    const wrong = parts.flatMap((part, at) => [null, 1.5, { $ne: 1 }, [part]].map((other) => parts.with(at, other)))
    const forged = [
      cursor.slice(0, -3),
      cursor.slice(2),
      ...[parts.with(0, `${parts[0]}x`), parts.slice(0, -1), [...parts, 1], parts[0], ...wrong].map((other) =>
        btoa(JSON.stringify(other)),
      ),
    ]
    for (const value of forged) {
      expectInvalid(await api().get(`${path()}?cursor=${encodeURIComponent(value)}`), 'cursor')
    }
  })

  test('does not fall over a cursor that points elsewhere', async () => {
    const { body } = await api().get(`${path()}?limit=1`)
    const parts: unknown[] = JSON.parse(atob(body.next_cursor.replace(/-/g, '+').replace(/_/g, '/')))
    const numbers = parts.flatMap((part, at) => (typeof part === 'number' ? [at] : []))
    for (const other of numbers.flatMap((at) => [-1, 99, 2 ** 53 - 1].map((value) => parts.with(at, value)))) {
      const cursor = encodeURIComponent(btoa(JSON.stringify(other)))
      expect([200, 422]).toContain((await api().get(`${path()}?cursor=${cursor}`)).status)
    }
  })

  test('takes no cursor of any other list', async () => {
    for (const other of LISTS.filter((list) => list.path() !== path())) {
      const { body } = await other.api().get(`${other.path()}?limit=1`)
      expectInvalid(await api().get(`${path()}?cursor=${body.next_cursor}`), 'cursor')
    }
  })
})

describe.each(LISTS.filter(({ sorts }) => sorts.length > 0))('the list of $name', ({ path, api, sorts }) => {
  test('descends in the exact reverse of how it ascends, in every order', async () => {
    for (const sort of sorts) {
      const ascending = await walk(api(), `${path()}?sort=${sort}`, 100)
      const descending = await walk(api(), `${path()}?sort=-${sort}`, 100)
      expect(descending, sort).toEqual(ascending.toReversed())
      expect(await walk(api(), `${path()}?sort=-${sort}`, 2), sort).toEqual(descending)
    }
  })

  test('takes no order that it does not have', async () => {
    for (const sort of ['nonsense', '--email', '+email', 'email,name', 'EMAIL', '-']) {
      expectInvalid(await api().get(`${path()}?sort=${encodeURIComponent(sort)}`), 'sort')
    }
  })

  test('takes no cursor of another order', async () => {
    const [one = '', other = ''] = sorts
    const { body } = await api().get(`${path()}?limit=1&sort=${one}`)
    expectInvalid(await api().get(`${path()}?limit=1&sort=${other}&cursor=${body.next_cursor}`), 'cursor')
    expectInvalid(await api().get(`${path()}?limit=1&sort=-${one}&cursor=${body.next_cursor}`), 'cursor')
  })
})

test('a cursor of one organization is of no use in another', async () => {
  const other = await newOrganization()
  const { body } = await team.owner.api.get(`${team.path}/members?limit=1`)
  expectInvalid(await other.owner.api.get(`${other.path}/members?cursor=${body.next_cursor}`), 'cursor')
})

test("a cursor of one person's organizations is of no use to another person", async () => {
  const { body } = await creator.api.get('/v1/organizations?limit=1')
  expectInvalid(await team.owner.api.get(`/v1/organizations?cursor=${body.next_cursor}`), 'cursor')
})

test('whoever joins or leaves while a list is walked neither skips nor repeats the others', async () => {
  const { owner, path } = team
  const before = await walk(owner.api, `${path}/members?sort=name`, 100)
  const first = await owner.api.get(`${path}/members?sort=name&limit=4`)
  const early = await newUser('Aaron')
  const late = await newUser('Zzz')
  for (const { id } of [early, late]) created(await as(operator).post(`${path}/members`, { user_id: id }))
  await owner.api.delete(`${path}/members/${idsOf(first)[0]}`)

  const rest: string[] = []
  let cursor = first.body.next_cursor
  while (cursor !== null) {
    const page = await owner.api.get(`${path}/members?sort=name&limit=4&cursor=${cursor}`)
    rest.push(...idsOf(page))
    cursor = page.body.next_cursor
  }

  expect([...idsOf(first), ...rest].filter((id) => before.includes(id))).toEqual(before)
})

test('names are sorted without regard to case', async () => {
  const { body } = await team.owner.api.get(`${team.path}/members?sort=name&limit=100`)
  const names = body.data.map(({ name }: { name: string }) => name.toLowerCase())
  expect(names).toEqual([...names].sort())
})
