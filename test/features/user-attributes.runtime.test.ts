import { afterEach, describe, expect, test, vi } from 'vitest'
import { attributeDefinitions } from '../../src/accounts/attributes.ts'
import type * as contract from '../../src/contract/resources.ts'
import { as, expectInvalid, expectProblem, operator } from '../support/api.ts'
import {
  created,
  followed,
  newInvitation,
  newOrganization,
  newUser,
  type Person,
  type Team,
} from '../support/api-builders.ts'
import { accountsThat } from '../support/api-faults.ts'

/* What the product wants to know about people: its definitions, their values, and lists by them. */

const api = as(operator)
const PATH = '/v1/user-attributes'

const define = async (key: string, fields: object = {}) =>
  created(await api.post<contract.UserAttribute>(PATH, { key, label: `The ${key}`, type: 'string', ...fields }))
const undefine = (key: string) => api.delete(`${PATH}/${key}`)
const defined = async (): Promise<contract.UserAttribute[]> => (await api.get(PATH)).body.data

const give = (person: Person, attributes: object) => api.patch(`/v1/users/${person.id}`, { attributes })
const valuesOf = async (person: Person) => (await api.get(`/v1/users/${person.id}`)).body.attributes

afterEach(async () => {
  vi.useRealTimers()
  for (const { key } of await defined()) await undefine(key)
})

describe('a definition', () => {
  test('is asked of nobody and edited by the operator alone, unless it says otherwise', async () => {
    expect(await define('team')).toEqual({
      object: 'user_attribute',
      key: 'team',
      label: 'The team',
      type: 'string',
      options: null,
      required: false,
      user_editable: false,
    })
  })

  test('stands in the list in the order of its definition', async () => {
    for (const key of ['zeta', 'alpha', 'mid']) await define(key)
    expect((await defined()).map(({ key }) => key)).toEqual(['zeta', 'alpha', 'mid'])
  })

  test('has a key of its own, however many define it at once', async () => {
    const body = { key: 'team', label: 'Team', type: 'string' }
    const answers = await Promise.all(Array.from({ length: 10 }, () => api.post(PATH, body)))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(9).fill(409)])
    expectProblem(await api.post(PATH, { ...body, type: 'number' }), 409, 'user_attribute_exists')
  })

  test('is the last when there are fifty, exactly', async () => {
    const body = (n: number) => ({ key: `a${n}`, label: 'A', type: 'boolean' })
    const answers = await Promise.all(Array.from({ length: 53 }, (_, n) => api.post(PATH, body(n))))
    const refused = answers.filter(({ status }) => status !== 201)
    expect(refused).toHaveLength(3)
    for (const answer of refused) expectProblem(answer, 409, 'user_attribute_limit_reached', { limit: 50 })
    const [first] = await defined()
    expectProblem(
      await api.post(PATH, { ...first, object: undefined, options: undefined }),
      409,
      'user_attribute_exists',
    )
  })

  test('comes once of calls with the same Idempotency-Key, also of racing ones', async () => {
    const make = () => api.post(PATH, { key: 'team', label: 'Team', type: 'string' }, { 'Idempotency-Key': 'define-1' })
    const answers = await Promise.all(Array.from({ length: 8 }, make))
    for (const answer of [...answers, await make()])
      expect(answer).toMatchObject({ status: 201, body: { key: 'team' } })
  })

  test.each([
    ['key', { key: 'Team' }],
    ['key', { key: '1team' }],
    ['key', { key: 'a'.repeat(33) }],
    ['key', { key: '__proto__' }],
    ['label', { label: ' ' }],
    ['type', { type: 'text' }],
    ['options', { type: 'enum' }],
    ['options', { options: ['a'] }],
    ['options', { type: 'enum', options: [] }],
    ['options', { type: 'enum', options: ['a', 'a'] }],
    ['options', { type: 'enum', options: Array.from({ length: 101 }, (_, n) => `o${n}`) }],
    ['options.1', { type: 'enum', options: ['a', ''] }],
  ])('is refused for its %s: %o', async (path, fields) => {
    expectInvalid(await api.post(PATH, { key: 'team', label: 'Team', type: 'string', ...fields }), path)
  })

  test('changes in what is named, and keeps key and type', async () => {
    await define('plan', { type: 'enum', options: ['free', 'pro'], required: true })
    const changed = await api.patch(`${PATH}/plan`, { label: 'Plan', user_editable: true })
    expect(changed.body).toMatchObject({ label: 'Plan', options: ['free', 'pro'], required: true, user_editable: true })
    expect(await defined()).toEqual([changed.body])
    expectInvalid(await api.patch(`${PATH}/plan`, { type: 'string' }), 'type')
    expectInvalid(await api.patch(`${PATH}/plan`, { key: 'other' }), 'key')
    await define('team')
    expectInvalid(await api.patch(`${PATH}/team`, { options: ['a'] }), 'options')
  })

  test('counts at once in its own isolate, and in another when five seconds have passed, to the millisecond', async () => {
    const elsewhere = accountsThat(() => false)
    const known = async () => (await attributeDefinitions(elsewhere)).map(({ key, label }) => `${key}: ${label}`)
    const ann = await newUser()
    const start = Date.now()
    vi.setSystemTime(start)
    await define('team')
    await define('level')
    expect(await known()).toEqual(['level: The level', 'team: The team'])

    vi.setSystemTime(start + 1)
    await api.patch(`${PATH}/team`, { label: 'Team' })
    await undefine('level')

    expectInvalid(await give(ann, { level: 'x' }), 'attributes.level')
    vi.setSystemTime(start + 4_999)
    expect(await known()).toEqual(['level: The level', 'team: The team'])
    vi.setSystemTime(start + 5_000)
    expect(await known()).toEqual(['team: Team'])
  })

  test('that there is not is not found', async () => {
    expectProblem(await api.patch(`${PATH}/none`, { label: 'X' }), 404, 'not_found')
    expectProblem(await undefine('none'), 404, 'not_found')
  })
})

