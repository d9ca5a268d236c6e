import { describe, expect, test } from 'vitest'
import { api } from '../../src/http/app.ts'
import { documentOf } from '../../src/http/openapi/document.ts'
import { Conformance, conforming } from './conformance.ts'

const document = documentOf(api())
const conformance = new Conformance(document)

const ORGANIZATION = 'org_01h455vb4pex5vsknk084sn02q'
const SEATS = { object: 'seats', used: 1, active: 1, pending: 0, limit: null, available: null }
const HEADERS = { 'Content-Type': 'application/json', 'X-Request-Id': 'r', 'Muster-Revision': '1' }

interface Told {
  readonly path?: string
  readonly method?: string
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

function violations({ method = 'GET', path, status = 200, headers = HEADERS, body = SEATS }: Told): string[] {
  const request = new Request(`https://x.test${path ?? `/v1/organizations/${ORGANIZATION}/seats`}`, { method })
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return conformance.violations(request, new Response(null, { status, headers }), text)
}

const problem = (status: number, code: string, more: object = {}) => ({
  status,
  headers: { 'X-Request-Id': 'r', 'Content-Type': 'application/problem+json' },
  body: { type: `urn:muster:problem:${code}`, title: 'Not found', status, detail: '', code, request_id: 'r', ...more },
})

test.each<[string, Told]>([
  ['a resource', {}],
  ['a refusal', problem(404, 'not_found')],
  ['HEAD', { method: 'HEAD', body: '' }],
  ['no address', { path: '/v1/nothing', ...problem(404, 'not_found') }],
  ['a page', { path: '/somewhere', status: 302, body: '' }],
])('as described: %s', (_, told) => {
  expect(violations(told)).toEqual([])
})

describe('not as described:', () => {
  test.each<[string, Told, RegExp]>([
    ['a status', { status: 203 }, /^status 203/],
    ['a field', { body: { ...SEATS, reserved: 1 } }, /^body: .*reserved/],
    ['a missing field', { body: { ...SEATS, used: undefined } }, /^body: .*used/],
    ['a value', { body: { ...SEATS, used: '1' } }, /^body: .*used/],
    [
      'a missing header',
      { headers: { 'Content-Type': 'application/json', 'X-Request-Id': 'r' } },
      /^header Muster-Rev/,
    ],
    ['a header without its value', { headers: { ...HEADERS, 'Muster-Revision': '' } }, /^header Muster-Revision/],
    ['a header', { headers: { ...HEADERS, 'Idempotency-Replayed': 'true' } }, /^header Idempotency-Replayed/],
    ['a content type', { headers: { ...HEADERS, 'Content-Type': 'text/html' } }, /^content type/],
    ['a refusal of another operation', problem(409, 'last_owner'), /^status 409/],
    ['a code of another operation', problem(422, 'idempotency_key_reused'), /^body/],
    ['a code that belongs to another status', problem(404, 'role_exists'), /^body/],
    ['a member of another problem', problem(404, 'not_found', { limit: 1 }), /^body: .*limit/],
    ['a method that nothing takes', { method: 'PUT' }, /^status 200/],
    ['an address that there is not', { path: '/v1/nothing' }, /^status 200/],
    ['a body beside 204', { method: 'DELETE', path: `/v1/organizations/${ORGANIZATION}`, status: 204 }, /^a body/],
  ])('%s', (_, told, expected) => {
    expect(violations(told)).toContainEqual(expect.stringMatching(expected))
  })
})

test('a client that is held to the description throws', async () => {
  const careless = conforming(async (request) =>
    request.url.endsWith('/openapi.json') ? Response.json(document) : Response.json({ object: 'settings' }),
  )
  await expect(careless(new Request('https://x.test/v1/settings'))).rejects.toThrow('is not as described')
})
