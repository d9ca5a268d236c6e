import { countClosing } from '../accounts/closing.ts'
import { countUnsettled } from '../accounts/people.ts'
import { countOpenCreations } from '../directory/claims.ts'
import { type DatabaseSize, databaseSizes } from '../directory/database-sizes.ts'
import { askAll, directoriesOf } from '../directory/directories.ts'
import { countErasable } from '../directory/erasure.ts'
import {
  countBehind,
  countUnfinishedRebuilds,
  countWithWaitingMails,
  laggingOrganizations,
} from '../directory/health.ts'
import { type MailFigures, mailFigures } from '../directory/mail-attempts.ts'
import { countOverdueInvitations } from '../directory/overdue.ts'
import { lastSweep, type Sweep } from '../directory/sweeps.ts'
import { countAnswers } from '../directory/waiting-organizations.ts'
import { together, type Waiting } from '../records/waiting.ts'

const MAIL_WINDOW_MS = 24 * 60 * 60_000
const LAGGING_NAMED = 20

/** What a deployment has left to do, as far as its databases know. */
export interface DeploymentHealth {
  readonly sweep: Sweep | null
  /** Organizations whose changes have not all arrived. */
  readonly relay: Waiting
  /** Organizations whose mails wait for the queue. */
  readonly unsentMails: Waiting
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
  readonly databases: readonly DatabaseSize[]
}

interface Bindings {
  readonly ACCOUNTS: D1Database
  readonly DIRECTORY: D1Database
  readonly LOGS: D1Database
}

/** Reads short stretches of indexes only. Throws while a database is out of reach. */
export async function deploymentHealth(bindings: Bindings, now: number): Promise<DeploymentHealth> {
  const { ACCOUNTS } = bindings
  const all = directoriesOf(bindings)
  const counted = async (count: (directory: D1Database) => Promise<Waiting>) => together(await askAll(all, count))
  const [relayed, accounts, databases] = await Promise.all([
    Promise.all([
      counted(countBehind),
      counted(countWithWaitingMails),
      countAnswers(ACCOUNTS),
      askAll(all, (directory) => laggingOrganizations(directory, now, { after: null, limit: LAGGING_NAMED })),
      counted(countUnfinishedRebuilds),
      counted((directory) => countOverdueInvitations(directory, now)),
      counted((directory) => countErasable(directory, now)),
    ]),
    Promise.all([
      lastSweep(ACCOUNTS),
      countUnsettled(ACCOUNTS, now),
      countClosing(ACCOUNTS, now),
      countOpenCreations(ACCOUNTS, now),
      mailFigures(ACCOUNTS, now - MAIL_WINDOW_MS, now),
    ]),
    databaseSizes(bindings),
  ])
  const [relay, unsentMails, answers, lagging, rebuilds, invitations, erasures] = relayed
  const [sweep, people, closings, claims, mail] = accounts
  return {
    sweep,
    relay: either(relay, answers.directory),
    unsentMails: either(unsentMails, answers.mail),
    lagging: lagging.flatMap(({ found }) => found),
    rebuilds,
    people,
    closings,
    invitations,
    claims,
    erasures,
    mail,
    databases,
  }
}

/** Organizations that are found in two ways, some of them in both. */
const either = (a: Waiting, b: Waiting): Waiting => {
  const [since = null] = [a.since, b.since].filter((time) => time !== null).toSorted((one, other) => one - other)
  return { count: Math.max(a.count, b.count), since }
}