describe('a value', () => {
  test('is taken with a new user, changed alone, and taken away by null', async () => {
    for (const [key, type] of Object.entries({ a: 'string', b: 'number', c: 'boolean', d: 'date' })) {
      await define(key, { type })
    }
    const ann = await newUser('Ann', { attributes: { a: ' x ', b: 1.5, c: false, d: '2024-02-29' } })
    expect(await valuesOf(ann)).toEqual({ a: 'x', b: 1.5, c: false, d: '2024-02-29' })

    expect((await give(ann, { b: null, c: true })).body.attributes).toEqual({ a: 'x', c: true, d: '2024-02-29' })
    expect((await give(ann, {})).body.attributes).toEqual({ a: 'x', c: true, d: '2024-02-29' })
  })

  test('must be what its definition says, and have one', async () => {
    await define('n', { type: 'number' })
    await define('plan', { type: 'enum', options: ['free', 'pro'] })
    const ann = await newUser()
    const wrong = { n: '1', plan: 'gold', other: 'x', constructor: 'x' }
    const paths = Object.keys(wrong).map((key) => `attributes.${key}`)
    expectInvalid(await give(ann, wrong), ...paths)
    expectInvalid(await api.post('/v1/users', { email: 'wrong@x.test', attributes: wrong }), ...paths)
    expectInvalid(await give(ann, { n: [1] }), 'attributes.n')
    expectInvalid(await give(ann, JSON.parse('{"__proto__": "x"}')), 'attributes.__proto__')
    expect(await valuesOf(ann)).toEqual({})
  })

  test('is not lost to changes of other values at the same time', async () => {
    const keys = Array.from({ length: 12 }, (_, n) => `k${n}`)
    for (const key of keys) await define(key, { type: 'number' })
    const ann = await newUser()
    await Promise.all(keys.map((key, n) => give(ann, { [key]: n })))
    expect(await valuesOf(ann)).toEqual(Object.fromEntries(keys.map((key, n) => [key, n])))
  })

  test('is hidden while its definition is gone, or of another type, and comes back with it', async () => {
    await define('team')
    const ann = await newUser('Ann', { attributes: { team: '2026-03-02' } })

    await undefine('team')
    expect(await valuesOf(ann)).toEqual({})
    expectInvalid(await give(ann, { team: 'blue' }), 'attributes.team')

    await define('team', { type: 'date' })
    expect(await valuesOf(ann)).toEqual({})
    await give(ann, { team: '2020-01-01' })
    expect(await valuesOf(ann)).toEqual({ team: '2020-01-01' })

    await undefine('team')
    await define('team')
    expect(await valuesOf(ann)).toEqual({ team: '2026-03-02' })
  })

  test('is hidden while it is none of the options', async () => {
    await define('plan', { type: 'enum', options: ['free', 'pro'] })
    const ann = await newUser('Ann', { attributes: { plan: 'pro' } })

    await api.patch(`${PATH}/plan`, { options: ['free'] })
    expect(await valuesOf(ann)).toEqual({})
    expectInvalid(await give(ann, { plan: 'pro' }), 'attributes.plan')

    await api.patch(`${PATH}/plan`, { options: ['pro', 'max'] })
    expect(await valuesOf(ann)).toEqual({ plan: 'pro' })
  })
})

