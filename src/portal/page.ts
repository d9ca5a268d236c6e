import type { Context } from 'hono'
import type { JSX } from 'hono/jsx/jsx-runtime'
import type { ContentfulStatusCode } from 'hono/utils/http-status'

export const page = (
  c: Context,
  document: JSX.Element,
  status: ContentfulStatusCode = 200,
): Response | Promise<Response> => c.html(`<!doctype html>${document}`, status)
