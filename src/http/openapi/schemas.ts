import * as z from 'zod'
import type { JsonSchema } from './document-model.ts'

export type Direction = 'input' | 'output'

/** Turns schemas of the contract into JSON Schema, and gathers those with an `id` as components. */
export class Schemas {
  readonly components: Record<string, JsonSchema> = {}
  readonly #known = { input: new Map<z.ZodType, JsonSchema>(), output: new Map<z.ZodType, JsonSchema>() }

  /** `input`: as requests have it; `output`: as answers do. */
  of(schema: z.ZodType, direction: Direction): JsonSchema {
    const known = this.#known[direction].get(schema)
    if (known !== undefined) return known
    const { $schema: _, $defs = {}, ...own } = z.toJSONSchema(schema, { io: direction, override: asOnTheWire })
    for (const [id, definition] of Object.entries($defs)) this.#add(id, located(definition as JsonSchema))
    const converted = located(own as JsonSchema)
    this.#known[direction].set(schema, converted)
    return converted
  }

  add(id: string, schema: JsonSchema): JsonSchema {
    this.#add(id, schema)
    return { $ref: `#/components/schemas/${id}` }
  }

  #add(id: string, schema: JsonSchema): void {
    const present = this.components[id]
    if (present !== undefined && JSON.stringify(present) !== JSON.stringify(schema)) {
      throw new Error(`Two schemas are called ${id}, or requests and answers differ in it`)
    }
    this.components[id] = schema
  }
}

/** As plain JSON, with definitions where OpenAPI keeps them. */
const located = (schema: JsonSchema): JsonSchema =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/'))

interface Override {
  readonly zodSchema: z.core.$ZodTypes
  readonly jsonSchema: Record<string, unknown>
}

/**
 * `wire` of a schema's meta wins. Examples are those of the wire, which zod leaves out where a schema transforms. What only
 * repeats a format or the limits of a number is noise.
 */
function asOnTheWire({ zodSchema, jsonSchema }: Override): void {
  const { wire, examples } = z.globalRegistry.get(zodSchema) ?? {}
  if (examples !== undefined) jsonSchema.examples = examples
  if (jsonSchema.format === 'date-time' && String(jsonSchema.pattern).length > 100) delete jsonSchema.pattern
  if (Number.isInteger(jsonSchema.const)) jsonSchema.type = 'integer'
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
  Object.assign(jsonSchema, wire)
  delete jsonSchema.wire
}
