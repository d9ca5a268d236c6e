import { zValidator } from '@hono/zod-validator'
import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import * as z from 'zod'
import type { HttpEnvironment } from './environment.ts'
import { documented } from './openapi/route-facts.ts'
import { problem } from './problems.ts'

const refuses = ['invalid_request'] as const

/** Validates the JSON body; unknown fields, wrong types and lengths are refused with their paths. */
export const body = <T extends z.ZodType>(schema: T) =>
  documented(
    { body: schema, refuses },
    zValidator('json', schema, (result, c) => {
      if (result.success) return undefined
      return problem(c, { code: 'invalid_request', errors: errorsOf(result.error) })
    }),
  )

/** The same for calls that may come without a body, as good as `{}`. */
export const optionalBody = <T extends z.ZodType>(schema: T) =>
  documented(
    { body: schema, isBodyOptional: true, refuses },
    createMiddleware<HttpEnvironment, string, { in: { json: z.input<T> }; out: { json: z.output<T> } }>(
      async (c, next) => {
        const text = await c.req.text()
        const parsed = schema.safeParse(text === '' ? {} : JSON.parse(text))
        if (!parsed.success) return problem(c, { code: 'invalid_request', errors: errorsOf(parsed.error) })
        c.req.addValidatedData('json', parsed.data as object)
        return next()
      },
    ),
  )

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
    { csv: schema, refuses },
    createMiddleware<HttpEnvironment>(async (c, next) => {
      if (!isCsv(c.req.header('Content-Type'))) return next()
      const choices = schema.safeParse(c.req.query())
      if (!choices.success) return problem(c, { code: 'invalid_request', errors: errorsOf(choices.error) })
      return handle(c, choices.data)
    }),
  )

/** For calls that take no fields: an empty body or `{}`. */
export const noBody = documented(
  { refuses },
  createMiddleware<HttpEnvironment>(async (c, next) => {
    const text = await c.req.text()
    if (text.trim() === '') return next()
    const parsed = z.strictObject({}).safeParse(JSON.parse(text))
    return parsed.success ? next() : problem(c, { code: 'invalid_request', errors: errorsOf(parsed.error) })
  }),
)

/** What a body must be before its fields are looked at: JSON by type and by form. */
export const wellFormedBody = documented(
  { refusesBodies: ['malformed_json', 'unsupported_media_type'] },
  createMiddleware<HttpEnvironment>(async (c, next) => {
    if (c.req.method === 'GET' || c.req.method === 'HEAD') return next()
    const text = await c.req.text()
    if (text === '') return next()
    const type = c.req.header('Content-Type')
    if (isCsv(type) && TAKES_CSV.test(c.req.path)) return next()
    if (!isJson(type)) return problem(c, { code: 'unsupported_media_type' })
    try {
      JSON.parse(text)
    } catch {
      return problem(c, { code: 'malformed_json' })
    }
    return next()
  }),
)

const TAKES_CSV = /\/invitations\/bulk$/

const isCsv = (type: string | undefined): boolean => /^text\/csv\s*(?:;|$)/i.test(type ?? '')

const isJson = (type: string | undefined): boolean => /^application\/(?:[a-z0-9.-]+\+)?json\s*(?:;|$)/i.test(type ?? '')

function errorsOf(error: z.core.$ZodError): { path: string; message: string }[] {
  return error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ path: pathOf([...issue.path, key]), message: 'There is no such field.' }))
      : [{ path: pathOf(issue.path), message: issue.message }],
  )
}

const pathOf = (path: readonly PropertyKey[]): string => path.map(String).join('.')
