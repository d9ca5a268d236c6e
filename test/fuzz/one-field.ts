import type { JsonSchema } from '../../src/http/openapi/document-model.ts'

type Schemas = Readonly<Record<string, JsonSchema>>
type Path = readonly (string | number)[]

export interface TextField {
  readonly path: Path
  readonly schema: JsonSchema
}

/** Every field that takes a text of the caller's choice, however deep. */
export function textFields(schema: JsonSchema, schemas: Schemas, path: Path = []): TextField[] {
  const { $ref, type, anyOf = [], items, properties = {}, enum: values } = schema
  if ($ref !== undefined) return textFields(schemas[$ref.split('/').at(-1) ?? ''] ?? {}, schemas, path)
  if (type === 'string' && values === undefined) return [{ path, schema }]
  return [
    ...anyOf.flatMap((option) => textFields(option, schemas, path)),
    ...(items === undefined ? [] : textFields(items, schemas, [...path, 0])),
    ...Object.entries(properties).flatMap(([name, property]) => textFields(property, schemas, [...path, name])),
  ]
}

/** The value with something else at the path, made on the way where it is missing. */
export function withAt(value: unknown, [first, ...rest]: Path, other: unknown): unknown {
  if (first === undefined) return other
  if (typeof first === 'number') return [withAt((value as unknown[] | undefined)?.[first], rest, other)]
  const object = (value ?? {}) as Readonly<Record<string, unknown>>
  return { ...object, [first]: withAt(object[first], rest, other) }
}
