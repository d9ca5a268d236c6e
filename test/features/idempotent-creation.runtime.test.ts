import { env } from 'cloudflare:workers'
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type * as contract from '../../src/contract/resources.ts'
import { api as application } from '../../src/http/app.ts'
import { type Answer, as, type Client, expectProblem, operator } from '../support/api.ts'
import { newOrganization, newUser, type Person } from '../support/api-builders.ts'
import { newApiKey } from '../support/api-world.ts'
import { inAccounts, inDirectory } from './storage.ts'

/* An Idempotency-Key on what belongs to no organization yet: new organizations and new users. */

const key = (value: string) => ({ 'Idempotency-Key': value })
const app = application()
const newKey = () => key(crypto.randomUUID())
const wasReplayed = ({ headers }: Answer) => headers.get('Idempotency-Replayed') === 'true'
const atOnce = <T>(count: number, call: () => Promise<T>) => Promise.all(Array.from({ length: count }, call))

const countOf = async (table: string, where: string, ...values: unknown[]): Promise<number> => {
  const read = table === 'organizations' ? inDirectory : inAccounts
  const [row] = await read<{ count: number }>(`select count(*) as count from ${table} where ${where}`, ...values)
  return row?.count ?? 0
}

beforeAll(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})

interface Kind {
  readonly what: string
  readonly path: string
  readonly body: () => Record<string, unknown>
  readonly other: Record<string, unknown>
  /** How many there are of what the body describes. */
  readonly made: (body: Record<string, unknown>) => Promise<number>
}

const KINDS: readonly Kind[] = [
  {
    what: 'organization',
    path: '/v1/organizations',
    body: () => ({ name: `Acme ${crypto.randomUUID()}` }),
    other: { name: 'Another' },
    made: ({ name }) => countOf('organizations', 'name = ?', name),
  },
  {
    what: 'organization with a slug',
    path: '/v1/organizations',
    body: () => ({ name: 'Acme', slug: `acme-${crypto.randomUUID()}` }),
    other: { name: 'Acme', slug: 'another' },
    made: ({ slug }) => countOf('organizations', 'slug = ?', slug),
  },
  {
    what: 'user',
    path: '/v1/users',
    body: () => ({ email: `${crypto.randomUUID()}@x.test`, name: 'Ann' }),
    other: { email: 'other@x.test' },
    made: ({ email }) => countOf('users', 'email = ?', email),
  },
]

describe.each(KINDS)('a new $what', ({ path, body: newBody, other, made }) => {
  const api = as(operator)
  let once: Record<string, string>
  beforeEach(() => {
    once = newKey()
  })

  test('called for twenty times at once is one, and everybody gets the same answer', async () => {
    const body = newBody()
    const answers = await atOnce(20, () => api.post(path, body, once))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]))
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    expect(answers.filter(wasReplayed)).toHaveLength(19)
    await vi.waitFor(async () => expect(await made(body)).toBe(1))
  })

  test('is answered as the first time, even when it has changed since', async () => {
    const body = newBody()
    const first = await api.post(path, body, once)
    await api.patch(`${path}/${first.body.id}`, { name: 'Renamed' })
    const second = await api.post(path, body, once)
    expect(second).toMatchObject({ status: 201, body: first.body })
    expect(second.headers.get('Idempotency-Replayed')).toBe('true')
  })

  test('is not mistaken for another one: the key with another body is refused', async () => {
    await api.post(path, newBody(), once)
    expectProblem(await api.post(path, other, once), 422, 'idempotency_key_reused')
    expect(await made(other)).toBe(0)
  })

  test('is another one with another key', async () => {
    const first = await api.post(path, newBody(), once)
    const second = await api.post(path, newBody(), newKey())
    expect([first.status, second.status]).toEqual([201, 201])
    expect(second.body.id).not.toBe(first.body.id)
  })

  test('whose first call died before anything was made comes to be by the second, under the same id', async () => {
    const body = newBody()
    const first = await api.post(path, body, once)
    await forget(first.body.id)
    const second = await api.post(path, body, once)
    expect(second).toMatchObject({ status: 201, body: { id: first.body.id } })
    await vi.waitFor(async () => expect(await made(body)).toBe(1))
  })

  test('whose first call died before it was answered is answered by the second', async () => {
    const body = newBody()
    const first = await api.post(path, body, once)
    await inAccounts('update creation_answers set answer = null where resource_id = ?', first.body.id)
    const second = await api.post(path, body, once)
    expect(second).toMatchObject({ status: 201, body: first.body })
    await vi.waitFor(async () => expect(await made(body)).toBe(1))
  })

  test('that was refused leaves its key free', async () => {
    const refused = await api.post(path, await takenBody(path), once)
    expect(refused.status).toBe(409)
    expect((await api.post(path, newBody(), once)).status).toBe(201)
  })

  test('that is refused twenty times at once is refused for its reason each time', async () => {
    const taken = await takenBody(path)
    const answers = await atOnce(20, () => api.post(path, taken, once))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([409]))
  })

  test('takes the key of a call that is refused at this very moment', async () => {
    const body = newBody()
    const { body: first } = await api.post(path, body, once)
    const giveBack = () => forget(first.id, 'delete from creation_answers where resource_id = ?')
    const meanwhile = as(operator, async (request) => app.fetch(request, { ...env, ACCOUNTS: beforeItLooks(giveBack) }))
    const second = await meanwhile.post(path, { ...newBody() }, once)
    expect(second.status).toBe(201)
    expect(second.body.id).not.toBe(first.id)
  })

  test('may be called for with the same key once the record of the first is a day old', async () => {
    const first = await api.post(path, newBody(), once)
    await inAccounts('update creation_answers set expires_at = ? where resource_id = ?', Date.now(), first.body.id)
    const second = await api.post(path, newBody(), once)
    expect(second.status).toBe(201)
    expect(wasReplayed(second)).toBe(false)
    expect(second.body.id).not.toBe(first.body.id)
  })

  test('keeps no key and no credential in its record', async () => {
    await api.post(path, newBody(), key('my-own-key'))
    const records = JSON.stringify(await inAccounts('select * from creation_answers'))
    expect(records).toContain('resource_id')
    expect(records).not.toContain('my-own-key')
    expect(records).not.toContain(operator.Authorization?.split(' ')[1])
  })
})

