import { createMiddleware } from 'hono/factory'
import type { HttpEnvironment } from './environment.ts'
import { documented } from './openapi/route-facts.ts'
import { problem } from './problems.ts'

/** The span of the binding in wrangler.toml. */
const PERIOD_SECONDS = 10
/** For so many calls the binding counts one: its limit in wrangler.toml is in these. */
export const CALLS_PER_COUNT = 100
/** Beyond that, an isolate forgets the callers it has seen and counts anew. */
const MAX_CALLERS = 10_000

/** What an isolate has seen of a caller. */
interface Caller {
  calls: number
  heldUpUntil: number
}

/**
 * Keeps a runaway client from wearing out the objects: per credential, or per network address where there is none.
 * Counted by the platform per location and permissively. Asking it takes longer than many an answer, so each isolate asks
 * at every hundredth call of a caller: at most ninety-nine per isolate stay uncounted, and none is counted twice. A refusal
 * holds for a whole period. The operator is the deployment itself and is not held up.
 */
export function shield() {
  const callers = new Map<string, Caller>()

  async function isHeldUp(key: string, binding: RateLimit): Promise<boolean> {
    const caller = callers.get(key) ?? { calls: 0, heldUpUntil: 0 }
    if (Date.now() < caller.heldUpUntil) return true
    if (callers.size >= MAX_CALLERS) callers.clear()
    callers.set(key, caller)
    caller.calls += 1
    if (caller.calls % CALLS_PER_COUNT !== 0) return false
    const { success } = await binding.limit({ key })
    if (!success) caller.heldUpUntil = Date.now() + PERIOD_SECONDS * 1000
    return !success
  }

  return documented(
    { refuses: ['rate_limited'] },
    createMiddleware<HttpEnvironment>(async (c, next) => {
      const credential = c.get('credential')
      if (credential?.caller.type === 'operator') return next()
      const key = credential?.fingerprint ?? `address:${c.req.header('CF-Connecting-IP') ?? 'unknown'}`
      if (!(await isHeldUp(key, c.env.SHIELD))) return next()
      return problem(c, { code: 'rate_limited', retryAfterSeconds: PERIOD_SECONDS })
    }),
  )
}
