import { Hono } from 'hono'
import { type DeploymentHealth, deploymentHealth } from '../../../onboarding/deployment-health.ts'
import { failureOf, isOutage } from '../../../records/failure.ts'
import type { PortalEnvironment } from '../../environment.ts'
import { operatorPage } from '../operator-page.tsx'
import { HealthPage } from './health-page.tsx'
import { UnreachablePage } from './unreachable-page.tsx'

const FRAME = { title: 'Health', section: 'health', reading: true } as const

/** What the deployment has left to do, and what to do about it. */
export const healthRoutes = new Hono<PortalEnvironment>()

healthRoutes.get('/', async (c) => {
  const now = Date.now()
  const health = await healthOrNull(c.env, now)
  return health === null
    ? operatorPage(c, { ...FRAME, status: 503 }, <UnreachablePage />)
    : operatorPage(c, FRAME, <HealthPage health={health} now={now} />)
})

/** Null: a database is out of reach, which is what this page is there to tell. */
async function healthOrNull(env: Env, now: number): Promise<DeploymentHealth | null> {
  try {
    return await deploymentHealth(env, now)
  } catch (error) {
    if (!isOutage(error)) throw error
    console.warn({ message: 'health could not be read', error: failureOf(error) })
    return null
  }
}
