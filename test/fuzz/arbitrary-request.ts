import fc, { type Arbitrary } from 'fast-check'
import type { OpenApiDocument, Parameter } from '../../src/http/openapi/document-model.ts'
import { type DocumentedCall, documentedCalls } from '../support/documented-calls.ts'
import { arbitraryJson, arbitraryText } from './arbitrary-json.ts'
import { HOSTILE_BODIES, HOSTILE_PATHS, HOSTILE_TABLES, HOSTILE_TEXTS } from './hostile-values.ts'
import { CALLERS, type CallerName } from './place.ts'

/** A request before ids of the examples are replaced by real ones. */
export interface WildRequest {
  readonly caller: CallerName
  readonly method: string
  /** With the query string. */
  readonly path: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string | Uint8Array<ArrayBuffer> | undefined
}

/** Rarely: one in so many. */
const rarely = <T>(oneIn: number, usual: Arbitrary<T>, rare: Arbitrary<T>): Arbitrary<T> =>
  fc.oneof({ weight: oneIn - 1, arbitrary: usual }, { weight: 1, arbitrary: rare })

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'LOCK']

/** Requests of every operation: as described, nearly so, and as an attacker would have them. */
export const arbitraryRequest = (document: OpenApiDocument): Arbitrary<WildRequest> =>
  fc.oneof(...documentedCalls(document).map((call) => arbitraryRequestOf(call, document)))

function arbitraryRequestOf(call: DocumentedCall, document: OpenApiDocument): Arbitrary<WildRequest> {
  const request = fc.record({
    caller: rarely(3, fc.constant<CallerName>('operator'), fc.constantFrom(...CALLERS)),
    method: rarely(40, fc.constant(call.method), fc.constantFrom(...METHODS)),
    path: fc.tuple(arbitraryPath(call), arbitraryQuery(call)).map(([path, query]) => `${path}${query}`),
    headers: arbitraryHeaders(call),
    body: arbitraryBody(call, document),
  })
  if (call.operation.requestBody?.content['text/csv'] === undefined) return request
  const table = fc.tuple(request, fc.constantFrom(...HOSTILE_TABLES)).map(([wild, body]): WildRequest => {
    return { ...wild, headers: [['Content-Type', 'text/csv']], body }
  })
  return fc.oneof(request, table)
}

function arbitraryPath({ path, parameters }: DocumentedCall): Arbitrary<string> {
  const segments = path
    .slice(1)
    .split('/')
    .map((segment) => {
      const name = /^\{(\w+)\}$/.exec(segment)?.[1]
      const parameter = parameters.find((one) => one.in === 'path' && one.name === name)
      if (parameter === undefined) return rarely(150, fc.constant(segment), fc.constantFrom(...HOSTILE_PATHS))
      const other = fc.oneof(
        arbitraryText(parameter.schema).map(encode),
        fc.constantFrom(...HOSTILE_TEXTS).map(encode),
        fc.constantFrom(...HOSTILE_PATHS),
      )
      return rarely(8, fc.constant(String(parameter.example)), other)
    })
  const asItIs = fc.tuple(...segments).map((parts) => `/${parts.join('/')}`)
  const bent = asItIs.chain((whole) =>
    fc.constantFrom(
      `/${whole}`,
      `${whole}/`,
      `${whole}//`,
      `${whole}%20`,
      `${whole}/.`,
      `/./${whole}`,
      `/x/..${whole}`,
      `${whole};a`,
      whole.toUpperCase(),
    ),
  )
  return rarely(40, asItIs, bent)
}

/** Lone surrogates have no percent-encoding. */
const encode = (text: string): string => encodeURIComponent(text.toWellFormed())

function arbitraryQuery({ parameters }: DocumentedCall): Arbitrary<string> {
  const known = parameters
    .filter((parameter) => parameter.in === 'query')
    .map((parameter) =>
      rarely(
        3,
        fc.constant<string[]>([]),
        arbitraryPair(parameter).map((pair) => [pair]),
      ),
    )
  const more = rarely(
    30,
    fc.constant<string[]>([]),
    fc
      .constantFrom(
        '__proto__=1',
        'constructor=1',
        'toString=1',
        'a[]=1',
        '=',
        '&&',
        '%=%',
        '%00=1',
        'limit=1',
        'nonsense=1',
      )
      .map((one) => [one]),
  )
  return fc.tuple(fc.tuple(...known), more).map(([pairs, added]) => {
    const query = [...pairs.flat(), ...added].join('&')
    return query === '' ? '' : `?${query}`
  })
}

