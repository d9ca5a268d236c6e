import { zValidator } from '@hono/zod-validator'
import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import * as z from 'zod'
import { parseStrictJson } from '../contract/strict-json.ts'
import type { HttpEnvironment } from './environment.ts'
import { documented } from './openapi/route-facts.ts'
import { problem } from './problems.ts'

const refuses = ['invalid_request'] as const

type Validated<T extends z.ZodType> = { in: { json: z.input<T> }; out: { json: z.output<T> } }

/** Validates the JSON body; unknown fields, wrong types and lengths are refused with their paths. */
export const body = <T extends z.ZodType>(schema: T) => documented({ body: schema, refuses }, validatedBody(schema))

/** The same for calls that may come without a body, as good as `{}`. */
export const optionalBody = <T extends z.ZodType>(schema: T) =>
  documented({ body: schema, isBodyOptional: true, refuses }, validatedBody(schema))

const validatedBody = <T extends z.ZodType>(schema: T) =>
  createMiddleware<HttpEnvironment, string, Validated<T>>(async (c, next) => {
    const { json = {} } = c.var
    const parsed = schema.safeParse(json)
    if (!parsed.success) return problem(c, { code: 'invalid_request', errors: errorsOf(parsed.error) })
    c.req.addValidatedData('json', parsed.data as object)
    return next()
  })

/** Validates the query string; unknown parameters are refused as well. */
export const query = <T extends z.ZodType>(schema: T) =>
  documented(
    { query: schema, refuses },
    zValidator('query', schema, (result, c) => {
      if (result.success) return undefined
      return problem(c, { code: 'invalid_request', errors: errorsOf(result.error) })
    }),
  )

/** For calls that also take CSV: leaves any other body to the handlers behind it. What belongs to CSV stands in the query. */
export const csv = <T extends z.ZodType>(
  schema: T,
  handle: (c: Context<HttpEnvironment>, choices: z.output<T>) => Promise<Response>,
) =>
  documented(
    { csv: schema, refuses: [...refuses, 'malformed_csv'] },
    createMiddleware<HttpEnvironment>(async (c, next) => {
      if (!isCsv(c.req.header('Content-Type') ?? '')) return next()
      const choices = schema.safeParse(c.req.query())
      if (!choices.success) return problem(c, { code: 'invalid_request', errors: errorsOf(choices.error) })
      return handle(c, choices.data)
    }),
  )

/** For calls that take no fields: an empty body or `{}`. */
export const noBody = documented(
  { refuses },
  createMiddleware<HttpEnvironment>(async (c, next) => {
    const { json = {} } = c.var
    const parsed = z.strictObject({}).safeParse(json)
    return parsed.success ? next() : problem(c, { code: 'invalid_request', errors: errorsOf(parsed.error) })
  }),
)

/** What a body must be before its fields are looked at: UTF-8, and JSON by type and by form. Read once, for all behind it. */
export const wellFormedBody = documented(
  { refusesBodies: ['malformed_json', 'unsupported_media_type'] },
  createMiddleware<HttpEnvironment>(async (c, next) => {
    if (c.req.method === 'GET' || c.req.method === 'HEAD') return next()
    const bytes = await c.req.arrayBuffer()
    if (bytes.byteLength === 0) return next()
    const type = c.req.header('Content-Type') ?? ''
    const isRows = isCsv(type) && TAKES_CSV.test(c.req.path)
    if (!(isRows || isJson(type)) || !isUtf8(type)) return problem(c, { code: 'unsupported_media_type' })
    const text = decoded(bytes)
    if (text === null) return problem(c, { code: isRows ? 'malformed_csv' : 'malformed_json' })
    if (isRows) return next()
    const json = parseStrictJson(text)
    if (json === undefined) return problem(c, { code: 'malformed_json' })
    c.set('json', json)
    return next()
  }),
)

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })

/** Null for bytes that are not UTF-8: replacing them would store something else than was sent. */
function decoded(bytes: ArrayBuffer): string | null {
  try {
    return UTF8.decode(bytes)
  } catch {
    return null
  }
}

const CHARSET = /;\s*charset\s*=\s*"?([^\s;"]*)/gi

const isUtf8 = (type: string): boolean =>
  [...type.matchAll(CHARSET)].every(([, charset = '']) => /^utf-?8$/i.test(charset))

const TAKES_CSV = /\/invitations\/bulk$/

const isCsv = (type: string): boolean => /^text\/csv\s*(?:;|$)/i.test(type)

const isJson = (type: string): boolean => /^application\/(?:[a-z0-9.-]+\+)?json\s*(?:;|$)/i.test(type)

function errorsOf(error: z.core.$ZodError): { path: string; message: string }[] {
  return error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ path: pathOf([...issue.path, key]), message: 'There is no such field.' }))
      : [{ path: pathOf(issue.path), message: issue.message }],
  )
}

const pathOf = (path: readonly PropertyKey[]): string => path.map(String).join('.')
