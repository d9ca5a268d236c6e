import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { beforeAll, expect, inject, test } from 'vitest'
import { type Conformance, describedBy } from '../support/conformance.ts'

const { url, operatorKey } = inject('server')
const ANSWERED_WITHIN_MS = 10_000

let conformance: Conformance
beforeAll(async () => {
  conformance = await describedBy(fetch, new URL('/openapi.json', url))
})

/** The address goes out as it is: other clients put it in order first. */
async function get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  const sent = request(url, { path, headers: { Authorization: `Bearer ${operatorKey}`, ...headers } })
  sent.setTimeout(ANSWERED_WITHIN_MS, () => sent.destroy(new Error('No answer')))
  sent.end()
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  const chunks = await answer.toArray()
  const received = Object.entries(answer.headersDistinct).map(([name, values]): [string, string] => [
    name,
    String(values),
  ])
  return new Response(Buffer.concat(chunks), { status: answer.statusCode ?? 0, headers: received })
}

test.each<[path: string, status: number]>([
  ['/v1/%73ettings', 200],
  ['/v1/users/../settings', 200],
  ['/v1/users/%2e%2e/settings', 200],
  ['//v1/settings', 404],
  ['/v1//settings', 404],
  ['/v1/settings/', 404],
  ['/v1/settings%2f', 404],
  ['/v1/settings%00', 404],
  ['/v1/settings;a=b', 404],
  ['/v1/SETTINGS', 404],
  ['/v1/users/%', 404],
  ['/v1/users/%zz', 404],
  ['/v1/users/%ff', 404],
  ['/v1/users/%00', 404],
  ['/v1/users/%c0%af', 404],
  ['/v1/users/%ed%a0%80', 404],
  ['/v1/users/%2f..%2fsettings', 404],
  ['/v1/users/%252e%252e%252fsettings', 404],
  ['/v1/users/\\..\\settings', 404],
  [`/v1/users/${'a'.repeat(12_000)}`, 404],
  ['/v1/users?query=%zz', 200],
  ['/v1/users?query=%00', 200],
  ['/v1/users?limit=%31', 200],
  ['/v1/users?limit=1&limit=2', 422],
  ['/v1/users?__proto__=1', 422],
  ['/v1/users?%5f%5fproto__=1', 422],
  ['/v1/users?a=%E0%A4%A', 422],
  ['/v1/invitations/%2e%2e%2f', 404],
  ['/v1/invitations/k1.org_.inv_.1.%00', 404],
])('%s is answered with %d', async (path, status) => {
  const response = await get(path)
  const text = await response.clone().text()
  expect(response.status, text).toBe(status)
  expect(conformance.violations(new Request(`${url}${path}`), response, text)).toEqual([])
})

test.each([
  ['Muster-On-Behalf-Of', '\u00ff'],
  ['X-Request-Id', '\u00ff"'],
  ['Authorization', 'Bearer \u00ff'],
  ['Authorization', `Bearer ${'a'.repeat(9_000)}`],
  ['Accept', '\u00ff'],
])('%s: %j breaks nothing', async (name, value) => {
  const response = await get('/v1/settings', { [name]: value })
  expect(response.status).toBeLessThan(500)
  const text = await response.clone().text()
  expect(conformance.violations(new Request(`${url}/v1/settings`), response, text)).toEqual([])
})
