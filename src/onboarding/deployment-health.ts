import { countClosing } from '../accounts/closing.ts'
import { countUnsettled } from '../accounts/people.ts'
import { countOpenCreations } from '../directory/claims.ts'
import { countErasable } from '../directory/erasure.ts'
import { countBehind, countUnfinishedRebuilds, laggingOrganizations } from '../directory/health.ts'
import { type MailFigures, mailFigures } from '../directory/mail-attempts.ts'
import { countOverdueInvitations } from '../directory/overdue.ts'
import { lastSweep, type Sweep } from '../directory/sweeps.ts'
import type { Waiting } from '../records/waiting.ts'

const MAIL_WINDOW_MS = 24 * 60 * 60_000
const LAGGING_NAMED = 20

/** What a deployment has left to do, as far as its directory knows. */
export interface DeploymentHealth {
  readonly sweep: Sweep | null
  /** Organizations whose changes have not all arrived. */
  readonly relay: Waiting
  /** Those of them that have been behind for long, by id, the longest first. */
  readonly lagging: readonly string[]
  readonly rebuilds: Waiting
  /** Accounts whose changes their organizations may not have. */
  readonly people: Waiting
  readonly closings: Waiting
  readonly invitations: Waiting
  readonly claims: Waiting
  readonly erasures: Waiting
  /** Of the last 24 hours. */
  readonly mail: MailFigures
}

/** Reads short stretches of indexes only. Throws while the directory is out of reach. */
export async function deploymentHealth(directory: D1Database, now: number): Promise<DeploymentHealth> {
  const [sweep, relay, lagging, rebuilds, people, closings, invitations, claims, erasures, mail] = await Promise.all([
    lastSweep(directory),
    countBehind(directory),
    laggingOrganizations(directory, now, LAGGING_NAMED),
    countUnfinishedRebuilds(directory),
    countUnsettled(directory, now),
    countClosing(directory, now),
    countOverdueInvitations(directory, now),
    countOpenCreations(directory, now),
    countErasable(directory, now),
    mailFigures(directory, now - MAIL_WINDOW_MS, now),
  ])
  return { sweep, relay, lagging, rebuilds, people, closings, invitations, claims, erasures, mail }
}
