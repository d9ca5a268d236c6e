import { ok, type Result, refuse } from './result.ts'

export const ATTRIBUTE_TYPES = ['string', 'number', 'boolean', 'date', 'enum'] as const
export type AttributeType = (typeof ATTRIBUTE_TYPES)[number]

export type AttributeValue = string | number | boolean

/**
 * What is kept of a person beside name and address, by `key:type` of its definition: values outlive their definition, and
 * show again only under one of the same key and type.
 */
export type AttributeValues = { readonly [slot: string]: AttributeValue }

/** To be merged into the values; null takes one away. */
export type AttributeChanges = { readonly [slot: string]: AttributeValue | null }

/** As requests and answers have them: by the key of the definition. */
export type NamedAttributes = { readonly [key: string]: AttributeValue | null }
export type ShownAttributes = { readonly [key: string]: AttributeValue }

/** What the product wants to know about people. `options` is null for every type but `enum`. */
export interface AttributeDefinition {
  readonly key: string
  readonly label: string
  readonly type: AttributeType
  readonly options: readonly string[] | null
  /** Asked of people who may give it themselves, when they join. */
  readonly required: boolean
  readonly userEditable: boolean
}

export const ATTRIBUTE_KEY = /^[a-z][a-z0-9_]{0,31}$/
export const MAX_ATTRIBUTES = 50
export const MAX_ATTRIBUTE_LENGTH = 500
export const MAX_OPTIONS = 100

/** One or several values cannot be taken. In the shape of the refusal that names them. */
export interface InvalidAttributes {
  readonly code: 'invalid_request'
  readonly errors: readonly { readonly path: string; readonly message: string }[]
}

/** Somebody cannot go on before they have said these. */
export interface AttributesRequired {
  readonly code: 'attributes_required'
  readonly attributes: readonly AttributeDefinition[]
}

/** Where the value of a definition is kept. */
export const slotOf = ({ key, type }: Pick<AttributeDefinition, 'key' | 'type'>): string => `${key}:${type}`

/** Of which attribute a kept value is. */
export const keyOf = (slot: string): string => slot.split(':', 1).join()

/**
 * The changes that a request asks for, each as it is kept. People change what is theirs to edit and do not take away what
 * is required; the operator may do both.
 */
export function checkedAttributes(
  definitions: readonly AttributeDefinition[],
  named: NamedAttributes,
  { by }: { readonly by: 'user' | 'operator' },
): Result<AttributeChanges, InvalidAttributes> {
  const changes: [slot: string, value: AttributeValue | null][] = []
  const errors: { path: string; message: string }[] = []
  for (const [key, value] of Object.entries(named)) {
    const definition = definitions.find((one) => one.key === key)
    const checked = checkedChange(definition, value, by)
    if (checked.ok) changes.push(checked.value)
    else errors.push({ path: `attributes.${key}`, message: checked.error })
  }
  return errors.length === 0 ? ok(Object.fromEntries(changes)) : refuse({ code: 'invalid_request', errors })
}

function checkedChange(
  definition: AttributeDefinition | undefined,
  value: AttributeValue | null,
  by: 'user' | 'operator',
): Result<[slot: string, value: AttributeValue | null], string> {
  if (definition === undefined) return refuse('There is no such attribute.')
  if (by === 'user' && !definition.userEditable) return refuse('Only the operator changes this.')
  if (value !== null) {
    const checked = checkedValue(definition, value)
    return checked.ok ? ok([slotOf(definition), checked.value]) : checked
  }
  return by === 'user' && definition.required ? refuse('This is required.') : ok([slotOf(definition), null])
}

/** The value as it is kept, or what is wrong with it. */
export function checkedValue(definition: AttributeDefinition, value: AttributeValue): Result<AttributeValue, string> {
  switch (definition.type) {
    case 'string':
      return typeof value === 'string' ? checkedText(value.trim()) : refuse('This must be a text.')
    case 'number':
      // Minus zero would not survive JSON.
      return typeof value === 'number' && Number.isFinite(value) ? ok(value + 0) : refuse('This must be a number.')
    case 'boolean':
      return typeof value === 'boolean' ? ok(value) : refuse('This must be true or false.')
    case 'date':
      return typeof value === 'string' && isDate(value) ? ok(value) : refuse('This must be a date, as in 2026-03-02.')
    case 'enum':
      return isOption(definition, value) ? ok(value) : refuse('This is none of the options.')
  }
}

const CONTROL = /\p{Cc}/u

function checkedText(text: string): Result<string, string> {
  if (text === '' || text.length > MAX_ATTRIBUTE_LENGTH) {
    return refuse(`A text has 1 to ${MAX_ATTRIBUTE_LENGTH} characters.`)
  }
  if (!text.isWellFormed()) return refuse('This text is not well-formed Unicode.')
  return CONTROL.test(text) ? refuse('Control characters are not allowed.') : ok(text)
}

/** A day of the calendar, as RFC 3339 writes a full-date. */
function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const time = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
}

const isOption = ({ options }: AttributeDefinition, value: AttributeValue): boolean =>
  typeof value === 'string' && (options ?? []).includes(value)

/** A text, as in a query string, as the value that the definition asks for. */
export function valueFromText(definition: AttributeDefinition, text: string): Result<AttributeValue, string> {
  return checkedValue(definition, typedText(definition.type, text))
}

function typedText(type: AttributeType, text: string): AttributeValue {
  if (type === 'number') return text.trim() === '' ? Number.NaN : Number(text)
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  return text
}

/** People who have this value. */
export interface AttributeFilter {
  readonly slot: string
  readonly value: AttributeValue
}

/** Each as `key:value`, compared as the type of its definition says. */
export function filtersFromText(
  definitions: readonly AttributeDefinition[],
  texts: readonly string[],
): Result<AttributeFilter[], InvalidAttributes> {
  const filters: AttributeFilter[] = []
  for (const text of texts) {
    const [key = '', value = ''] = text.split(/:(.*)/s, 2)
    const definition = definitions.find((one) => one.key === key)
    const read = definition === undefined ? refuse('There is no such attribute.') : valueFromText(definition, value)
    if (!read.ok) return refuse({ code: 'invalid_request', errors: [{ path: 'attribute', message: read.error }] })
    filters.push({ slot: slotOf(definition as AttributeDefinition), value: read.value })
  }
  return ok(filters)
}

/** What there is to see: values of a present definition; of an enum, those that are among its options. */
export function visibleAttributes(
  definitions: readonly AttributeDefinition[],
  values: AttributeValues,
): ShownAttributes {
  return Object.fromEntries(
    definitions.flatMap((definition) => {
      const value = visibleValue(definition, values)
      return value === null ? [] : [[definition.key, value]]
    }),
  )
}

function visibleValue(definition: AttributeDefinition, values: AttributeChanges): AttributeValue | null {
  const value = values[slotOf(definition)] ?? null
  return definition.type === 'enum' && value !== null && !isOption(definition, value) ? null : value
}

/** What a person still has to say: all that is required, is theirs to give, and has no value to be seen. */
export const missingAttributes = (
  definitions: readonly AttributeDefinition[],
  values: AttributeChanges,
): AttributeDefinition[] =>
  definitions.filter(
    (definition) => definition.required && definition.userEditable && visibleValue(definition, values) === null,
  )
