import type { Hono } from 'hono'
import type { HttpEnvironment } from '../environment.ts'
import { TAGS } from './description.ts'
import type { Method, OpenApiDocument, Operation } from './document-model.ts'
import { HEADERS, REQUEST_HEADERS } from './headers.ts'
import { INTRODUCTION } from './introduction.ts'
import { operationOf } from './operation.ts'
import { templateOf } from './parameters.ts'
import { ProblemResponses } from './problem-responses.ts'
import { describedRoutes } from './routes.ts'
import { Schemas } from './schemas.ts'

const documents = new WeakMap<object, OpenApiDocument>()

/** The description of all routes of the app, made once: when it is first asked for. */
export function documentOf(app: Hono<HttpEnvironment>): OpenApiDocument {
  let document = documents.get(app)
  if (document === undefined) {
    document = build(app)
    documents.set(app, document)
  }
  return document
}

function build(app: Hono<HttpEnvironment>): OpenApiDocument {
  const schemas = new Schemas()
  const problems = new ProblemResponses(schemas)
  const paths: Record<string, { [method in Method]?: Operation }> = {}
  for (const route of describedRoutes(app)) {
    const template = templateOf(route.path)
    paths[template] = { ...paths[template], [route.method.toLowerCase()]: operationOf(route, { schemas, problems }) }
  }
  const noOperation = problems.of(['route_not_found', 'method_not_allowed'])
  return {
    openapi: '3.1.1',
    info: { title: 'Muster', version: '1', ...INTRODUCTION, license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: '/' }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    'x-no-operation': noOperation,
    components: {
      schemas: sorted(schemas.components),
      responses: sorted(problems.shared),
      parameters: Object.fromEntries(
        Object.entries(REQUEST_HEADERS).map(([name, header]) => [name, { name, in: 'header', ...header }]),
      ),
      headers: HEADERS,
      examples: sorted(problems.examples),
      securitySchemes: { bearer: BEARER },
    },
  }
}

const BEARER = {
  type: 'http',
  scheme: 'bearer',
  description:
    'The operator key, an API key `mk_…` of one organization, the token `mst_…` of a session, or a JWT of a trusted identity provider.',
}

const sorted = <T>(values: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)))
