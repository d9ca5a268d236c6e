import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { HttpEnvironment } from './environment.ts'

/** What protects JSON and pages today; headers for browsers of the past cost more than they are worth on every answer. */
const STANDARD_HEADERS = {
  'Cache-Control': 'no-store',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
}

/** A year. Over plain HTTP, as on a developer's machine, it must not be sent (RFC 6797, 7.2). */
const SECURE_HEADERS = { ...STANDARD_HEADERS, 'Strict-Transport-Security': 'max-age=31536000; includeSubDomains' }

const JSON_TYPE = { 'Content-Type': 'application/json' }
const STANDARD_JSON_HEADERS = new Headers({ ...STANDARD_HEADERS, ...JSON_TYPE })
const SECURE_JSON_HEADERS = new Headers({ ...SECURE_HEADERS, ...JSON_TYPE })

const isSecure = (c: Context): boolean => c.req.url.startsWith('https:')

const REQUEST_ID = 'X-Request-Id'
/** An id that the client gives is kept if it looks like one. */
const SANE_REQUEST_ID = /^[\w=-]{1,255}$/

/** Around everything: a request gets its id, an answer the headers that its maker has not set. */
export const envelope = createMiddleware<HttpEnvironment>(async (c, next) => {
  const given = c.req.header(REQUEST_ID)
  c.set('requestId', given !== undefined && SANE_REQUEST_ID.test(given) ? given : crypto.randomUUID())
  await next()
  const { headers } = c.res
  if (headers.has(REQUEST_ID)) return
  headers.set(REQUEST_ID, c.get('requestId'))
  const added = isSecure(c) ? SECURE_HEADERS : STANDARD_HEADERS
  for (const [name, value] of Object.entries(added)) if (!headers.has(name)) headers.set(name, value)
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
  const standard = isSecure(c) ? SECURE_JSON_HEADERS : STANDARD_JSON_HEADERS
  const response = new Response(JSON.stringify(value), { status, headers: standard })
  response.headers.set(REQUEST_ID, c.get('requestId'))
  for (const name in headers) response.headers.set(name, headers[name] as string)
  return response
}
