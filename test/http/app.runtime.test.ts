import { beforeAll, describe, expect, test } from 'vitest'
import { api } from '../../src/http/app.ts'
import { as, expectProblem, nobody, operator } from '../support/api.ts'
import { routes } from '../support/api-routes.ts'
import { newWorld, pathOf, type World } from '../support/api-world.ts'

const MAX_BODY_BYTES = 1024 * 1024

let world: World
beforeAll(async () => {
  world = await newWorld()
})

/** As the application itself knows them. */
const mounted = (): string[] =>
  api()
    .routes.filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => `${method} ${path}`)

test('every route stands in the table from which its security cases are made', () => {
  expect(
    routes()
      .map(({ name }) => name)
      .sort(),
  ).toEqual([...new Set(mounted())].sort())
})

describe('an address without a route', () => {
  test.each(['/v1', '/v1/settings/', '/v1/nonsense', '/v1/organizations/', '/v1/users/'])(
    '%s is not found, with or without a credential',
    async (path) => {
      for (const credential of [nobody, operator]) {
        expectProblem(await as(credential).get(path), 404, 'not_found')
      }
    },
  )

  test('below an organization is not found', async () => {
    const { team } = world
    expectProblem(await team.owner.api.get(`${team.path}/nonsense`), 404, 'not_found')
    expectProblem(await team.owner.api.post(`${team.path}/members/x/nonsense`), 404, 'not_found')
  })
})

const paths = [...new Set(routes().map(({ path }) => path))]
const METHODS = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE']

/** A path that spells out a segment may be one of a route that leaves it open. */
const matches = (pattern: string, path: string) => new RegExp(`^${pattern.replace(/:\w+/g, '[^/]+')}$`).test(path)

describe.each(paths)('%s', (path) => {
  const taken = [...new Set(routes((route) => matches(route.path, path)).map(({ method }) => method))]
  const others = METHODS.filter((method) => !taken.includes(method))

  test('takes no other method, and says what it takes', async () => {
    for (const method of others) {
      const answer = await as(operator).call(method, pathOf(path, world))
      expectProblem(answer, 405, 'method_not_allowed')
      expect(answer.headers.get('Allow')?.split(', ').sort()).toEqual([...taken].sort())
    }
    expectProblem(await as(nobody).call('OPTIONS', pathOf(path, world)), 405, 'method_not_allowed')
  })
})

describe.each(routes(({ method }) => method === 'GET'))('$name', ({ path }) => {
  test('answers HEAD as GET, without a body', async () => {
    const [get, head] = await Promise.all(
      ['GET', 'HEAD'].map((method) => as(operator).call(method, pathOf(path, world))),
    )
    expect(head?.status).toBe(get?.status)
    expect(head?.headers.get('Content-Type')).toBe(get?.headers.get('Content-Type'))
  })
})

const tooLarge = JSON.stringify({ name: 'a'.repeat(MAX_BODY_BYTES) })
const json = { 'Content-Type': 'application/json' }

test.each(routes(({ method }) => method !== 'GET'))('$name refuses a body of more than 1 MiB', async (route) => {
  const call = { raw: tooLarge, headers: json }
  expectProblem(await as(operator).call(route.method, pathOf(route.path, world), call), 413, 'payload_too_large')
})

test('a body of more than 1 MiB that does not say its length is refused', async () => {
  const call = { raw: chunks(tooLarge), headers: json }
  expectProblem(await as(operator).call('POST', '/v1/organizations', call), 413, 'payload_too_large')
})

test('a body of exactly 1 MiB is read, whether or not it says its length', async () => {
  const text = JSON.stringify({ name: '' })
  const raw = JSON.stringify({ name: 'a'.repeat(MAX_BODY_BYTES - text.length) })
  expect(raw.length).toBe(MAX_BODY_BYTES)
  for (const body of [raw, chunks(raw)]) {
    const headers = { 'Content-Type': 'application/json' }
    expectProblem(await as(operator).call('POST', '/v1/organizations', { raw: body, headers }), 422, 'invalid_request')
  }
})

test('a small body that does not say its length is read', async () => {
  const headers = { 'Content-Type': 'application/json' }
  const answer = await as(operator).call('POST', '/v1/users', { raw: chunks('{"email":"chunked@x.test"}'), headers })
  expect(answer.status).toBe(201)
})

describe('X-Request-Id', () => {
  test.each(['a', 'req-1_2=', '0af7651916cd43dd8448eb211c80319c', 'a'.repeat(255)])('%s is kept', async (id) => {
    const fine = await as(nobody).get('/health', { 'X-Request-Id': id })
    const refused = await as(nobody).get('/v1/settings', { 'X-Request-Id': id })
    expect(fine.headers.get('X-Request-Id')).toBe(id)
    expect(refused.headers.get('X-Request-Id')).toBe(id)
    expect(refused.body.request_id).toBe(id)
  })

  test.each(['', ' ', 'a b', 'a,b', '<script>', '"', '../x', 'a'.repeat(256), 'ä'])('%o is replaced', async (id) => {
    const { headers } = await as(nobody).get('/health', { 'X-Request-Id': id })
    expect(headers.get('X-Request-Id')).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('is another one for each request', async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, () => as(nobody).get('/health')))
    expect(new Set(ids.map(({ headers }) => headers.get('X-Request-Id'))).size).toBe(20)
  })
})

function chunks(text: string): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text)
  let at = 0
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close()
      controller.enqueue(bytes.slice(at, at + 65_536))
      at += 65_536
    },
  })
}
