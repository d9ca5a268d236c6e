import { exports } from 'cloudflare:workers'
import { expect } from 'vitest'
import { Problem } from '../../src/contract/problems.ts'
import { conforming } from './conformance.ts'

/** A client of the API that looks at every answer it gets: whatever a test is about, the conventions hold all along. */

export const OPERATOR_KEY = 'ok_test_Qm4vX8sLw2RkTz6JcYp0Hd9NbFe3Ua7Gi'
export const ORIGIN = 'https://muster.test'

export type Credential = Readonly<Record<string, string>>

export const nobody: Credential = {}
export const bearer = (token: string): Credential => ({ Authorization: `Bearer ${token}` })
export const operator: Credential = bearer(OPERATOR_KEY)
export const onBehalfOf = (userId: string): Credential => ({ ...operator, 'Muster-On-Behalf-Of': userId })

// biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of a body; the schema is checked on arrival
export type Body = any

export interface Answer<T = Body> {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly body: T
}

export type Fetch = (request: Request) => Promise<Response>

/** Every answer is held against the API's description. */
export const worker: Fetch = conforming((request) => exports.default.fetch(request))

type Extra = Readonly<Record<string, string>>

/** `body` is sent as JSON; `raw` as it is. */
export interface Call {
  readonly body?: unknown
  readonly raw?: BodyInit
  readonly headers?: Extra
}

export interface Client {
  call<T = Body>(method: string, path: string, call?: Call): Promise<Answer<T>>
  get<T = Body>(path: string, headers?: Extra): Promise<Answer<T>>
  post<T = Body>(path: string, body?: unknown, headers?: Extra): Promise<Answer<T>>
  patch<T = Body>(path: string, body?: unknown, headers?: Extra): Promise<Answer<T>>
  delete<T = Body>(path: string, headers?: Extra): Promise<Answer<T>>
}

export function as(credential: Credential, fetcher: Fetch = worker): Client {
  const call = async <T>(method: string, path: string, { body, raw, headers = {} }: Call = {}): Promise<Answer<T>> => {
    const type: Extra = body === undefined ? {} : { 'Content-Type': 'application/json' }
    const init: RequestInit = { method, headers: { ...credential, ...type, ...headers } }
    if (body !== undefined) init.body = JSON.stringify(body)
    if (raw !== undefined) init.body = raw
    const request = new Request(`${ORIGIN}${path}`, init)
    return answerOf<T>(request.method, await fetcher(request))
  }
  return {
    call,
    get: (path, headers = {}) => call('GET', path, { headers }),
    post: (path, body, headers = {}) => call('POST', path, { body, headers }),
    patch: (path, body, headers = {}) => call('PATCH', path, { body, headers }),
    delete: (path, headers = {}) => call('DELETE', path, { headers }),
  }
}

async function answerOf<T>(method: string, response: Response): Promise<Answer<T>> {
  const { status, headers } = response
  const text = await response.text()
  expectHeaders(headers)
  expect([500, 501, 502, 504], text).not.toContain(status)
  if (method === 'HEAD' || status === 204) expect(text).toBe('')
  const isJson = /[/+]json$/.test(headers.get('Content-Type') ?? '')
  const body = text === '' || !isJson ? undefined : JSON.parse(text)
  if (status >= 400 && method !== 'HEAD') expectProblemDocument(status, headers, body)
  return { status, headers, text, body }
}

function expectHeaders(headers: Headers): void {
  expect(Object.fromEntries(headers)).toMatchObject({
    'x-request-id': expect.stringMatching(/^[\w=-]{1,255}$/),
    'cache-control': headers.has('ETag') ? 'no-store, no-transform' : 'no-store',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'permissions-policy': expect.stringContaining('camera=()'),
    'strict-transport-security': 'max-age=31536000; includeSubDomains',
  })
}

/** RFC 9457, with the members that every problem of ours has. */
function expectProblemDocument(status: number, headers: Headers, body: Body): void {
  expect(headers.get('Content-Type')).toBe('application/problem+json')
  Problem.parse(body)
  expect(body).toMatchObject({
    type: `urn:muster:problem:${body.code}`,
    status,
    code: expect.stringMatching(/^[a-z][a-z_]+$/),
    request_id: headers.get('X-Request-Id'),
  })
  if (status === 503 || status === 429) expect(headers.get('Retry-After')).toBe(String(body.retry_after))
}

/** What a refusal must say; `more` are members that belong to the code. */
export function expectProblem(answer: Answer, status: number, code: string, more: object = {}): void {
  expect({ ...answer.body, status: answer.status }).toMatchObject({ status, code, ...more })
}

/** The request is refused for what stands at this path of it, and for nothing else. */
export function expectInvalid(answer: Answer, ...paths: string[]): void {
  expectProblem(answer, 422, 'invalid_request')
  expect([...new Set(answer.body.errors.map(({ path }: { path: string }) => path))]).toEqual(paths)
  for (const { message } of answer.body.errors) expect(message).toMatch(/\S/)
}

/** The answer without what names the request: two answers that agree in this tell nothing apart. */
export function fingerprint({ status, headers, body }: Answer): object {
  const { 'x-request-id': _, ...rest } = Object.fromEntries(headers)
  return { status, headers: rest, body: { ...body, request_id: undefined } }
}

export const idsOf = (answer: Answer): string[] => answer.body.data.map(({ id }: { id: string }) => id)
