import { databaseSizes } from '../directory/database-sizes.ts'
import { type Directory, directoriesOf } from '../directory/directories.ts'
import { noteSweep, type Sweep } from '../directory/sweeps.ts'
import { waitingAges } from '../onboarding/oldest-waiting.ts'
import { failureOf } from '../records/failure.ts'
import { Budget, type Limits } from './budget.ts'
import { forgetErased, forgetOld, sweepLogs } from './chores/forget-old.ts'
import { sendAccountMails, sendDelayedMails } from './chores/mails.ts'
import {
  assertClaims,
  eraseDeleted,
  expireInvitations,
  settleClaims,
  wakeLagging,
  wakeWaiting,
} from './chores/organizations.ts'
import { eraseRemains, finishClosings, followUnsettled } from './chores/people.ts'
import type { Chore, SweepBindings } from './chores/run.ts'
import { wakeInTurn } from './chores/wake-in-turn.ts'

export interface SweepOptions {
  readonly limits: Limits
  /** How many organizations a run wakes in turn. */
  readonly wakes: number
  /** Epoch milliseconds: by which the budget is measured. */
  readonly clock: () => number
  /** A call that was begun before a chore's share was over may take so much longer, and each part of the report so long. */
  readonly graceMs: number
}

/** Cron runs every five minutes. D1 lets one run make 1,000 queries. */
const RUN_EVERY_MS = 5 * 60_000
const DEFAULTS: SweepOptions = {
  limits: { ms: 4 * 60_000, calls: 900 },
  wakes: 4_000,
  clock: Date.now,
  graceMs: 10_000,
}

/**
 * What cron does. It only finds candidates, by indexes; each organization decides by its own rows and clock. So a run that
 * comes late, twice, or dies halfway leads to the same end; what one run cannot do, the next one goes on with.
 */
export async function sweep(bindings: SweepBindings, now: number, options: Partial<SweepOptions> = {}): Promise<void> {
  const { limits, wakes, clock, graceMs } = { ...DEFAULTS, ...options }
  const startedAt = clock()
  const budget = new Budget(limits, clock)
  let queued = 0
  const note = (count: number) => {
    queued += count
  }
  const [failed, unfinished]: [string[], string[]] = [[], []]
  const chores = inTurn(choresOf(bindings), now)
  for (const [index, [name, chore]] of chores.entries()) {
    const share = budget.share(chores.length - index)
    try {
      const isDone = await within(share.msLeft + graceMs, chore({ bindings, now, budget: share, wakes, queued: note }))
      if (!isDone) unfinished.push(name)
    } catch (error) {
      console.error({
        message: 'a chore of cron failed and is left to the next run',
        chore: name,
        error: failureOf(error),
      })
      failed.push(name)
    }
  }
  await report(
    bindings,
    { at: now, failed: failed.sort(), unfinished: unfinished.sort() },
    { queued, ms: clock() - startedAt },
    graceMs,
  )
}

/** By name. A chore of a directory is one for each of them, so that one out of reach stops nothing in the others. */
function choresOf(bindings: SweepBindings): [name: string, chore: Chore][] {
  const everywhere = { settleClaims, wakeWaiting, wakeInTurn, followUnsettled, finishClosings, eraseRemains }
  const others = { sendAccountMails, sendDelayedMails, forgetOld, sweepLogs }
  const each: { readonly [name: string]: (directory: Directory) => Chore } = {
    expireInvitations,
    assertClaims,
    wakeLagging,
    eraseDeleted,
    forgetErased,
  }
  const inDirectories = directoriesOf(bindings).flatMap((directory) =>
    Object.entries(each).map(([name, chore]): [string, Chore] => [`${name}@${directory.name}`, chore(directory)]),
  )
  return [...inDirectories, ...Object.entries({ ...everywhere, ...others })]
}

/** Each run begins with the next chore: none is always the last one, which gets what the others have left. */
function inTurn<T>(all: readonly T[], now: number): T[] {
  const first = Math.floor(now / RUN_EVERY_MS) % all.length
  return [...all.slice(first), ...all.slice(0, first)]
}

/** What the run has done, for the operator's page and for the log. No part of it may fail the run, or hold it up. */
async function report(
  bindings: SweepBindings,
  done: Sweep,
  figures: { readonly queued: number; readonly ms: number },
  limitMs: number,
): Promise<void> {
  const attempt = async <T>(part: string, promise: Promise<T>): Promise<T | null> => {
    try {
      return await within(limitMs, promise)
    } catch (error) {
      console.error({ message: 'a part of the report of cron failed', part, error: failureOf(error) })
      return null
    }
  }
  await attempt('noteSweep', noteSweep(bindings.ACCOUNTS, done))
  await attempt('warnOfSizes', warnOfSizes(bindings))
  const ages = await attempt('waitingAges', waitingAges(bindings, done.at))
  console.info({
    message: 'swept',
    ...figures,
    failed: done.failed,
    unfinished: done.unfinished,
    oldest_unprojected_seconds: ages?.directorySeconds ?? null,
    oldest_unsent_mail_seconds: ages?.mailSeconds ?? null,
  })
}

/** A database that never answers holds up one chore, or one part of the report, and no other one. */
async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('This takes too long')), ms)
  })
  try {
    return await Promise.race([promise, timeout])
  } finally {
    clearTimeout(timer)
  }
}

/** In the log, long before a database is full. */
async function warnOfSizes(bindings: SweepBindings): Promise<void> {
  for (const { name, bytes, percent, state } of await databaseSizes(bindings)) {
    if (state === 'nearly_full') console.warn({ message: 'a database is nearly full', database: name, bytes, percent })
  }
}
