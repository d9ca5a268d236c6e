import { createMiddleware } from 'hono/factory'
import type { PortalEnvironment } from './environment.ts'
import { formPage } from './form-page.ts'
import { page } from './page.ts'
import { MethodNotAllowedPage } from './pages/failure-page.tsx'

/** Answers all other methods with 405. */
export const allowedMethods = (...methods: readonly string[]) =>
  createMiddleware<PortalEnvironment>(async (c, next) => {
    if (methods.includes(c.req.method)) return next()
    c.header('Allow', methods.join(', '))
    return page(c, <MethodNotAllowedPage page={formPage(c.req.path)} />, 405)
  })
