import { and, inArray, lte, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import type { PersonMessage } from '../contract/person-message.ts'
import type { Account } from '../membership/commands.ts'
import { users } from '../records/account-tables.ts'
import { failureOf } from '../records/failure.ts'
import { type PageRequest, pageByTime, type TimePage } from '../records/time-page.ts'
import { countWaiting, type Waiting } from '../records/waiting.ts'
import { accountOf } from './users.ts'

/** So long the queue has for bringing a change to all organizations before the sweep looks after it. */
const SETTLED_AFTER_MS = 2 * 60_000

/**
 * To be called after each change of an account that member rows repeat: name, address, attributes, last sign-in. Never
 * fails: the account's revision says already that its organizations lag, and the sweep finds it without any message.
 */
export async function announcePersonChange(queue: Queue, userId: string): Promise<void> {
  await announce(queue, { version: 1, kind: 'person_changed', userId })
}

/** To be called when a deletion is not finished by the call that began it. Never fails: the sweep finds the account too. */
export async function announceClosing(queue: Queue, userId: string): Promise<void> {
  await announce(queue, { version: 1, kind: 'account_closing', userId })
}

async function announce(queue: Queue, message: PersonMessage): Promise<void> {
  try {
    await queue.send(message, { contentType: 'json' })
  } catch (error) {
    const { kind, userId } = message
    console.warn({ message: 'change of a person not announced', kind, user: userId, error: failureOf(error) })
  }
}

/** The accounts of these people as they are at one moment; of those that there are. */
export async function accountsOf(accounts: D1Database, userIds: readonly string[]): Promise<Account[]> {
  const these = sql`(select value from json_each(${JSON.stringify(userIds)}))`
  return (await drizzle(accounts).select().from(users).where(inArray(users.id, these))).map(accountOf)
}

const isUnsettled = (now: number) => and(sql`settled_revision < revision`, lte(users.updatedAt, now - SETTLED_AFTER_MS))

/** Of those whom `unsettledPeople` finds. */
export const countUnsettled = (accounts: D1Database, now: number): Promise<Waiting> =>
  countWaiting(drizzle(accounts), users.updatedAt, isUnsettled(now))

/** A person's account at a revision. */
export interface PersonRevision {
  readonly userId: string
  readonly revision: number
}

/** People whose last change may not have come to all of their organizations, the longest waiting first. */
export async function unsettledPeople(
  accounts: D1Database,
  now: number,
  page: PageRequest,
): Promise<TimePage<PersonRevision>> {
  const columns = sql`${users.id} as "userId", ${users.revision} as "revision"`
  return pageByTime(drizzle(accounts), { time: users.updatedAt, condition: isUnsettled(now), columns }, page)
}

/** All organizations have these accounts at these revisions, or later ones. */
export async function settlePeople(accounts: D1Database, people: readonly PersonRevision[]): Promise<void> {
  const settled = JSON.stringify(people.map(({ userId, revision }) => ({ userId, revision })))
  await drizzle(accounts).run(sql`
    update ${users} set settled_revision = max(settled_revision, json_extract(settled.value, '$.revision'))
    from json_each(${settled}) as settled where ${users.id} = json_extract(settled.value, '$.userId')`)
}
