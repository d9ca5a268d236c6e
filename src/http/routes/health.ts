import { Hono } from 'hono'
import { directoryHealth } from '../../directory/health.ts'
import type { HttpEnvironment } from '../environment.ts'
import { describe } from '../openapi/description.ts'
import * as operation from '../openapi/operations/deployment.ts'

export const health = new Hono<HttpEnvironment>()

/** Alive is whoever answers; what lags or is out of reach is told beside. 200 even then: members can still be managed. */
health.get('/', describe(operation.getHealth), async (c) => {
  const { reachable, lagging } = await directoryHealth(c.env.DIRECTORY)
  return c.json({
    object: 'health',
    status: reachable && lagging === 0 ? 'ok' : 'degraded',
    directory: reachable ? 'ok' : 'unreachable',
    relay: { lagging_organizations: lagging },
  })
})
