import type { Context } from 'hono'
import type { JSX } from 'hono/jsx/jsx-runtime'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { isPartial } from './lead-to.ts'

const FIRST_FAILURE = 400

/** A whole page. What says that something failed is never put into a part of another page: that one loads anew. */
export function page(
  c: Context,
  document: JSX.Element,
  status: ContentfulStatusCode = 200,
): Response | Promise<Response> {
  if (status >= FIRST_FAILURE && isPartial(c)) c.header('HX-Refresh', 'true')
  return c.html(`<!doctype html>${document}`, status)
}
