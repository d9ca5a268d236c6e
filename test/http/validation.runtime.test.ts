import { beforeAll, describe, expect, test } from 'vitest'
import {
  type Answer,
  as,
  bearer,
  type Call,
  type Client,
  expectInvalid,
  expectProblem,
  onBehalfOf,
  operator,
} from '../support/api.ts'
import { leaves, type Route, routes, valueAt, withValue } from '../support/api-routes.ts'
import { newWorld, pathOf, type World } from '../support/api-world.ts'

/* What every body and every query string is held to, whatever the route: the operator may do all of it, and still is refused. */

let world: World
beforeAll(async () => {
  world = await newWorld()
})

function whoMay({ realm }: Route): Client {
  if (realm === 'session') return as(bearer(world.session.token))
  return as(realm === 'person' ? onBehalfOf(world.member.id) : operator)
}

const send = (route: Route, call: Call): Promise<Answer> =>
  whoMay(route).call(route.method, pathOf(route.path, world), call)

const ANY = { organization: { id: '' }, admin: { id: '' } } as never as World
const json = { 'Content-Type': 'application/json' }

const latin1 = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(text, (character) => character.charCodeAt(0))

const WRONG_TEXTS = [
  ['much too long', 'a'.repeat(5000)],
  ['with a NUL inside', 'a\u0000b'],
  ['with a lone surrogate', 'a\ud800b'],
] as const

/** The paths that the answer complains of, each once. */
const complaintsOf = (answer: Answer): string[] =>
  [...new Set<string>(answer.body.errors.map(({ path }: { path: string }) => path))].sort()

const withAll = (body: Readonly<Record<string, unknown>>, paths: readonly string[], value: unknown) =>
  paths.reduce((changed, path) => withValue(changed, path, value), body)

describe.each(routes(({ body }) => body !== undefined))('$name', (route) => {
  const body = () => route.body?.(world) ?? {}
  const fields = leaves(route.body?.(ANY))
  const texts = fields.filter((path) => typeof valueAt(route.body?.(ANY) ?? {}, path) === 'string')

  test('refuses a field that it does not know, even one named after what every object has', async () => {
    expectInvalid(await send(route, { body: { ...body(), nonsense: 1 } }), 'nonsense')
    const raw = JSON.stringify(body()).replace('{', '{"__proto__":{"admin":true},"constructor":1,')
    const answer = await send(route, { raw, headers: json })
    expectProblem(answer, 422, 'invalid_request')
    expect(complaintsOf(answer)).toContain('constructor')
  })

  test('refuses every field of another type, and texts that are too long or broken', async () => {
    const answer = await send(route, { body: withAll(body(), fields, { another: 'type' }) })
    expectProblem(answer, 422, 'invalid_request')
    expect(complaintsOf(answer)).toEqual(fields.toSorted())
    // Attributes are looked at once all else is right.
    const isAttribute = (path: string) => path.startsWith('attributes.')
    const together = texts.filter((path) => !isAttribute(path))
    for (const paths of [together, ...texts.filter(isAttribute).map((path) => [path])]) {
      if (paths.length === 0) continue
      for (const [how, text] of WRONG_TEXTS) {
        const answer = await send(route, { body: withAll(body(), paths, text) })
        expectProblem(answer, 422, 'invalid_request')
        expect(complaintsOf(answer), how).toEqual(paths.toSorted())
      }
    }
  })

  test('refuses a body that is no object', async () => {
    expectProblem(await send(route, { raw: '[]', headers: json }), 422, 'invalid_request')
  })
})

test.each(routes(({ body, method }) => body === undefined && method !== 'GET'))(
  '$name takes no fields',
  async (route) => {
    expectInvalid(await send(route, { body: { nonsense: 1 } }), 'nonsense')
  },
)

test.each(routes(({ method }) => method !== 'GET'))(
  '$name refuses a malformed body, and one of another type',
  async (route) => {
    expectProblem(await send(route, { raw: '{', headers: json }), 400, 'malformed_json')
    expectProblem(await send(route, { raw: '{"name":"a","name":"b"}', headers: json }), 400, 'malformed_json')
    const plain = { 'Content-Type': 'text/plain' }
    expectProblem(await send(route, { raw: '{"nonsense":1}', headers: plain }), 415, 'unsupported_media_type')
  },
)

