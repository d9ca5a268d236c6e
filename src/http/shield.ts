import { createMiddleware } from 'hono/factory'
import type { HttpEnvironment } from './environment.ts'
import { documented } from './openapi/route-facts.ts'
import { problem } from './problems.ts'

/** The span of the binding in wrangler.toml. */
const PERIOD_SECONDS = 10

/**
 * Keeps a runaway client from wearing out the objects: per credential, or per network address where there is none.
 * Counted by the platform per location and permissively. The operator is the deployment itself and is not held up.
 */
export const shield = documented(
  { refuses: ['rate_limited'] },
  createMiddleware<HttpEnvironment>(async (c, next) => {
    const credential = c.get('credential')
    if (credential?.caller.type === 'operator') return next()
    const key = credential?.fingerprint ?? `address:${c.req.header('CF-Connecting-IP') ?? 'unknown'}`
    const { success } = await c.env.SHIELD.limit({ key })
    return success ? next() : problem(c, { code: 'rate_limited', retryAfterSeconds: PERIOD_SECONDS })
  }),
)
