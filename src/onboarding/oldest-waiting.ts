import { askAll, directoriesOf } from '../directory/directories.ts'
import { oldestBehind } from '../directory/health.ts'
import { oldestAnswers } from '../directory/waiting-organizations.ts'
import { failureOf } from '../records/failure.ts'

interface Bindings {
  readonly ACCOUNTS: D1Database
  readonly DIRECTORY: D1Database
}

/** Of the whole deployment, in epoch milliseconds. Null: nothing waits. */
export interface OldestWaiting {
  /** The oldest change of an organization that a directory does not have. */
  readonly directorySince: number | null
  /** The oldest mail that an organization could not hand to the queue. */
  readonly mailSince: number | null
}

/**
 * By what the directories know, and by what organizations answered when cron last woke them: a directory does not know of what
 * has never reached it. Throws while a database is out of reach.
 */
export async function oldestWaiting(bindings: Bindings): Promise<OldestWaiting> {
  const [answers, behind] = await Promise.all([
    oldestAnswers(bindings.ACCOUNTS),
    askAll(directoriesOf(bindings), oldestBehind),
  ])
  const known = [answers, ...behind]
  const oldest = (times: readonly (number | null)[]): number | null => {
    const [first = null] = times.filter((time) => time !== null).toSorted((a, b) => a - b)
    return first
  }
  return {
    directorySince: oldest(known.map(({ directorySince }) => directorySince)),
    mailSince: oldest(known.map(({ mailSince }) => mailSince)),
  }
}

/** How long they have waited. 0: nothing waits. */
export interface WaitingAges {
  readonly directorySeconds: number
  readonly mailSeconds: number
}

/** Null while a database is out of reach. */
export async function waitingAges(bindings: Bindings, now: number): Promise<WaitingAges | null> {
  try {
    const { directorySince, mailSince } = await oldestWaiting(bindings)
    return { directorySeconds: secondsSince(directorySince, now), mailSeconds: secondsSince(mailSince, now) }
  } catch (error) {
    console.warn({ message: 'ages of what waits not read', error: failureOf(error) })
    return null
  }
}

const secondsSince = (since: number | null, now: number): number =>
  since === null ? 0 : Math.max(0, Math.floor((now - since) / 1000))
