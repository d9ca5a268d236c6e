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

describe.each(routes(({ body }) => body !== undefined))('$name', (route) => {
  const body = () => route.body?.(world) ?? {}
  const fields = leaves(route.body?.(ANY))
  const texts = fields.filter((path) => typeof valueAt(route.body?.(ANY) ?? {}, path) === 'string')

  test('refuses a field that it does not know', async () => {
    expectInvalid(await send(route, { body: { ...body(), nonsense: 1 } }), 'nonsense')
  })

  test('refuses fields named after what every object has', async () => {
    const raw = JSON.stringify(body()).replace('{', '{"__proto__":{"admin":true},"constructor":1,')
    const answer = await send(route, { raw, headers: json })
    expectProblem(answer, 422, 'invalid_request')
    expect(answer.body.errors.map(({ path }: { path: string }) => path)).toContain('constructor')
  })

  test.each(fields)('refuses %s of another type', async (path) => {
    expectInvalid(await send(route, { body: withValue(body(), path, { another: 'type' }) }), path)
  })

  for (const [how, text] of WRONG_TEXTS) {
    test.each(texts)(`refuses %s ${how}`, async (path) => {
      expectInvalid(await send(route, { body: withValue(body(), path, text) }), path)
    })
  }

  test.each(['[]', '"text"', '1', 'null', 'true'])('refuses the body %s', async (raw) => {
    expectProblem(await send(route, { raw, headers: json }), 422, 'invalid_request')
  })
})

describe.each(routes(({ body, method }) => body === undefined && method !== 'GET'))('$name', (route) => {
  test('takes no fields', async () => {
    expectInvalid(await send(route, { body: { nonsense: 1 } }), 'nonsense')
  })
})

describe.each(routes(({ method }) => method !== 'GET'))('$name', (route) => {
  test.each(['{', '{"name":"Acme"', "{'name':'Acme'}", '{"name":"Acme"}}', 'name=Acme', '\u0000', '{"a":1,}'])(
    'refuses %o as malformed',
    async (raw) => {
      expectProblem(await send(route, { raw, headers: json }), 400, 'malformed_json')
    },
  )

  test.each(['{"name":"a","name":"b"}', '{"a":[{"b":1,"\\u0062":2}]}'])(
    'refuses %o, which names a field twice',
    async (raw) => {
      expectProblem(await send(route, { raw, headers: json }), 400, 'malformed_json')
    },
  )

  test('refuses bytes that are not UTF-8', async () => {
    expectProblem(await send(route, { raw: latin1('{"name":"Zo\u00eb"}'), headers: json }), 400, 'malformed_json')
  })

  test.each(['iso-8859-1', 'utf-16', 'utf-8; charset=iso-8859-1', '""'])(
    'refuses the character set %s',
    async (charset) => {
      const headers = { 'Content-Type': `application/json; charset=${charset}` }
      expectProblem(await send(route, { raw: '{"nonsense":1}', headers }), 415, 'unsupported_media_type')
    },
  )

  test('refuses a body nested deep enough to wear out a parser', async () => {
    const raw = `${'['.repeat(200_000)}${']'.repeat(200_000)}`
    const answer = await send(route, { raw, headers: json })
    expect([400, 422]).toContain(answer.status)
  })

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonp',
    'text/json',
    'application/xml',
    'json',
  ])('refuses a body of type %s', async (type) => {
    const answer = await send(route, { raw: '{"nonsense":1}', headers: { 'Content-Type': type } })
    expectProblem(answer, 415, 'unsupported_media_type')
  })

  test('refuses a body of no type', async () => {
    const raw = new TextEncoder().encode('{"nonsense":1}')
    expectProblem(await send(route, { raw }), 415, 'unsupported_media_type')
  })

  test.each([
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON;charset=UTF-8',
    'application/json ; charset="utf-8"',
    'application/json;',
    'application/merge-patch+json',
    'application/vnd.x-2.y+json',
  ])('reads a body of type %s', async (type) => {
    expectProblem(
      await send(route, { raw: '{"nonsense":1}', headers: { 'Content-Type': type } }),
      422,
      'invalid_request',
    )
  })
})

describe.each(routes(({ query }) => query !== undefined))('$name', (route) => {
  const known = route.query ?? []
  const ask = (search: string) => whoMay(route).call(route.method, `${pathOf(route.path, world)}?${search}`)

  test('refuses a parameter that it does not know', async () => {
    expectInvalid(await ask('nonsense=1'), 'nonsense')
  })

  test('refuses parameters named after what every object has', async () => {
    expectProblem(await ask('constructor=1&__proto__=1&toString=1'), 422, 'invalid_request')
  })

  test.each(known)('refuses %s twice', async (name) => {
    expectInvalid(await ask(`${name}=1&${name}=1`), name)
  })

  test.each(known)('refuses %s much too long', async (name) => {
    expectInvalid(await ask(`${name}=${'a'.repeat(5000)}`), name)
  })

  test.each(known)('does not fall over %s with a NUL or broken UTF-8 in it', async (name) => {
    for (const value of ['%00', 'a%00b', '%ff%fe', '%', '%ed%a0%80', '']) {
      expect([200, 204, 422, 404]).toContain((await ask(`${name}=${value}`)).status)
    }
  })
})

describe.each(routes(({ query, method }) => query?.includes('limit') === true && method === 'GET'))(
  '$name',
  (route) => {
    const ask = (limit: string) => whoMay(route).get(`${pathOf(route.path, world)}?limit=${limit}`)

    test.each(['1', '2', '100'])('takes the limit %s', async (limit) => {
      expect((await ask(limit)).status).toBe(200)
    })

    test.each(['0', '101', '999', '1000', '-1', '1.5', '1e1', 'abc', '', '%20', '0x1'])(
      'refuses the limit %o',
      async (limit) => {
        expectInvalid(await ask(limit), 'limit')
      },
    )

    test('refuses a cursor of its own making', async () => {
      for (const cursor of ['x', 'null', btoa('["x",1,2]'), 'a'.repeat(900), '%00']) {
        expectInvalid(await whoMay(route).get(`${pathOf(route.path, world)}?cursor=${cursor}`), 'cursor')
      }
    })
  },
)