/* How a body is read is the same for all routes: one stands for all. */
describe('a body', () => {
  const post = (call: Call): Promise<Answer> => as(operator).call('POST', '/v1/organizations', call)

  test.each(['"text"', '1', 'null', 'true'])('%s is no object', async (raw) => {
    expectProblem(await post({ raw, headers: json }), 422, 'invalid_request')
  })

  test.each(['{"name":"Acme"', "{'name':'Acme'}", '{"name":"Acme"}}', 'name=Acme', '\u0000', '{"a":1,}'])(
    '%o is malformed',
    async (raw) => {
      expectProblem(await post({ raw, headers: json }), 400, 'malformed_json')
    },
  )

  test('that names a field twice, in other spelling and deep inside, is malformed', async () => {
    const raw = '{"a":[{"b":1,"\\u0062":2}]}'
    expectProblem(await post({ raw, headers: json }), 400, 'malformed_json')
  })

  test('that is not UTF-8 is malformed', async () => {
    expectProblem(await post({ raw: latin1('{"name":"Zo\u00eb"}'), headers: json }), 400, 'malformed_json')
  })

  test.each(['iso-8859-1', 'utf-16', 'utf-8; charset=iso-8859-1', '""'])(
    'of the character set %s is refused',
    async (charset) => {
      const headers = { 'Content-Type': `application/json; charset=${charset}` }
      expectProblem(await post({ raw: '{"nonsense":1}', headers }), 415, 'unsupported_media_type')
    },
  )

  test('nested deep enough to wear out a parser is refused', async () => {
    const raw = `${'['.repeat(200_000)}${']'.repeat(200_000)}`
    expect([400, 422]).toContain((await post({ raw, headers: json })).status)
  })

  test.each([
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonp',
    'text/json',
    'application/xml',
    'json',
  ])('of type %s is refused', async (type) => {
    const call = { raw: '{"nonsense":1}', headers: { 'Content-Type': type } }
    expectProblem(await post(call), 415, 'unsupported_media_type')
  })

  test('of no type is refused', async () => {
    const raw = new TextEncoder().encode('{"nonsense":1}')
    expectProblem(await post({ raw }), 415, 'unsupported_media_type')
  })

  test.each([
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON;charset=UTF-8',
    'application/json ; charset="utf-8"',
    'application/json;',
    'application/merge-patch+json',
    'application/vnd.x-2.y+json',
  ])('of type %s is read', async (type) => {
    const call = { raw: '{"nonsense":1}', headers: { 'Content-Type': type } }
    expectProblem(await post(call), 422, 'invalid_request')
  })
})

describe.each(routes(({ query }) => query !== undefined))('$name', (route) => {
  const known = route.query ?? []
  const ask = (search: string) => whoMay(route).call(route.method, `${pathOf(route.path, world)}?${search}`)

  test('refuses a parameter that it does not know, even one named after what every object has', async () => {
    expectInvalid(await ask('nonsense=1'), 'nonsense')
    expectProblem(await ask('constructor=1&__proto__=1&toString=1'), 422, 'invalid_request')
  })

  test('refuses every parameter twice, and much too long', async () => {
    // A cursor is looked at once all else is right.
    const together = known.filter((name) => name !== 'cursor')
    const each = (names: readonly string[], value: string) => names.map((name) => `${name}=${value}`).join('&')
    for (const names of [together, ...known.filter((name) => name === 'cursor').map((name) => [name])]) {
      for (const search of [`${each(names, '1')}&${each(names, '1')}`, each(names, 'a'.repeat(1_500))]) {
        const answer = await ask(search)
        expectProblem(answer, 422, 'invalid_request')
        expect([...new Set(complaintsOf(answer).map((path) => path.split('.')[0]))]).toEqual(names.toSorted())
      }
    }
  })

  test('does not fall over NUL or broken UTF-8 in any parameter', async () => {
    for (const value of ['%00', 'a%00b', '%ff%fe', '%', '%ed%a0%80', '']) {
      expect([200, 204, 422, 404], value).toContain(
        (await ask(known.map((name) => `${name}=${value}`).join('&'))).status,
      )
    }
  })
})

const lists = routes(({ query, method }) => query?.includes('limit') === true && method === 'GET')
const page = (route: Route, search: string) => whoMay(route).get(`${pathOf(route.path, world)}?${search}`)

test.each(lists)('$name takes a limit of 1 to 100, and no cursor but its own', async (route) => {
  for (const limit of [1, 100]) expect((await page(route, `limit=${limit}`)).status).toBe(200)
  for (const limit of [0, 101]) expectInvalid(await page(route, `limit=${limit}`), 'limit')
  for (const cursor of ['x', btoa('["x",1,2]')]) expectInvalid(await page(route, `cursor=${cursor}`), 'cursor')
})

describe('a list', () => {
  const members = (search: string) => as(operator).get(`${world.team.path}/members?${search}`)

  test.each(['999', '1000', '-1', '1.5', '1e1', 'abc', '', '%20', '0x1'])('refuses the limit %o', async (limit) => {
    expectInvalid(await members(`limit=${limit}`), 'limit')
  })

  test.each(['null', 'a'.repeat(900), '%00'])('refuses the cursor %o', async (cursor) => {
    expectInvalid(await members(`cursor=${cursor}`), 'cursor')
  })
})
