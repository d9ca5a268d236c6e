import type { JsonSchema } from './document-model.ts'

type Components = Readonly<Record<string, JsonSchema>>

/** An example that fits the schema: its own, or one put together from those of its parts. */
export function exampleOf(schema: JsonSchema, components: Components): unknown {
  const { $ref, examples, enum: values, anyOf, items, properties } = schema
  if (examples !== undefined) return examples[0]
  if ($ref !== undefined) return exampleOf(components[$ref.split('/').at(-1) ?? ''] ?? {}, components)
  if ('const' in schema) return schema.const
  if ('default' in schema) return schema.default
  if (values !== undefined) return values[0]
  if (anyOf?.[0] !== undefined) return exampleOf(anyOf[0], components)
  if (items !== undefined) return [exampleOf(items, components)]
  if (properties !== undefined) {
    return Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, exampleOf(part, components)]))
  }
  return PLAIN[String(schema.type)]
}

const PLAIN: Readonly<Record<string, unknown>> = { string: 'text', integer: 1, number: 1, boolean: true, object: {} }
