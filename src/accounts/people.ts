import { and, inArray, lte, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import type { PersonMessage } from '../contract/person-message.ts'
import type { Account } from '../membership/commands.ts'
import { users } from '../records/account-tables.ts'
import { failureOf } from '../records/failure.ts'
import { countWaiting, type Waiting } from '../records/waiting.ts'
import { accountOf } from './users.ts'

/** So long the queue has for bringing a change to all organizations before the sweep looks after it. */
const SETTLED_AFTER_MS = 2 * 60_000

/**
 * To be called after each change of an account that member rows repeat: name, address, attributes, last sign-in. Never
 * fails: the account's revision says already that its organizations lag, and the sweep finds it without any message.
 */
export async function announcePersonChange(queue: Queue, userId: string): Promise<void> {
  const message: PersonMessage = { version: 1, kind: 'person_changed', userId }
  try {
    await queue.send(message, { contentType: 'json' })
  } catch (error) {
    console.warn({ message: 'change of a person not announced', user: userId, error: failureOf(error) })
  }
}

/** The accounts of these people as they are at one moment; of those that there are. */
export async function accountsOf(accounts: D1Database, userIds: readonly string[]): Promise<Account[]> {
  const these = sql`(select value from json_each(${JSON.stringify(userIds)}))`
  return (await drizzle(accounts).select().from(users).where(inArray(users.id, these))).map(accountOf)
}

const isUnsettled = (now: number) => and(sql`settled_revision < revision`, lte(users.updatedAt, now - SETTLED_AFTER_MS))

/** Of those whom `unsettledPeople` would find. */
export const countUnsettled = (accounts: D1Database, now: number): Promise<Waiting> =>
  countWaiting(drizzle(accounts), users.updatedAt, isUnsettled(now))

/** People whose last change may not have come to all of their organizations, the longest waiting first. */
export async function unsettledPeople(accounts: D1Database, now: number, limit: number): Promise<string[]> {
  const rows = await drizzle(accounts)
    .select({ id: users.id })
    .from(users)
    .where(isUnsettled(now))
    .orderBy(users.updatedAt)
    .limit(limit)
  return rows.map(({ id }) => id)
}

/** All organizations have these accounts as they were when they were read. */
export async function settlePeople(accounts: D1Database, people: readonly Account[]): Promise<void> {
  const settled = JSON.stringify(people.map(({ userId, revision }) => ({ userId, revision })))
  await drizzle(accounts).run(sql`
    update ${users} set settled_revision = max(settled_revision, json_extract(settled.value, '$.revision'))
    from json_each(${settled}) as settled where ${users.id} = json_extract(settled.value, '$.userId')`)
}
