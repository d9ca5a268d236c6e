import { Hono } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { HttpEnvironment } from '../environment.ts'
import { page } from '../openapi/description.ts'
import { documentOf } from '../openapi/document.ts'
import { DocsPage } from './docs-page.tsx'
import { STYLESHEET_PATH, stylesheet } from './stylesheet.ts'

const POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const policy = createMiddleware<HttpEnvironment>(async (c, next) => {
  c.header('Content-Security-Policy', POLICY)
  await next()
})

/** The API's description for people, made once from the one for programs. To be mounted on the app that it describes. */
export function docs(app: Hono<HttpEnvironment>): Hono<HttpEnvironment> {
  let html: string | undefined
  return new Hono<HttpEnvironment>()
    .get('/docs', page, policy, (c) => {
      html ??= `<!doctype html>${<DocsPage document={documentOf(app)} origin={c.var.config.PUBLIC_URL} />}`
      return c.html(html)
    })
    .get(STYLESHEET_PATH, page, stylesheet)
}
