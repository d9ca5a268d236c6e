import * as z from 'zod'
import { normalizeEmail } from '../membership/email.ts'

/*
 * What schemas say about themselves for the API's description stands in `meta`: `id` makes a component of it, `wire` says how
 * a value stands in a request where the parser takes something else (a number that is read from text).
 */

const CONTROL = /\p{Cc}/u

/** One line of text, trimmed: 1 to `max` characters, no control characters, no lone surrogates. */
export const line = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .refine((text) => text.isWellFormed(), 'This text is not well-formed Unicode.')
    .refine((text) => !CONTROL.test(text), 'Control characters are not allowed.')

/** A TypeID: prefix, underscore, 26 characters of Crockford base32 (a UUIDv7). */
export const idPattern = (prefix: string): RegExp => new RegExp(`^${prefix}_[0-7][0-9a-hjkmnp-tv-z]{25}$`)

export const id = (prefix: string) =>
  z
    .string()
    .regex(idPattern(prefix))
    .meta({ examples: [`${prefix}_01h455vb4pex5vsknk084sn02q`] })

/** Any spelling of an address; comes out normalized. */
export const email = z
  .string()
  .max(1000)
  .transform((text, context) => {
    const normalized = normalizeEmail(text)
    if (normalized !== null) return normalized
    context.addIssue({ code: 'custom', message: 'This is not an email address.' })
    return z.NEVER
  })
  .meta({ description: 'Any spelling; kept and compared in lower case.', examples: ['bob@acme.example'] })

/** An address as answers show it. */
export const shownEmail = z.string().meta({ description: 'Normalized.', examples: ['bob@acme.example'] })

/** RFC 3339 with an offset; comes out as epoch milliseconds. */
export const time = z.iso
  .datetime({ offset: true })
  .transform((text) => Date.parse(text))
  .meta({ description: 'RFC 3339, with any offset.', examples: ['2026-04-01T12:00:00Z'] })

/** As answers show times: RFC 3339, UTC, milliseconds. */
export const shownTime = z.iso.datetime({ precision: 3 }).meta({
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$',
  examples: ['2026-03-02T09:30:00.000Z'],
})

/** Parsers of URLs forgive what is none: these characters stand in no IRI (RFC 3987, 2.2), lone surrogates in no text. */
const NOT_IN_IRI = /[\s\p{Cc}"<>\\^`{|}]/u

export const httpUrl = z
  .url({ protocol: /^https?$/ })
  .max(2048)
  .refine((text) => text.isWellFormed() && !NOT_IN_IRI.test(text), 'This is not a URL.')
  .meta({ format: 'iri', examples: ['https://product.example/billing'] })

/** Lower-case letters, digits and inner hyphens, 3 to 63: safe as a path segment and as a DNS label. */
export const slug = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{1,61})[a-z0-9]$/, 'A slug is 3 to 63 of a-z, 0-9 and inner hyphens.')
  .meta({ examples: ['acme'] })

export const list = <T extends z.ZodType>(item: T) =>
  z.strictObject({
    object: z.literal('list'),
    data: z.array(item),
    next_cursor: z
      .string()
      .nullable()
      .meta({ description: 'For the parameter cursor; null at the end.', examples: [null] }),
  })

/** Parameters that every list takes. Query values are text, so numbers are read from digits. */
export const page = {
  limit: z
    .string()
    .regex(/^\d{1,3}$/)
    .transform(Number)
    .pipe(z.int().min(1).max(100))
    .default(20)
    .meta({
      description: 'How many to list at most.',
      wire: { type: 'integer', minimum: 1, maximum: 100, default: 20, pattern: undefined },
    }),
  cursor: z
    .string()
    .min(1)
    // A name of 200 characters can be 6,600 bytes long once it is normalized for sorting.
    .max(10_000)
    .optional()
    .describe('The `next_cursor` of the page before, with the same filters.'),
}

export const search = z
  .string()
  .max(200)
  .refine((text) => text.isWellFormed(), 'This text is not well-formed Unicode.')
  .optional()
  .meta({ description: 'Text to look for; upper and lower case are alike.', examples: ['ann'] })

/** `a,b`: one or several of the values. */
export const oneOrMore = <const T extends readonly [string, ...string[]]>(values: T) =>
  z
    .string()
    .max(200)
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(values)).min(1).max(values.length))
    .meta({
      description: 'One or several, separated by commas.',
      wire: {
        type: 'array',
        items: { type: 'string', enum: values },
        minItems: 1,
        maxItems: values.length,
        maxLength: undefined,
      },
    })

/** `key` or `-key` for descending. */
export const sort = <const T extends readonly [string, ...string[]]>(keys: T) => {
  const spellings = keys.flatMap((key) => [key, `-${key}`]) as [T[number] | `-${T[number]}`]
  return z
    .enum(spellings)
    .transform((text) => ({
      by: text.replace(/^-/, '') as T[number],
      descending: text.startsWith('-'),
    }))
    .describe('The order; with `-` in front it descends.')
}

/** `eventual` answers from the nearest copy of the directory, a moment behind; `strong` from the organization itself. */
export const consistency = z
  .enum(['strong', 'eventual'])
  .default('strong')
  .describe('`eventual` answers from the nearest copy, a moment behind, and faster from far away.')