describe('people themselves', () => {
  test('change their name, and what is theirs to edit', async () => {
    await define('team', { user_editable: true })
    await define('level', { type: 'number' })
    const ann = await newUser('Ann', { attributes: { level: 3 } })

    expect((await ann.api.get('/v1/users/me')).body).toMatchObject({ id: ann.id, attributes: { level: 3 } })
    const changed = await ann.api.patch('/v1/users/me', { name: 'Ann Ray', attributes: { team: 'red' } })
    expect(changed.body).toMatchObject({ name: 'Ann Ray', attributes: { team: 'red', level: 3 } })
    for (const level of [9, null]) {
      expectInvalid(await ann.api.patch('/v1/users/me', { name: 'No', attributes: { level } }), 'attributes.level')
    }
    expect((await ann.api.get('/v1/users/me')).body).toEqual(changed.body)
  })

  test('do not take away what is required of them', async () => {
    await define('team', { user_editable: true, required: true })
    const ann = await newUser('Ann', { attributes: { team: 'red' } })
    expectInvalid(await ann.api.patch('/v1/users/me', { attributes: { team: null } }), 'attributes.team')
    expect((await give(ann, { team: null })).body.attributes).toEqual({})
  })

  test('do not say of themselves that their address is proven', async () => {
    const ann = await newUser()
    expectInvalid(await ann.api.patch('/v1/users/me', { email_verified: true }), 'email_verified')
    expectInvalid(await ann.api.patch('/v1/users/me', { email: 'other@x.test' }), 'email')
  })
})