function arbitraryPair({ name, schema }: Parameter): Arbitrary<string> {
  const { enum: values = schema.items?.enum, type, minimum = 0, maximum = 1_000 } = schema
  const fitting =
    values !== undefined
      ? fc
          .subarray([...values], { minLength: 1, maxLength: type === 'array' ? 3 : 1 })
          .map((chosen) => chosen.join(','))
      : type === 'integer'
        ? fc.integer({ min: minimum, max: maximum }).map(String)
        : arbitraryText(schema)
  const value = rarely(
    5,
    fitting.map(encode),
    fc.oneof(fc.constantFrom(...HOSTILE_TEXTS).map(encode), fc.constantFrom(...HOSTILE_PATHS)),
  )
  return rarely(
    20,
    value.map((text) => `${name}=${text}`),
    value.map((text) => `${name}=${text}&${name}=${text}`),
  )
}

const HEADERS: Readonly<Record<string, readonly string[]>> = {
  'If-Match': ['"1"', '"0"', '*', '1', 'W/"1"', '"-1"', '"99999999999999999999"', '"1", "2"', ''],
  'Idempotency-Key': ['k', 'same', '', ' ', 'k'.repeat(255), 'k'.repeat(256), 'k'.repeat(5_000), 'a,b', '__proto__'],
  'X-Request-Id': ['mine', '', 'a b', '"', '<script>', 'r'.repeat(256), '__proto__'],
  'Muster-On-Behalf-Of': ['', 'usr_1', 'usr_01h455vb4pex5vsknk084sn02q', 'usr_01h455vb4pex5vsknk084sn02q, operator'],
  Authorization: [
    '',
    'Bearer',
    'Bearer ',
    'Basic bzpw',
    `Bearer ${'a'.repeat(9_000)}`,
    'Bearer mk_org_01h455vb4pex5vsknk084sn02q_',
  ],
  Accept: ['text/html', 'application/xml', '*/*;q=0', ''],
  'Accept-Encoding': ['gzip', 'br;q=1.0, *;q=0', 'nonsense'],
  'Content-Type': [
    'application/json',
    'application/json; charset=utf-16',
    'application/merge-patch+json',
    'application/xml',
    'text/csv',
    'text/csv; charset=latin1',
    'multipart/form-data',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
    'application/json, text/csv',
    ';',
    '',
  ],
  'Content-Encoding': ['gzip', 'identity', 'nonsense'],
  'X-HTTP-Method-Override': ['DELETE'],
  'X-Forwarded-Host': ['evil.test'],
  Range: ['bytes=0-0'],
  'If-None-Match': ['*'],
  Cookie: ['__Host-session=1'],
  'CF-Connecting-IP': ['::1', 'nonsense'],
}

function arbitraryHeaders({ method }: DocumentedCall): Arbitrary<[string, string][]> {
  const type: [string, string][] = method === 'GET' ? [] : [['Content-Type', 'application/json']]
  const one = fc
    .constantFrom(...Object.entries(HEADERS))
    .chain(([name, values]) => fc.tuple(fc.constant(name), fc.constantFrom(...values)))
  return rarely(3, fc.constant<[string, string][]>([]), fc.array(one, { minLength: 1, maxLength: 3 })).map((more) => [
    ...type,
    ...more,
  ])
}

function arbitraryBody(
  { operation, method }: DocumentedCall,
  { components }: OpenApiDocument,
): Arbitrary<WildRequest['body']> {
  if (method === 'GET') return fc.constant(undefined)
  const schema = operation.requestBody?.content['application/json']?.schema
  const wild = fc.constantFrom<WildRequest['body']>(...HOSTILE_BODIES)
  if (schema === undefined) return rarely(5, fc.constantFrom<WildRequest['body']>(undefined, '{}'), wild)
  const fitting = fc.oneof(
    arbitraryJson(schema, components.schemas, 1_000),
    arbitraryJson(schema, components.schemas, 20),
  )
  return rarely(12, fitting, wild)
}
