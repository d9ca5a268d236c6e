import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { api } from '../../src/http/app.ts'
import type { HttpEnvironment } from '../../src/http/environment.ts'
import { TAGS } from '../../src/http/openapi/description.ts'
import { documentOf } from '../../src/http/openapi/document.ts'
import type { JsonSchema } from '../../src/http/openapi/document-model.ts'
import { REFUSALS } from '../../src/http/openapi/problem-examples.ts'
import { describedRoutes, undescribedRoutes } from '../../src/http/openapi/routes.ts'
import { problemOf } from '../../src/http/problems.ts'
import { Conformance } from '../support/conformance.ts'
import { documentedCalls } from '../support/documented-calls.ts'

const app = api()
const document = documentOf(app)
const calls = documentedCalls(document)

test('every route of the API is described', () => {
  expect(undescribedRoutes(app)).toEqual([])
  expect(calls).toHaveLength(describedRoutes(app).length)
})

test('a route that is not described is found', () => {
  const careless = new Hono<HttpEnvironment>().get('/v1/secret/:thing', (c) => c.json({}))
  expect(undescribedRoutes(careless)).toEqual([{ method: 'GET', path: '/v1/secret/:thing' }])
})

test('the description is made once', () => {
  expect(documentOf(app)).toBe(document)
})

test('every operation has an id of its own, a summary and a known tag', () => {
  const ids = calls.map(({ operation }) => operation.operationId)
  expect(new Set(ids).size).toBe(ids.length)
  for (const { operation } of calls) {
    expect(operation.operationId).toMatch(/^[a-z][A-Za-z]+$/)
    expect(operation.summary).toMatch(/\S/)
    expect(Object.keys(TAGS)).toEqual(expect.arrayContaining([...operation.tags]))
  }
})

const withBody = describedRoutes(app).flatMap(({ description, facts }) =>
  facts.flatMap(({ body }) => (body === undefined ? [] : { id: description.id, body })),
)

test.each(withBody)('$id shows a body that the schema behind it accepts', ({ id, body }) => {
  const { operation } = calls.find(({ operation }) => operation.operationId === id) ?? {}
  const example = operation?.requestBody?.content['application/json']?.example
  expect(body.safeParse(example).error).toBeUndefined()
})

test.each(calls)('$method $path shows an example of each answer, and each refusal with its code', ({ operation }) => {
  for (const [status, response] of Object.entries(operation.responses)) {
    const resolved =
      '$ref' in response ? document.components.responses[response.$ref.split('/').at(-1) ?? ''] : response
    for (const media of Object.values(resolved?.content ?? {})) {
      if (Number(status) < 400) expect(media.example).toBeDefined()
      else expect(codesOf(media.schema)).toEqual(Object.keys(media.examples ?? {}))
    }
  }
})

/** The codes that a schema of problems names. */
function codesOf(schema: JsonSchema): readonly unknown[] {
  const { $ref } = schema
  if ($ref !== undefined) return codesOf(document.components.schemas[$ref.split('/').at(-1) ?? ''] ?? {})
  return schema.properties?.code?.enum ?? []
}

describe.each(Object.values(REFUSALS))('$code', (refusal) => {
  const { status, headers, body } = problemOf(refusal, 'some-request')
  const schema = `#/components/schemas/${pascalCase(body.code)}Problem`

  test('is described just as it is answered', () => {
    const described = new Conformance({
      ...document,
      paths: {
        '/': {
          get: {
            ...{ operationId: 'refuse', summary: '', tags: [], security: [], parameters: [] },
            responses: {
              [status]: {
                description: '',
                headers: {},
                content: { 'application/problem+json': { schema: { $ref: schema } } },
              },
            },
          },
        },
      },
    })
    const response = new Response(null, { status, headers: { 'Content-Type': 'application/problem+json' } })
    expect(described.violations(new Request('https://x.test/'), response, JSON.stringify(body))).toEqual([])
    const more = JSON.stringify({ ...body, more: 1 })
    expect(described.violations(new Request('https://x.test/'), response, more)).not.toEqual([])
  })

  test('has a code on the wire that is a refusal of its own', () => {
    const own = Object.values(REFUSALS).find(({ code }) => code === body.code)
    expect(own && problemOf(own, 'some-request').body.code).toBe(body.code)
  })

  test('promises its headers wherever it stands alone', () => {
    const alone = document.components.responses[pascalCase(body.code)]
    expect(Object.keys(alone?.headers ?? headers)).toEqual(expect.arrayContaining(Object.keys(headers)))
  })
})

function pascalCase(code: string): string {
  return code.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

test('answers have no field that is not described', () => {
  const open = Object.entries(document.components.schemas).filter(
    ([, { properties, additionalProperties }]) => properties !== undefined && additionalProperties !== false,
  )
  expect(open.map(([name]) => name)).toEqual([])
})