describe('in an organization', () => {
  async function teamOf(people: readonly [name: string, attributes: object][]): Promise<Team> {
    const team = await newOrganization()
    for (const [name, attributes] of people) {
      const { id } = await newUser(name, { attributes })
      created(await api.post(`${team.path}/members`, { user_id: id }))
    }
    return team
  }
  const namesIn = async (team: Team, list: string, search: string): Promise<string[]> =>
    (await api.get(`${team.path}/${list}?sort=name&${search}`)).body.data.map(({ name }: { name: string }) => name)

  async function variousPeople(): Promise<Team> {
    await define('team')
    await define('level', { type: 'number' })
    await define('remote', { type: 'boolean' })
    await define('born', { type: 'date' })
    await define('plan', { type: 'enum', options: ['free', 'pro'] })
    const team = await teamOf([
      ['Ann', { team: 'red: 1, 2', level: 1, remote: true, born: '2000-02-29', plan: 'pro' }],
      ['Bob', { team: 'blue', level: 10, remote: false, plan: 'free' }],
      ['Cat', { team: '1', level: 1.5, remote: true, plan: 'pro' }],
      ['Dan', {}],
    ])
    await newInvitation(team)
    await followed(team)
    return team
  }

  test('members show their values, and only those that are defined', async () => {
    await define('team')
    await define('level', { type: 'number' })
    const team = await teamOf([['Ann', { team: 'red', level: 2 }]])
    await undefine('level')
    await newInvitation(team)
    const ann = (await api.get(`${team.path}/members?query=ann&sort=name`)).body.data[0]
    expect(ann.attributes).toEqual({ team: 'red' })
    expect((await api.get(`${team.path}/members/${ann.id}`)).body).toEqual(ann)
    const roster = (await api.get(`${team.path}/roster`)).body.data
    expect(roster.find(({ name }: { name: string }) => name === 'Ann').attributes).toEqual({ team: 'red' })
    expect(roster.find(({ kind }: { kind: string }) => kind === 'invitation').attributes).toEqual({})
  })

  test('members and roster are listed by values, from the object and nearby, without those who have none', async () => {
    const team = await variousPeople()
    const cases: [string, string[]][] = [
      ['attribute=team:red%3A%201%2C%202', ['Ann']],
      ['attribute=team:1', ['Cat']],
      ['attribute=team:Blue', []],
      ['attribute=level:1', ['Ann']],
      ['attribute=level:1.0', ['Ann']],
      ['attribute=level:15e-1', ['Cat']],
      ['attribute=remote:true', ['Ann', 'Cat']],
      ['attribute=remote:false', ['Bob']],
      ['attribute=born:2000-02-29', ['Ann']],
      ['attribute=plan:pro', ['Ann', 'Cat']],
      ['attribute=plan:pro&attribute=remote:true&attribute=level:1', ['Ann']],
      ['attribute=plan:pro&attribute=remote:false', []],
      ['attribute=plan:pro&query=cat', ['Cat']],
      ['attribute=plan:pro&role=owner', []],
    ]
    for (const [search, names] of cases) {
      for (const list of ['members', 'roster']) {
        expect(await namesIn(team, list, search), `${list}?${search}`).toEqual(names)
        expect(await namesIn(team, list, `${search}&consistency=eventual`), `${list} nearby, ${search}`).toEqual(names)
      }
    }
  })

  test('such a list has pages, and their cursors are of no other', async () => {
    await define('team')
    const names = ['A', 'B', 'C', 'D', 'E'].map((letter) => `${letter} Lee`)
    const team = await teamOf(
      names
        .flatMap((name) => [[name, { team: 'red' }] as const, [`${name} too`, { team: 'blue' }] as const])
        .map(([name, values]) => [name, values]),
    )
    for (const list of ['members', 'roster']) {
      const seen: string[] = []
      let cursor = ''
      do {
        const path = `${team.path}/${list}?sort=name&limit=2&attribute=team:red${cursor && `&cursor=${cursor}`}`
        const { body } = await api.get(path)
        seen.push(...body.data.map(({ name }: { name: string }) => name))
        if (cursor !== '') expectInvalid(await api.get(path.replace('red', 'blue')), 'cursor')
        cursor = body.next_cursor ?? ''
      } while (cursor !== '')
      expect(seen).toEqual(names)
    }
  })

  test.each([
    'attribute=none:x',
    'attribute=level:one',
    'attribute=level:',
    'attribute=remote:1',
    'attribute=born:2001-02-29',
    'attribute=plan:gold',
    'attribute=team',
    'attribute=',
    'attribute=:x',
    'attribute=constructor:x',
    'attribute=team:a&attribute=team:b&attribute=team:c&attribute=team:d',
  ])('%s is refused', async (search) => {
    const team = await variousPeople()
    for (const list of ['members', 'roster']) {
      const answer = await api.get(`${team.path}/${list}?${search}`)
      expectProblem(answer, 422, 'invalid_request')
      expect(answer.body.errors[0].path).toMatch(/^attribute/)
    }
  })
})
