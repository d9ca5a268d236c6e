import { Hono } from 'hono'
import { droppedWrites } from '../../accounts/authentication-log.ts'
import { logsAnswer } from '../../accounts/log-retention.ts'
import { directoryHealth } from '../../directory/health.ts'
import type { HttpEnvironment } from '../environment.ts'
import { describe } from '../openapi/description.ts'
import * as operation from '../openapi/operations/deployment.ts'

export const health = new Hono<HttpEnvironment>()

/** Alive is whoever answers; what lags or is out of reach is told beside. 200 even then: members can still be managed. */
health.get('/', describe(operation.getHealth), async (c) => {
  const [{ reachable, lagging }, logged] = await Promise.all([directoryHealth(c.env.DIRECTORY), logsAnswer(c.env.LOGS)])
  return c.json({
    object: 'health',
    status: reachable && lagging === 0 && logged ? 'ok' : 'degraded',
    directory: reachable ? 'ok' : 'unreachable',
    logs: logged ? 'ok' : 'unreachable',
    dropped_log_writes: droppedWrites(c.env.LOGS),
    relay: { lagging_organizations: lagging },
  })
})
