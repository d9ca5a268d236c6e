import type * as z from 'zod'
import { OPERATOR_PERMISSIONS } from '../../membership/rejection.ts'
import type { Answer, Content, Description } from './description.ts'
import type { MediaType, Operation, Parameter, Reference, ResponseObject } from './document-model.ts'
import { exampleOf } from './example.ts'
import { headerParameter, headersOf, type RequestHeaderName } from './headers.ts'
import { pathParameters, queryParameters } from './parameters.ts'
import type { DocumentedRefusal } from './problem-examples.ts'
import type { ProblemResponses } from './problem-responses.ts'
import type { DescribedRoute } from './routes.ts'
import type { Direction, Schemas } from './schemas.ts'

interface Book {
  readonly schemas: Schemas
  readonly problems: ProblemResponses
}

/** What its handlers together say about a route. */
interface Sum {
  readonly description: Description
  readonly takesBody: boolean
  readonly bearer: boolean
  readonly optionalBearer: boolean
  readonly ofOrganization: boolean
  readonly body: z.ZodType | undefined
  readonly isBodyOptional: boolean
  readonly query: z.ZodType | undefined
  readonly csv: z.ZodType | undefined
  readonly refuses: readonly DocumentedRefusal[]
}

export function operationOf(route: DescribedRoute, book: Book): Operation {
  const sum = sumOf(route)
  const { id, summary, description, tag, permission } = sum.description
  const content = requestContent(sum, book.schemas)
  return {
    operationId: id,
    summary,
    ...(description === undefined ? {} : { description }),
    tags: [tag],
    ...(permission === undefined ? {} : { 'x-permission': permission }),
    security: securityOf(sum),
    parameters: parametersOf(route.path, sum, book.schemas),
    ...(content === null ? {} : { requestBody: { required: !sum.isBodyOptional, content } }),
    responses: { ...successes(sum, book.schemas), ...book.problems.of(refusalsOf(sum)) },
  }
}

/** An empty requirement makes the others optional (OpenAPI 3.1.1, 4.8.10). */
function securityOf({ bearer, optionalBearer }: Sum): Operation['security'] {
  if (bearer) return [{ bearer: [] }]
  return optionalBearer ? [{}, { bearer: [] }] : []
}

function sumOf({ method, description, facts }: DescribedRoute): Sum {
  const takesBody = method !== 'GET'
  return {
    description,
    takesBody,
    bearer: facts.some(({ bearer }) => bearer),
    optionalBearer: facts.some(({ optionalBearer }) => optionalBearer),
    ofOrganization: facts.some(({ ofOrganization }) => ofOrganization),
    body: facts.find(({ body }) => body)?.body,
    isBodyOptional: facts.some(({ isBodyOptional }) => isBodyOptional),
    query: facts.find(({ query }) => query)?.query,
    csv: facts.find(({ csv }) => csv)?.csv,
    refuses: facts.flatMap(({ refuses = [], refusesBodies = [] }) => [...refuses, ...(takesBody ? refusesBodies : [])]),
  }
}

/** Beside what the handlers name, what follows from the kind of route. */
function refusalsOf({ description, ofOrganization, refuses }: Sum): DocumentedRefusal[] {
  const { permission, heeds = [], refuses: own = [] } = description
  return [
    ...refuses,
    ...(permission === undefined ? [] : (['forbidden'] as const)),
    ...(permission !== undefined && ofOrganization ? (['member_suspended', 'maker_suspended'] as const) : []),
    ...(heeds.length > 0 ? (['invalid'] as const) : []),
    ...(heeds.includes('Idempotency-Key') ? (['idempotency_key_reused'] as const) : []),
    ...(heeds.includes('If-Match') ? (['revision_mismatch'] as const) : []),
    ...own,
    'internal_error',
    'unavailable',
  ]
}

function parametersOf(path: string, sum: Sum, schemas: Schemas): (Parameter | Reference)[] {
  const { heeds = [], permission } = sum.description
  const takesBearer = sum.bearer || sum.optionalBearer
  const onBehalf = takesBearer && !OPERATORS.has(permission ?? '') && permission !== 'session'
  const headers: RequestHeaderName[] = [
    ...heeds,
    ...(onBehalf ? (['Muster-On-Behalf-Of'] as const) : []),
    'X-Request-Id',
  ]
  const queries = [sum.query, sum.csv].flatMap((query) => (query === undefined ? [] : queryParameters(query, schemas)))
  return [...pathParameters(path, schemas), ...queries, ...headers.map(headerParameter)]
}

const OPERATORS: ReadonlySet<string> = new Set(OPERATOR_PERMISSIONS)

const CSV_EXAMPLE = 'email,role,name\nbob@acme.example,member,Bob Fox\ncat@acme.example,admin,\n'

function requestContent({ body, csv }: Sum, schemas: Schemas): Record<string, MediaType> | null {
  if (body === undefined) return null
  const json = mediaType({ schema: body }, 'input', schemas)
  const table = { schema: { type: 'string', description: 'RFC 4180, with a header.' }, example: CSV_EXAMPLE }
  return { 'application/json': json, ...(csv === undefined ? {} : { 'text/csv': table }) }
}

function successes(sum: Sum, schemas: Schemas): Record<string, ResponseObject> {
  return Object.fromEntries(
    Object.entries(sum.description.answers).map(([status, answer]) => [status, success(answer, sum, schemas)]),
  )
}

function success(
  { description, content, ofOrganization, headers = [] }: Answer,
  sum: Sum,
  schemas: Schemas,
): ResponseObject {
  const about = ofOrganization || sum.ofOrganization ? ['Muster-Revision'] : []
  const replayed = sum.description.heeds?.includes('Idempotency-Key') ? ['Idempotency-Replayed'] : []
  const bodies = Object.entries(content ?? {}).map(([type, body]) => [type, mediaType(body, 'output', schemas)])
  return {
    description,
    headers: headersOf([...about, ...replayed, ...headers]),
    ...(content === undefined ? {} : { content: Object.fromEntries(bodies) }),
  }
}

function mediaType(content: Content, direction: Direction, schemas: Schemas): MediaType {
  if ('text' in content) {
    const line = content.line && { 'x-line': schemas.of(content.line, direction) }
    return { schema: { type: 'string' }, example: content.text, ...line }
  }
  const schema = schemas.of(content.schema, direction)
  return { schema, example: exampleOf(schema, schemas.components) }
}
