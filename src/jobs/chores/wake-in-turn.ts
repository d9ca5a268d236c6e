import { createdOrganizations } from '../../directory/claims.ts'
import { directoriesOf } from '../../directory/directories.ts'
import { organizationsAfter } from '../../directory/organizations.ts'
import { moveTo, positionOf } from '../../directory/sweep-positions.ts'
import { queueAll } from './fan-out.ts'
import { outletOf } from './organizations.ts'
import type { Chore, Run } from './run.ts'

export const WAKE_POSITION = 'wakeInTurn'
const ORGANIZATIONS_PER_PAGE = 500
/** Where there are few organizations, none is woken more often than that. */
export const ROUND_AT_LEAST_MS = 60 * 60_000

/**
 * Wakes all organizations, so many in each run, round after round: an alarm that the platform has lost, a directory or claims
 * that were restored to an earlier time are found without anybody knowing of them.
 */
export const wakeInTurn: Chore = async (run) => {
  const { bindings, budget, now } = run
  budget.spend()
  const { after: startAfter, roundBeganAt: began } = await positionOf(bindings.ACCOUNTS, WAKE_POSITION)
  const isResting = startAfter === null && began !== null && now - began < ROUND_AT_LEAST_MS
  if (isResting) return true
  const roundBeganAt = startAfter === null ? now : (began ?? now)
  const failures: unknown[] = []
  for (let [after, room] = [startAfter, run.wakes]; room > 0 && !budget.isOver; ) {
    const limit = Math.min(room, ORGANIZATIONS_PER_PAGE)
    const ids = await organizationsFrom(run, after, limit, failures)
    await queueAll(run, ids, outletOf(run, 'wake'))
    after = ids.length < limit ? null : (ids.at(-1) ?? null)
    budget.spend()
    await moveTo(bindings.ACCOUNTS, WAKE_POSITION, after, roundBeganAt, now)
    if (after === null) break
    room -= ids.length
  }
  for (const failure of failures) throw failure
  return true
}

/**
 * In the order of ids, by claims and by rows: after one database was restored to an earlier time the other ones still know
 * of the organization. A directory out of reach only hides organizations whose claim is lost.
 */
async function organizationsFrom(
  { bindings, budget }: Run,
  after: string | null,
  limit: number,
  failures: unknown[],
): Promise<string[]> {
  const directories = directoriesOf(bindings)
  budget.spend(1 + directories.length)
  const pages = await Promise.allSettled([
    createdOrganizations(bindings.ACCOUNTS, after, limit),
    ...directories.map(async ({ database }) => (await organizationsAfter(database, after, limit)).map(({ id }) => id)),
  ])
  const [claims] = pages
  if (claims.status === 'rejected') throw claims.reason
  const ids = pages.flatMap((page) => {
    if (page.status === 'fulfilled') return page.value
    failures.push(page.reason)
    return []
  })
  return [...new Set(ids)].sort().slice(0, limit)
}
