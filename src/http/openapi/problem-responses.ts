import * as z from 'zod'
import { PROBLEM_FIELDS } from '../../contract/problems.ts'
import { PROBLEM_TYPE, problemOf, type RefusalCode } from '../problems.ts'
import type { JsonSchema, Reference, ResponseObject } from './document-model.ts'
import { headersOf, REVISION_OF_REFUSAL } from './headers.ts'
import { REFUSALS } from './problem-examples.ts'
import type { Schemas } from './schemas.ts'

const REQUEST_ID = '8f0c2a4e-6d1b-4b57-9a55-0d3b7f1c2e90'

const sampleOf = (code: RefusalCode) => problemOf(REFUSALS[code], REQUEST_ID)

/** Several refusals may share a code on the wire, which is always that of one of them. */
const wireCodes = (codes: readonly RefusalCode[]) =>
  [...new Set(codes.map((code) => sampleOf(code).body.code))] as RefusalCode[]

/**
 * Problem documents as OpenAPI has them: a schema and an example per code, a response per status. Responses that many
 * operations share become components.
 */
export class ProblemResponses {
  readonly examples: Record<string, { summary: string; value: unknown }> = {}
  readonly shared: Record<string, ResponseObject> = {}
  readonly #schemas: Schemas

  constructor(schemas: Schemas) {
    this.#schemas = schemas
  }

  /** By status, what an operation answers that refuses with these codes. */
  of(codes: readonly RefusalCode[]): Record<string, ResponseObject | Reference> {
    const byStatus = Map.groupBy(wireCodes(codes), (code) => sampleOf(code).status)
    return Object.fromEntries([...byStatus].map(([status, group]) => [status, this.#responseOf(group)]))
  }

  #responseOf(group: readonly RefusalCode[]): ResponseObject | Reference {
    const name = group
      .map((code) => pascalCase(sampleOf(code).body.code))
      .sort()
      .join('Or')
    if (group.length > 2) return this.#response(group)
    this.shared[name] ??= this.#response(group)
    return { $ref: `#/components/responses/${name}` }
  }

  #response(group: readonly RefusalCode[]): ResponseObject {
    const samples = group.map(sampleOf)
    const references = samples.map((sample) => this.#schemaOf(sample))
    const examples = Object.fromEntries(samples.map((sample) => [sample.body.code, this.#exampleOf(sample)]))
    const [first = {}] = references
    const content = { [PROBLEM_TYPE]: { schema: samples.length === 1 ? first : oneOf(samples, references), examples } }
    return { description: samples.map(({ body }) => `${body.title}.`).join(' '), headers: headersFor(samples), content }
  }

  #schemaOf({ status, body: { type, title, code } }: Sample): JsonSchema {
    const id = `${pascalCase(code)}Problem`
    if (id in this.#schemas.components) return { $ref: `#/components/schemas/${id}` }
    const fields = z.strictObject({
      type: z.literal(type),
      title: z.literal(title),
      status: z.literal(status),
      detail: z.string(),
      code: z.enum([code]),
      request_id: z.string(),
      ...PROBLEM_FIELDS[code],
    })
    return this.#schemas.add(id, this.#schemas.of(fields, 'output'))
  }

  #exampleOf({ body }: Sample): Reference {
    this.examples[body.code] = { summary: body.title, value: body }
    return { $ref: `#/components/examples/${body.code}` }
  }
}

type Sample = ReturnType<typeof sampleOf>

function oneOf(samples: readonly Sample[], references: readonly JsonSchema[]): JsonSchema {
  const codes = samples.map(({ body }) => body.code)
  const mapping = Object.fromEntries(codes.map((code, index) => [code, references[index]?.$ref ?? '']))
  return {
    type: 'object',
    properties: { code: { type: 'string', enum: codes } },
    required: ['code'],
    oneOf: references,
    discriminator: { propertyName: 'code', mapping },
  }
}

/** A header that all of them carry is promised; one that only some carry is not. */
function headersFor(samples: readonly Sample[]): ResponseObject['headers'] {
  const names = [...new Set(samples.flatMap(({ headers }) => Object.keys(headers)))]
  const promised = names.filter((name) => samples.every(({ headers }) => name in headers))
  return { ...headersOf(promised), ...REVISION_OF_REFUSAL }
}

export const pascalCase = (code: string): string =>
  code.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())
