import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { configOf, isAllowedHost, UnsafeConfiguration } from '../env.ts'
import type { HttpEnvironment } from './environment.ts'
import { documented } from './openapi/route-facts.ts'
import { problem } from './problems.ts'

/** Refused before the request itself is looked at. */
export type GateRefusal =
  | { readonly code: 'host_not_served' }
  | { readonly code: 'internal_error' }
  | { readonly code: 'rate_limited'; readonly retryAfterSeconds: number }

/** Shows a refusal to a person. */
export type RefusalPage = (c: Context, refusal: GateRefusal) => Response | Promise<Response>

const FOR_PROGRAMS = /^\/(v1|health|openapi\.json)(\/|$)/

/** The answer to a program is a problem document, and to a person a page. */
export const refusing =
  (page: RefusalPage) =>
  (c: Context<HttpEnvironment>, refusal: GateRefusal): Response | Promise<Response> =>
    FOR_PROGRAMS.test(c.req.path) ? problem(c, refusal) : page(c, refusal)

/**
 * In front of everything: the configuration is safe, and the request is for a host of this deployment, so that a
 * forgotten second host name is no way around a firewall.
 */
export const gate = (page: RefusalPage) => {
  const refused = refusing(page)
  return documented(
    { refuses: ['host_not_served'] },
    createMiddleware<HttpEnvironment>(async (c, next) => {
      try {
        c.set('config', configOf(c.env))
      } catch (error) {
        if (!(error instanceof UnsafeConfiguration)) throw error
        const { variables } = error
        console.error({ message: 'unsafe configuration', request: c.get('requestId'), variables })
        return refused(c, { code: 'internal_error' })
      }
      if (!isAllowedHost(c.req.url, c.get('config'))) return refused(c, { code: 'host_not_served' })
      return next()
    }),
  )
}
