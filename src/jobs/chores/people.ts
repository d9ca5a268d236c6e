import { closingAccounts } from '../../accounts/closing.ts'
import { formerEmailsOf, seekLonger, soughtPeople } from '../../accounts/former-emails.ts'
import { settlePeople, unsettledPeople } from '../../accounts/people.ts'
import type { PersonMessage } from '../../contract/person-message.ts'
import { directoriesOf } from '../../directory/directories.ts'
import { peopleBehind, peopleInvited } from '../../directory/memberships.ts'
import { ERASED_REVISION } from '../../membership/erasure.ts'
import type { PageRequest } from '../../records/time-page.ts'
import { eachPage, fanOut, type Outlet, queueOnce } from './fan-out.ts'
import type { Chore, Run } from './run.ts'

const PROLONGED_PER_RUN = 2_000

const outletOf = (run: Run, kind: PersonMessage['kind']): Outlet => ({
  chore: kind,
  queue: run.bindings.PEOPLE_QUEUE,
  messageOf: (userId): PersonMessage => ({ version: 1, kind, userId }),
})

/**
 * Whatever became of the messages about them, and for memberships that no directory knew of at that time. People with no row
 * that is behind are settled; the others are queued.
 */
export const followUnsettled: Chore = async (run) => {
  const { ACCOUNTS } = run.bindings
  const failures: unknown[] = []
  const read = async (page: PageRequest) => {
    const { rows, next } = await unsettledPeople(ACCOUNTS, run.now, page)
    return { found: rows, next }
  }
  const isDone = await eachPage(run, { name: 'followUnsettled', read }, async (people) => {
    const behind = await foundAnywhere(run, (database) => peopleBehind(database, people), failures)
    const settled = failures.length > 0 ? [] : people.filter(({ userId }) => !behind.has(userId))
    if (settled.length > 0) {
      run.budget.spend()
      await settlePeople(ACCOUNTS, settled)
    }
    if (behind.size > 0) await queueOnce(run, [...behind], outletOf(run, 'person_changed'))
  })
  for (const failure of failures) throw failure
  return isDone
}

/** A directory out of reach is a failure; what the others say still counts. */
async function foundAnywhere(
  { bindings, budget }: Run,
  ask: (directory: D1Database) => Promise<readonly string[]>,
  failures: unknown[],
): Promise<Set<string>> {
  const directories = directoriesOf(bindings)
  budget.spend(directories.length)
  const answers = await Promise.allSettled(directories.map(({ database }) => ask(database)))
  return new Set(
    answers.flatMap((answer) => {
      if (answer.status === 'fulfilled') return answer.value
      failures.push(answer.reason)
      return []
    }),
  )
}

/** Accounts whose deletion was begun and has not come to its end. */
export const finishClosings: Chore = (run) => {
  const read = async (page: PageRequest) => {
    const { rows, next } = await closingAccounts(run.bindings.ACCOUNTS, run.now, page)
    return { found: rows.map(({ userId }) => userId), next }
  }
  return fanOut(run, { name: 'finishClosings', read }, outletOf(run, 'account_closing'))
}

/**
 * Of accounts that are gone: a person may have joined an organization or been invited at the very moment of the deletion, or
 * the directory heard of it later.
 */
export const eraseRemains: Chore = async (run) => {
  const { ACCOUNTS } = run.bindings
  const failures: unknown[] = []
  run.budget.spend()
  await seekLonger(ACCOUNTS, run.now, PROLONGED_PER_RUN)
  const read = (page: PageRequest) => soughtPeople(ACCOUNTS, page)
  const isDone = await eachPage(run, { name: 'eraseRemains', read }, async (userIds) => {
    run.budget.spend()
    const emails = await formerEmailsOf(ACCOUNTS, userIds)
    const people = userIds.map((userId) => ({ userId, revision: ERASED_REVISION }))
    const members = await foundAnywhere(run, (database) => peopleBehind(database, people), failures)
    const invited = await foundAnywhere(run, (database) => peopleInvited(database, emails), failures)
    const remaining = new Set([...members, ...invited])
    if (remaining.size > 0) await queueOnce(run, [...remaining], outletOf(run, 'person_deleted'))
  })
  for (const failure of failures) throw failure
  return isDone
}
