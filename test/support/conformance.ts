import { dereference, type OutputUnit, type Schema, validate } from '@cfworker/json-schema'
import { getPath } from 'hono/utils/url'
import type {
  HeaderObject,
  JsonSchema,
  MediaType,
  Method,
  OpenApiDocument,
  Operation,
  Reference,
  ResponseObject,
} from '../../src/http/openapi/document-model.ts'

/*
 * Whether an answer is one that the API's description promises: status, content type, headers, and every field of the
 * body. What the description does not name is a violation.
 */

type Fetch = (request: Request) => Promise<Response>

/** Outlives the test file: files that share a worker ask for the description, and prepare its schemas, once. */
const shared = globalThis as { conformance?: Conformance }

/** The same client, except that it throws when an answer is not as described. */
export function conforming(fetcher: Fetch): Fetch {
  return async (request) => {
    const response = await fetcher(request)
    shared.conformance ??= await describedBy(fetcher, new URL('/openapi.json', request.url))
    const found = shared.conformance.violations(request, response, await response.clone().text())
    if (found.length > 0) throw new Error(`${request.method} ${request.url} is not as described:\n${found.join('\n')}`)
    return response
  }
}

export async function describedBy(fetcher: Fetch, url: URL): Promise<Conformance> {
  const response = await fetcher(new Request(url))
  return new Conformance((await response.json()) as OpenApiDocument)
}

/** Guards stand before it is known whether there is an operation. */
const BEFORE_ROUTING = [400, 413, 415, 429, 500, 503]
const OWN_HEADERS = ['Muster-Revision', 'ETag', 'Idempotency-Replayed', 'Retry-After', 'WWW-Authenticate', 'Allow']
const PROBLEM = 'application/problem+json'

export class Conformance {
  readonly #document: OpenApiDocument
  /** By URI: the shared schemas, and each other schema from the first time that an answer is held against it. */
  readonly #lookup: ReturnType<typeof dereference>
  readonly #known = new Set<JsonSchema>()
  readonly #templates: readonly { path: string; pattern: RegExp }[]

  constructor(document: OpenApiDocument) {
    this.#document = document
    this.#lookup = dereference({ components: { schemas: document.components.schemas } } as Schema)
    this.#templates = Object.keys(document.paths)
      .map((path) => ({ path, pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`, 's') }))
      .sort((a, b) => placeholders(a.path) - placeholders(b.path))
  }

  /** What in the answer is not as described; empty when all is. Pages are no part of the description. */
  violations(request: Request, response: Response, text: string): string[] {
    const { operation, isPage } = this.find(request)
    if (operation === null && isPage) return []
    const described = operation === null ? this.#withoutOperation(response) : operation.responses[response.status]
    if (described === undefined) return [`status ${response.status}: ${text.slice(0, 300)}`]
    const promised = this.#resolved(described)
    const body = request.method === 'HEAD' ? [] : this.#body(promised, response, text)
    return [...this.#headers(promised, response), ...body]
  }

  /** The operation that the request is meant for. */
  find(request: Request): { operation: Operation | null; isPage: boolean } {
    const path = getPath(request)
    const method = (request.method === 'HEAD' ? 'get' : request.method.toLowerCase()) as Method
    const matching = this.#templates.filter(({ pattern }) => pattern.test(path))
    const operation = matching
      .map((template) => this.#document.paths[template.path]?.[method])
      .find((found) => found !== undefined)
    return { operation: operation ?? null, isPage: matching.length === 0 && !path.startsWith('/v1') }
  }

  #withoutOperation(response: Response): ResponseObject | Reference | undefined {
    const exact = this.#document['x-no-operation'][response.status]
    if (exact !== undefined || !BEFORE_ROUTING.includes(response.status)) return exact
    return Object.values(this.#document.components.responses).find((shared) =>
      Object.keys(shared.content?.[PROBLEM]?.examples ?? {}).some((code) => this.#statusOf(code) === response.status),
    )
  }

  #statusOf(code: string): number | undefined {
    return (this.#document.components.examples[code]?.value as { status: number } | undefined)?.status
  }

  #headers({ headers }: ResponseObject, response: Response): string[] {
    const undocumented = OWN_HEADERS.filter((name) => response.headers.has(name) && !(name in headers))
    const wrong = Object.entries(headers).flatMap(([name, reference]) => {
      const header = '$ref' in reference ? this.#document.components.headers[nameOf(reference)] : reference
      return header === undefined ? [`header ${name} has no description`] : this.#header(name, header, response)
    })
    return [...undocumented.map((name) => `header ${name}`), ...wrong]
  }

  #header(name: string, { required = false, schema }: HeaderObject, response: Response): string[] {
    const text = response.headers.get(name)
    if (text === null) return required ? [`header ${name} is missing`] : []
    return this.#schema(schema, schema.type === 'integer' && /^\d+$/.test(text) ? Number(text) : text, `header ${name}`)
  }

  #body({ content }: ResponseObject, response: Response, text: string): string[] {
    if (content === undefined) return text === '' ? [] : [`a body: ${text.slice(0, 300)}`]
    const type = (response.headers.get('Content-Type') ?? '').split(';')[0]?.trim() ?? ''
    const media = content[type]
    return media === undefined ? [`content type ${type}`] : this.#content(media, type, text)
  }

  #content({ schema, 'x-line': line }: MediaType, type: string, text: string): string[] {
    if (line !== undefined) {
      const lines = text.split('\n').slice(0, -1)
      return lines.flatMap((json, index) => this.#schema(line, JSON.parse(json), `line ${index + 1}`))
    }
    if (!type.endsWith('json')) return []
    return this.#schema(schema, JSON.parse(text), 'body')
  }

  #schema(schema: JsonSchema, value: unknown, where: string): string[] {
    if (!this.#known.has(schema)) {
      dereference(schema as Schema, this.#lookup, undefined, `/own/${this.#known.size}`)
      this.#known.add(schema)
    }
    const { valid, errors } = validate(value, schema as Schema, '2020-12', this.#lookup, false)
    return valid ? [] : [`${where}: ${errors.map(said).join('; ')} in ${JSON.stringify(value).slice(0, 500)}`]
  }

  #resolved(response: ResponseObject | Reference): ResponseObject {
    const resolved = '$ref' in response ? this.#document.components.responses[nameOf(response)] : response
    if (resolved === undefined) throw new Error(`The description lacks ${JSON.stringify(response)}`)
    return resolved
  }
}

const placeholders = (path: string): number => path.split('{').length

const nameOf = ({ $ref }: Reference): string => $ref.split('/').at(-1) ?? ''

const said = ({ instanceLocation, error }: OutputUnit): string => `${instanceLocation} ${error}`
