import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { configOf } from '../env.ts'
import type { HttpEnvironment } from './environment.ts'

/** What protects JSON and pages today; headers for browsers of the past cost more than they are worth on every answer. */
const STANDARD_HEADERS = {
  'Cache-Control': 'no-store',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'Strict-Transport-Security': 'max-age=15552000; includeSubDomains',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
}

const JSON_HEADERS = new Headers({ ...STANDARD_HEADERS, 'Content-Type': 'application/json' })

const REQUEST_ID = 'X-Request-Id'
/** An id that the client gives is kept if it looks like one. */
const SANE_REQUEST_ID = /^[\w=-]{1,255}$/

/** Around everything: a request gets its id and the configuration, an answer the headers that its maker has not set. */
export const envelope = createMiddleware<HttpEnvironment>(async (c, next) => {
  const given = c.req.header(REQUEST_ID)
  c.set('requestId', given !== undefined && SANE_REQUEST_ID.test(given) ? given : crypto.randomUUID())
  c.set('config', configOf(c.env))
  await next()
  const { headers } = c.res
  if (headers.has(REQUEST_ID)) return
  headers.set(REQUEST_ID, c.get('requestId'))
  for (const [name, value] of Object.entries(STANDARD_HEADERS)) if (!headers.has(name)) headers.set(name, value)
})

/**
 * A JSON answer built whole. On the way of the hottest calls, since each header set later is a call into the runtime, and
 * together these take longer than an access check.
 */
export function jsonAnswer(
  c: Context<HttpEnvironment>,
  value: object,
  status: number,
  headers: Record<string, string>,
): Response {
  const response = new Response(JSON.stringify(value), { status, headers: JSON_HEADERS })
  response.headers.set(REQUEST_ID, c.get('requestId'))
  for (const name in headers) response.headers.set(name, headers[name] as string)
  return response
}
