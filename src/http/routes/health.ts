import { Hono } from 'hono'
import { droppedWrites } from '../../accounts/authentication-log.ts'
import { logsAnswer } from '../../accounts/log-retention.ts'
import { type DatabaseSize, databaseSizes } from '../../directory/database-sizes.ts'
import { directoriesOf } from '../../directory/directories.ts'
import { directoryHealth, LAGGING_AFTER_MS } from '../../directory/health.ts'
import { type WaitingAges, waitingAges } from '../../onboarding/oldest-waiting.ts'
import type { HttpEnvironment } from '../environment.ts'
import { describe } from '../openapi/description.ts'
import * as operation from '../openapi/operations/deployment.ts'

export const health = new Hono<HttpEnvironment>()

/** Answers 200 while the service runs: members can be managed even if something lags or is out of reach. */
health.get('/', describe(operation.getHealth), async (c) => {
  const isOperator = c.get('credential')?.caller.type === 'operator'
  const [{ reachable, lagging }, logged, ages, sizes] = await Promise.all([
    directoryHealth(directoriesOf(c.env)),
    logsAnswer(c.env.LOGS),
    waitingAges(c.env, Date.now()),
    isOperator ? databaseSizes(c.env) : null,
  ])
  return c.json({
    object: 'health',
    status: reachable && lagging === 0 && logged && isYoung(ages) ? 'ok' : 'degraded',
    directory: reachable ? 'ok' : 'unreachable',
    logs: logged ? 'ok' : 'unreachable',
    dropped_log_writes: droppedWrites(c.env.LOGS),
    relay: {
      lagging_organizations: lagging,
      oldest_unprojected_seconds: ages?.directorySeconds ?? null,
      oldest_unsent_mail_seconds: ages?.mailSeconds ?? null,
    },
    ...(sizes !== null && { databases: sizes.map(sizeShown) }),
  })
})

const isYoung = (ages: WaitingAges | null): boolean =>
  ages !== null && Math.max(ages.directorySeconds, ages.mailSeconds) * 1000 <= LAGGING_AFTER_MS

const sizeShown = ({ name, bytes, percent, state }: DatabaseSize) => ({
  name,
  size_bytes: bytes,
  percent_full: percent,
  state,
})
