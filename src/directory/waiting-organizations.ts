import { inArray, lte, min, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { waitingOrganizations } from '../records/account-tables.ts'
import { type PageRequest, pageByTime } from '../records/time-page.ts'
import { countWaiting, type Waiting } from '../records/waiting.ts'
import type { Candidates } from './candidates.ts'

/** What an organization answered to cron: since when its oldest change and its oldest mail wait. Null: none waits for long. */
export interface FoundWaiting {
  readonly organizationId: string
  readonly directorySince: number | null
  readonly mailSince: number | null
}

/** What these organizations answered takes the place of what they answered before. */
export async function noteAnswers(accounts: D1Database, answers: readonly FoundWaiting[], now: number): Promise<void> {
  if (answers.length === 0) return
  const database = drizzle(accounts)
  const waits = ({ directorySince, mailSince }: FoundWaiting) => directorySince !== null || mailSince !== null
  const [waiting, done] = [answers.filter(waits), answers.filter((answer) => !waits(answer))]
  const ids = JSON.stringify(done.map(({ organizationId }) => organizationId))
  const forget = database
    .delete(waitingOrganizations)
    .where(inArray(waitingOrganizations.organizationId, sql`(select value from json_each(${ids}))`))
  if (waiting.length === 0) await forget
  else {
    const note = database
      .insert(waitingOrganizations)
      .select(
        sql`select value ->> 'organizationId', value ->> 'directorySince', value ->> 'mailSince', ${now}
          from json_each(${JSON.stringify(waiting)}) where true`,
      )
      .onConflictDoUpdate({
        target: waitingOrganizations.organizationId,
        set: {
          directorySince: sql`excluded.directory_since`,
          mailSince: sql`excluded.mail_since`,
          wokenAt: sql`excluded.woken_at`,
        },
      })
    await database.batch([forget, note])
  }
}

/** Those that are waiting, the one first that was woken the longest time ago. */
export async function organizationsFoundWaiting(
  accounts: D1Database,
  now: number,
  page: PageRequest,
): Promise<Candidates<string>> {
  const { rows, next } = await pageByTime<{ id: string }>(
    drizzle(accounts),
    {
      time: waitingOrganizations.wokenAt,
      condition: lte(waitingOrganizations.wokenAt, now),
      columns: sql`${waitingOrganizations.organizationId} as "id"`,
    },
    page,
  )
  return { found: rows.map(({ id }) => id), next }
}

/** Since when the oldest change and the oldest mail wait, as far as organizations have answered. */
export async function oldestAnswers(accounts: D1Database): Promise<Omit<FoundWaiting, 'organizationId'>> {
  const database = drizzle(accounts)
  const { directorySince, mailSince } = waitingOrganizations
  const [[directory], [mail]] = await database.batch([
    database
      .select({ since: min(directorySince) })
      .from(waitingOrganizations)
      .where(sql`directory_since is not null`),
    database
      .select({ since: min(mailSince) })
      .from(waitingOrganizations)
      .where(sql`mail_since is not null`),
  ])
  return { directorySince: directory?.since ?? null, mailSince: mail?.since ?? null }
}

/** How many they are, and since when the one that has waited longest. */
export async function countAnswers(
  accounts: D1Database,
): Promise<{ readonly directory: Waiting; readonly mail: Waiting }> {
  const database = drizzle(accounts)
  const { directorySince, mailSince } = waitingOrganizations
  const [directory, mail] = await Promise.all([
    countWaiting(database, directorySince, sql`directory_since is not null`),
    countWaiting(database, mailSince, sql`mail_since is not null`),
  ])
  return { directory, mail }
}
