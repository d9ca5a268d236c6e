import fc, { type Arbitrary } from 'fast-check'
import type { JsonSchema } from '../../src/http/openapi/document-model.ts'
import { HOSTILE_JSON, HOSTILE_TEXTS } from './hostile-values.ts'

type Schemas = Readonly<Record<string, JsonSchema>>

/** JSON text rather than a value: so that it can say what no value says, as -0, 1e400, or a key twice. */
type Json = Arbitrary<string>

const quoted = (texts: Arbitrary<string>): Json => texts.map((text) => JSON.stringify(text))

const hostile: Json = fc.oneof(fc.constantFrom(...HOSTILE_JSON), quoted(fc.constantFrom(...HOSTILE_TEXTS)))

/** Mostly as the schema wants it; here and there a part that is not, by one in so many. */
export function arbitraryJson(schema: JsonSchema, schemas: Schemas, onePartIn: number): Json {
  const inner = (part: JsonSchema) => arbitraryJson(part, schemas, onePartIn)
  return fc.oneof(
    { weight: onePartIn - 1, arbitrary: fitting(schema, schemas, inner) },
    { weight: 1, arbitrary: hostile },
  )
}

function fitting(schema: JsonSchema, schemas: Schemas, inner: (part: JsonSchema) => Json): Json {
  const { $ref, const: value, enum: values, anyOf, type } = schema
  if ($ref !== undefined) return fitting(schemas[$ref.split('/').at(-1) ?? ''] ?? {}, schemas, inner)
  if (value !== undefined) return fc.constant(JSON.stringify(value))
  if (values !== undefined) return fc.constantFrom(...values).map((one) => JSON.stringify(one))
  if (anyOf !== undefined) return fc.oneof(...anyOf.map(inner))
  if (Array.isArray(type)) return fc.oneof(...type.map((one) => fitting({ ...schema, type: one }, schemas, inner)))
  switch (type) {
    case 'string':
      return quoted(arbitraryText(schema))
    case 'integer':
      return integer(schema).map(String)
    case 'boolean':
      return fc.boolean().map(String)
    case 'null':
      return fc.constant('null')
    case 'array':
      return fc.array(inner(schema.items ?? {}), bounds(schema)).map((items) => `[${items.join(',')}]`)
    default:
      return objectOf(schema, inner)
  }
}

const bounds = ({ minItems = 0, maxItems = 4 }: JsonSchema) => ({
  minLength: minItems,
  maxLength: Math.max(minItems, Math.min(maxItems, 4)),
})

const integer = ({ minimum = -1_000, maximum = 1_000_000 }: JsonSchema): Arbitrary<number> =>
  fc.oneof(fc.integer({ min: minimum, max: maximum }), fc.constantFrom(minimum, maximum))

/** A text that the schema allows: an example of it, more often than not. */
export function arbitraryText({
  pattern,
  format,
  minLength = 0,
  maxLength = 60,
  examples = [],
}: JsonSchema): Arbitrary<string> {
  const shown = examples.filter((example) => typeof example === 'string')
  const made =
    pattern !== undefined
      ? fc.stringMatching(new RegExp(pattern))
      : format === 'date-time'
        ? fc
            .date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-12-31') })
            .map((date) => date.toISOString())
        : format === 'uri'
          ? fc.webUrl({ withQueryParameters: true, withFragments: true })
          : fc.string({ unit: 'grapheme', minLength, maxLength: Math.max(minLength, Math.min(maxLength, 60)) })
  return shown.length === 0 ? made : fc.oneof(fc.constantFrom(...shown), made)
}

/** Its fields in any order, some that need not be there, and sometimes one that must not be, or one twice. */
function objectOf(
  { properties = {}, required = [], oneOf, additionalProperties }: JsonSchema,
  inner: (part: JsonSchema) => Json,
): Json {
  const entries = Object.entries(properties).map(([name, property]) => {
    const entry = inner(property).map((json) => [`${JSON.stringify(name)}:${json}`])
    return required.includes(name) ? entry : fc.oneof(entry, fc.constant<string[]>([]))
  })
  const chosen = fc.constantFrom(...(oneOf ?? [{}])).chain(({ required: alternative = [] }) => {
    const others = (oneOf ?? [])
      .flatMap((option) => option.required ?? [])
      .filter((name) => !alternative.includes(name))
    return fc
      .tuple(...entries)
      .map((parts) => parts.flat().filter((part) => !others.some((name) => isField(part, name))))
  })
  const more = fc.oneof(
    { weight: 20, arbitrary: fc.constant<string[]>([]) },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom('"__proto__":{"isAdmin":true}', '"admin":true', '"":0', '"toString":1')
        .map((one) => [one]),
    },
  )
  const open =
    typeof additionalProperties === 'object'
      ? fc.array(entryOf(inner(additionalProperties)), { maxLength: 3 })
      : fc.constant<string[]>([])
  const twice = fc.oneof({ weight: 20, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constant(1) })
  return fc
    .tuple(chosen, open, more, twice)
    .map(([parts, named, added, again]) => `{${[...parts, ...named, ...added, ...parts.slice(0, again)].join(',')}}`)
}

/** Where the caller chooses the names. */
const entryOf = (value: Json): Arbitrary<string> =>
  fc
    .tuple(fc.oneof(fc.constantFrom('unit', 'department'), fc.constantFrom(...HOSTILE_TEXTS)), value)
    .map(([name, json]) => `${JSON.stringify(name)}:${json}`)

const isField = (part: string, name: string): boolean => part.startsWith(`${JSON.stringify(name)}:`)
