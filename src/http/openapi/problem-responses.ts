import * as z from 'zod'
import { PROBLEM_FIELDS } from '../../contract/problems.ts'
import { PROBLEM_TYPE, problemOf } from '../problems.ts'
import type { JsonSchema, Reference, ResponseObject } from './document-model.ts'
import { headersOf, REVISION_OF_REFUSAL } from './headers.ts'
import { type DocumentedRefusal, REFUSALS, VARIANTS } from './problem-examples.ts'
import type { Schemas } from './schemas.ts'

const REQUEST_ID = '8f0c2a4e-6d1b-4b57-9a55-0d3b7f1c2e90'

const isVariant = (code: DocumentedRefusal): code is keyof typeof VARIANTS => code in VARIANTS

/** By the name that the document gives to it: several refusals may share a code on the wire, and variants have one each. */
function sampleOf(code: DocumentedRefusal) {
  const problem = problemOf(isVariant(code) ? VARIANTS[code] : REFUSALS[code], REQUEST_ID)
  return { ...problem, name: isVariant(code) ? code : problem.body.code }
}

const distinct = (codes: readonly DocumentedRefusal[]): Sample[] => [
  ...new Map(codes.map(sampleOf).map((sample) => [sample.name, sample])).values(),
]

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
  of(codes: readonly DocumentedRefusal[]): Record<string, ResponseObject | Reference> {
    const byStatus = Map.groupBy(distinct(codes), ({ status }) => status)
    return Object.fromEntries([...byStatus].map(([status, group]) => [status, this.#responseOf(group)]))
  }

  #responseOf(group: readonly Sample[]): ResponseObject | Reference {
    const name = group
      .map(({ name }) => pascalCase(name))
      .sort()
      .join('Or')
    if (group.length > 2) return this.#response(group)
    this.shared[name] ??= this.#response(group)
    return { $ref: `#/components/responses/${name}` }
  }

  #response(samples: readonly Sample[]): ResponseObject {
    const references = samples.map((sample) => this.#schemaOf(sample))
    const examples = Object.fromEntries(samples.map((sample) => [sample.body.code, this.#exampleOf(sample)]))
    const [first = {}] = references
    const content = { [PROBLEM_TYPE]: { schema: samples.length === 1 ? first : oneOf(samples, references), examples } }
    return { description: samples.map(({ body }) => `${body.title}.`).join(' '), headers: headersFor(samples), content }
  }

  #schemaOf({ status, name, body: { type, title, code } }: Sample): JsonSchema {
    const id = `${pascalCase(name)}Problem`
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

  #exampleOf({ name, body }: Sample): Reference {
    this.examples[name] = { summary: body.title, value: body }
    return { $ref: `#/components/examples/${name}` }
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
