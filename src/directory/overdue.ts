import { and, lte, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { invitations, organizations } from '../records/directory-tables.ts'
import type { PageRequest } from '../records/time-page.ts'
import type { Waiting } from '../records/waiting.ts'
import type { Candidates } from './candidates.ts'

/** Rows of the index that a statement looks at, at most, whatever organizations they are of. */
const SCANNED_UP_TO = 10_000

const isOverdue = (now: number) => and(sql`${invitations.status} = 'pending'`, lte(invitations.expiresAt, now))

/** An organization that is deleted can be restored, with its invitations, so nothing of it is written down until then. */
const isOfOpenOrganization = sql`exists (select 1 from ${organizations}
  where ${organizations.id} = scanned.organization_id and ${organizations.deletedAt} is null)`

const scannedFrom = (now: number, [at, row]: readonly [number, number], scan: number) => sql`
  select ${invitations.expiresAt} as at, ${invitations}.rowid as row_id, ${invitations.organizationId} as organization_id
  from ${invitations} where ${isOverdue(now)} and (${invitations.expiresAt}, ${invitations}.rowid) > (${at}, ${row})
  order by ${invitations.expiresAt}, ${invitations}.rowid limit ${scan}`

const START = [-1, 0] as const

/** In the order of the index. */
interface Place {
  readonly at: number
  readonly row: number
}

/** Pending invitations past their time, among those that are longest overdue, as far as the directory has followed. */
export const countOverdueInvitations = (
  directory: D1Database,
  now: number,
  scan: number = SCANNED_UP_TO,
): Promise<Waiting> =>
  drizzle(directory).get<Waiting>(sql`select count(*) as "count", min(at) as "since"
    from (${scannedFrom(now, START, scan)}) scanned where ${isOfOpenOrganization}`)

/**
 * Organizations with pending invitations past their time, longest overdue first, as far as the directory has followed. A page
 * is so many invitations; those of deleted organizations are passed over, up to a limit, and the next page goes on there.
 */
export async function overdueOrganizations(
  directory: D1Database,
  now: number,
  { after, limit }: PageRequest,
  scan: number = SCANNED_UP_TO,
): Promise<Candidates<string>> {
  const [at = -1, row = 0] = after === null ? START : after.split(':').map(Number)
  const database = drizzle(directory)
  const scanned = sql`(${scannedFrom(now, [at, row], scan)}) scanned`
  const rows = await database.all<Place & { id: string }>(sql`
    select at as "at", row_id as "row", organization_id as "id" from ${scanned}
    where ${isOfOpenOrganization} order by at, row_id limit ${limit}`)
  const passedOver = () =>
    database.get<Place>(
      sql`select at as "at", row_id as "row" from ${scanned} order by at, row_id limit 1 offset ${scan - 1}`,
    )
  const last = rows.length < limit ? await passedOver() : rows.at(-1)
  return {
    found: [...new Set(rows.map(({ id }) => id))],
    next: last === undefined ? null : `${last.at}:${last.row}`,
  }
}
