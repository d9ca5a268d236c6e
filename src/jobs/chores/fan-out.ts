import type { Candidates } from '../../directory/candidates.ts'
import { mark, unmark } from '../../directory/sweep-marks.ts'
import { moveTo, positionOf } from '../../directory/sweep-positions.ts'
import { MESSAGES_PER_CALL } from '../../organization/parcels.ts'
import type { PageRequest } from '../../records/time-page.ts'
import type { Run } from './run.ts'

const CANDIDATES_PER_PAGE = 500

/** What happens to the candidates of a chore, and what a candidate's message is. */
export interface Outlet {
  /** A subject that is on its way for one chore may still be queued for another one. */
  readonly chore: string
  readonly queue: Queue
  readonly messageOf: (subject: string) => object
}

/** Where the candidates of a chore are found, in an order that lasts. */
export interface Source {
  /** Under which the position is kept. */
  readonly name: string
  readonly read: (page: PageRequest) => Promise<Candidates<string>>
}

/**
 * Queues candidates page by page, until there are no more or the budget is over. The next run goes on after the last page, so
 * that candidates at the head which never go away do not keep the others from their turn.
 */
export async function fanOut(run: Run, { name, read }: Source, outlet: Outlet): Promise<boolean> {
  return eachPage(run, { name, read }, (found) => queueOnce(run, found, outlet))
}

export async function eachPage<T>(
  run: Run,
  { name, read }: { readonly name: string; readonly read: (page: PageRequest) => Promise<Candidates<T>> },
  work: (found: readonly T[]) => Promise<void>,
): Promise<boolean> {
  const { budget, now, bindings } = run
  budget.spend()
  const position = await positionOf(bindings.ACCOUNTS, name)
  const roundBeganAt = position.after === null ? now : (position.roundBeganAt ?? now)
  for (let after = position.after; !budget.isOver; ) {
    budget.spend()
    const { found, next } = await read({ after, limit: CANDIDATES_PER_PAGE })
    if (found.length > 0) await work(found)
    if (next !== after) {
      budget.spend()
      await moveTo(bindings.ACCOUNTS, name, next, roundBeganAt, now)
    }
    if (next === null) return true
    after = next
  }
  return false
}

/** Queues those that are not on their way already. What is not queued because the queue is out of order loses its mark. */
export async function queueOnce(run: Run, subjects: readonly string[], outlet: Outlet): Promise<void> {
  const { chore } = outlet
  const { ACCOUNTS } = run.bindings
  run.budget.spend()
  const fresh = await mark(ACCOUNTS, chore, subjects, run.now)
  await queueAll(run, fresh, outlet, (left) => unmark(ACCOUNTS, chore, left))
}

/** Queues all, those too that are on their way already. */
export async function queueAll(
  run: Run,
  subjects: readonly string[],
  { queue, messageOf }: Outlet,
  notQueued: (left: readonly string[]) => Promise<void> = async () => undefined,
): Promise<void> {
  for (let sent = 0; sent < subjects.length; sent += MESSAGES_PER_CALL) {
    const batch = subjects.slice(sent, sent + MESSAGES_PER_CALL)
    run.budget.spend()
    try {
      await queue.sendBatch(batch.map((subject) => ({ body: messageOf(subject), contentType: 'json' as const })))
    } catch (error) {
      await notQueued(subjects.slice(sent))
      throw error
    }
    run.queued(batch.length)
  }
}
