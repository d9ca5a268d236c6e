import { and, desc, eq, inArray, lte, type SQL, sql } from 'drizzle-orm'
import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1'
import type { FormerEmail } from '../membership/commands.ts'
import { formerEmails, users, waitingOrganizations } from '../records/account-tables.ts'
import { type PageRequest, pageByTime } from '../records/time-page.ts'

const DAY_MS = 24 * 60 * 60_000
/** So long after a deletion the sweep looks for what is left of the person: a directory may hear of it late. */
export const REMAINS_SOUGHT_MS = 30 * DAY_MS
/** Of one account; of more changes the last ones count. */
const EMAILS_PER_PERSON = 100

/** Goes into the batch of a change of the email. */
export const noteFormerEmail = (database: DrizzleD1Database, userId: string, email: string, now: number, when: SQL) =>
  database
    .insert(formerEmails)
    .select(sql`select ${userId}, ${email}, ${now}, null, null where ${when}`)
    .onConflictDoUpdate({ target: [formerEmails.userId, formerEmails.email], set: { until: sql`excluded.until` } })

/** Goes into the batch of a deletion, before the account's row is deleted. */
export const keepEmailsOfDeleted = (database: DrizzleD1Database, userId: string, now: number) => {
  const isClosing = and(eq(users.id, userId), sql`closing_at is not null`)
  const set = { until: sql`excluded.until`, deletedAt: now, soughtUntil: now + REMAINS_SOUGHT_MS }
  return [
    database
      .update(formerEmails)
      .set({ deletedAt: set.deletedAt, soughtUntil: set.soughtUntil })
      .where(and(eq(formerEmails.userId, userId), sql`exists (select 1 from ${users} where ${isClosing})`)),
    database
      .insert(formerEmails)
      .select(
        sql`select ${users.id}, ${users.email}, ${now}, ${now}, ${set.soughtUntil} from ${users} where ${isClosing}`,
      )
      .onConflictDoUpdate({ target: [formerEmails.userId, formerEmails.email], set }),
  ] as const
}

/** By person. Those that have no former emails are absent. */
export async function formerEmailsOf(
  accounts: D1Database,
  userIds: readonly string[],
): Promise<Map<string, FormerEmail[]>> {
  const rows = await drizzle(accounts)
    .select()
    .from(formerEmails)
    .where(inArray(formerEmails.userId, sql`(select value from json_each(${JSON.stringify(userIds)}))`))
    .orderBy(desc(formerEmails.until))
  const found = new Map<string, FormerEmail[]>()
  for (const { userId, email, until, deletedAt } of rows) {
    const emails = found.get(userId) ?? []
    if (emails.length < EMAILS_PER_PERSON) emails.push({ email, until, alsoOpen: until === deletedAt })
    found.set(userId, emails)
  }
  return found
}

/** People whose accounts were deleted and of whom something may be left. */
export async function soughtPeople(
  accounts: D1Database,
  page: PageRequest,
): Promise<{ readonly found: readonly string[]; readonly next: string | null }> {
  const { rows, next } = await pageByTime<{ id: string }>(
    drizzle(accounts),
    {
      time: formerEmails.soughtUntil,
      condition: sql`sought_until is not null`,
      columns: sql`${formerEmails.userId} as "id"`,
    },
    page,
  )
  return { found: [...new Set(rows.map(({ id }) => id))], next }
}

/** A change that was made before the deletion has not reached its directory yet. */
const mayBeOnItsWay = sql`deleted_at >= (select min(${waitingOrganizations.directorySince}) from ${waitingOrganizations}
  where directory_since is not null)`

/** What would be over soon is sought for another day while an organization waits since before the deletion. */
export async function seekLonger(accounts: D1Database, now: number, limit: number): Promise<void> {
  const ending = sql`select rowid from ${formerEmails} where sought_until is not null
    and ${lte(formerEmails.soughtUntil, now + DAY_MS / 2)} and ${mayBeOnItsWay} limit ${limit}`
  await drizzle(accounts).run(sql`update ${formerEmails} set sought_until = ${now + DAY_MS} where rowid in (${ending})`)
}

/** Deletes the emails of people of whom nothing is sought any more, a bounded number at a time. */
export async function forgetFormerEmails(accounts: D1Database, now: number, limit: number): Promise<number> {
  const { meta } = await drizzle(accounts).run(sql`delete from ${formerEmails} where rowid in
    (select rowid from ${formerEmails} where sought_until is not null and ${lte(formerEmails.soughtUntil, now)}
      and coalesce(not (${mayBeOnItsWay}), true) limit ${limit})`)
  return meta.changes
}
