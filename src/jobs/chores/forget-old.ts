import { forgetAddressChanges } from '../../accounts/address-changes.ts'
import { forgetAttempts } from '../../accounts/attempts.ts'
import { forgetDevices } from '../../accounts/devices.ts'
import { forgetChallenges } from '../../accounts/email-challenges.ts'
import { forgetFormerEmails } from '../../accounts/former-emails.ts'
import { forgetLogsOf, forgetOldLogs } from '../../accounts/log-retention.ts'
import { dropOperatorSessions } from '../../accounts/operator-session.ts'
import { forgetSessions } from '../../accounts/sessions.ts'
import { forgetCreationAnswers } from '../../directory/creation-answers.ts'
import type { Directory } from '../../directory/directories.ts'
import { deletedPeople } from '../../directory/environment-events.ts'
import { forgetErasures } from '../../directory/erasure.ts'
import { forgetOldMail } from '../../directory/mail-attempts.ts'
import { forgetMarks } from '../../directory/sweep-marks.ts'
import { failureOf } from '../../records/failure.ts'
import type { PageRequest } from '../../records/time-page.ts'
import { eachPage } from './fan-out.ts'
import type { Chore, Run } from './run.ts'

/** So long after a deletion the logs are asked for entries of the person. */
const LOGS_SOUGHT_MS = 3 * 24 * 60 * 60_000
/** Per statement: found by an index, well within what D1 does in its 30 seconds. */
const ROWS_PER_STATEMENT = 2_000

/** Deletes at most so many rows, and answers how many it has deleted. */
type Forget = (database: D1Database, now: number, limit: number) => Promise<number>

/** What is over in `ACCOUNTS`. */
export const forgetOld: Chore = (run) =>
  forgetAll(run, run.bindings.ACCOUNTS, [
    forgetOldMail,
    forgetCreationAnswers,
    forgetSessions,
    dropOperatorSessions,
    forgetChallenges,
    forgetDevices,
    forgetAttempts,
    forgetAddressChanges,
    forgetFormerEmails,
    forgetMarks,
  ])

export const forgetErased =
  ({ database }: Directory): Chore =>
  (run) =>
    forgetAll(run, database, [forgetErasures])

/**
 * One statement for each kind in turn, until nothing is left or the budget is over: so a kind with millions of rows keeps no
 * other one waiting. A kind that fails is left to the next run.
 */
async function forgetAll({ budget, now }: Run, database: D1Database, kinds: readonly Forget[]): Promise<boolean> {
  const failures: unknown[] = []
  for (let left = kinds; left.length > 0; ) {
    const more: Forget[] = []
    for (const forget of left) {
      if (budget.isOver) return false
      budget.spend()
      try {
        const count = await forget(database, now, ROWS_PER_STATEMENT)
        if (count >= ROWS_PER_STATEMENT) more.push(forget)
      } catch (error) {
        console.error({ message: 'old rows not deleted', kind: forget.name, error: failureOf(error) })
        failures.push(error)
      }
    }
    left = more
  }
  for (const failure of failures) throw failure
  return true
}

/** Repeats for some days after an account was deleted, because the logs may have been out of reach then. */
export const sweepLogs: Chore = async (run) => {
  const { ACCOUNTS, LOGS } = run.bindings
  const read = (page: PageRequest) => deletedPeople(ACCOUNTS, run.now - LOGS_SOUGHT_MS, page)
  const isDone = await eachPage(run, { name: 'sweepLogs', read }, async (userIds) => {
    run.budget.spend()
    await forgetLogsOf(LOGS, userIds)
  })
  while (!run.budget.isOver) {
    run.budget.spend()
    if (!(await forgetOldLogs(LOGS, run.now))) return isDone
  }
  return false
}