/** The directory, where something happens right before the first look at what was answered. */
function beforeItLooks(happens: () => Promise<void>): D1Database {
  let once = happens
  const prepare = (query: string) => {
    const statement = env.ACCOUNTS.prepare(query)
    if (!/^select .* from "creation_answers"/.test(query)) return statement
    const raw = async (bound: D1PreparedStatement) => {
      const act = once
      once = async () => undefined
      await act()
      return bound.raw()
    }
    return { bind: (...values: unknown[]) => ({ raw: () => raw(statement.bind(...values)) }) }
  }
  const batch = (statements: D1PreparedStatement[]) => env.ACCOUNTS.batch(statements)
  return { prepare, batch } as unknown as D1Database
}

/** As if the call had died right after it fixed the id: nothing of the resource is there, and no answer. */
async function forget(
  id: string,
  record = 'update creation_answers set answer = null where resource_id = ?',
): Promise<void> {
  await inAccounts(record, id)
  await inAccounts('delete from users where id = ?', id)
  for (const table of ['creation_claims', 'slug_claims']) {
    await inAccounts(`delete from ${table} where organization_id = ?`, id)
  }
}

/** Of something that somebody else has already. */
const takenBody = async (path: string) =>
  path === '/v1/users' ? { email: (await newUser()).email } : { name: 'Acme', slug: (await newOrganization()).slug }

describe('credentials', () => {
  test('use the same key without knowing of each other', async () => {
    const [ann, bob] = [await newUser(), await newUser()]
    const body = { name: 'Same' }
    const create = (api: Client) => api.post<contract.Organization>('/v1/organizations', body, key('shared'))
    const answers = [await create(as(operator)), await create(ann.api), await create(bob.api)]
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201])
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(3)
  })

  test('that may not create leave no record', async () => {
    const { api } = await newApiKey(await newOrganization())
    const before = await countOf('creation_answers', '1 = 1')
    expectProblem(await api.post('/v1/organizations', { name: 'No' }, key('no')), 403, 'forbidden')
    expect(await countOf('creation_answers', '1 = 1')).toBe(before)
  })
})

describe('a person with one organization left to create', () => {
  const create = (ann: Person, name: string) => ann.api.post('/v1/organizations', { name }, key(name))

  async function withOneLeft(): Promise<Person> {
    await as(operator).patch('/v1/settings', { max_organizations_per_user: 2 })
    const ann = await newUser()
    await create(ann, 'First')
    return ann
  }

  test('creates it, though they call twenty times at once', async () => {
    const ann = await withOneLeft()
    const answers = await atOnce(20, () => create(ann, 'Last'))
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(201))
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    expect(await countOf('creation_claims', 'created_by = ?', ann.id)).toBe(2)
  })

  test('gets the answer of a call that died, though by then they have all they may', async () => {
    const ann = await withOneLeft()
    const first = await create(ann, 'Last')
    await inAccounts('update creation_answers set answer = null where resource_id = ?', first.body.id)
    expect(await create(ann, 'Last')).toMatchObject({ status: 201, body: first.body })
  })

  test('does not get another one', async () => {
    const ann = await withOneLeft()
    await create(ann, 'Last')
    expectProblem(await create(ann, 'More'), 409, 'organization_limit_reached', { limit: 2 })
  })
})

test('twenty organizations wanted under one name at once all come to be, each under its own slug', async () => {
  await as(operator).patch('/v1/settings', { max_organizations_per_user: 10 })
  const answers = await atOnce(20, () => as(operator).post('/v1/organizations', { name: 'Popular' }))
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(201))
  expect(new Set(answers.map(({ body }) => body.slug)).size).toBe(20)
})
