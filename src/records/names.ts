import { and, or, type SQL, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { isErasedAddress } from '../membership/erasure.ts'
import type { OrganizationEvent } from '../membership/event.ts'
import type { Names } from '../membership/queries.ts'
import type { Database } from './database.ts'
import { members } from './tables.ts'

/**
 * How the people are called now who did these things, by their user id, and those whom they were done to, by their member
 * id. Removed ones too; who has neither, or was erased, is left out. `others` are further ids of either kind.
 */
export async function namesIn(
  database: Database,
  organizationId: string,
  events: readonly OrganizationEvent[],
  others: readonly string[] = [],
): Promise<Names> {
  const memberIds = [...new Set([...others, ...events.flatMap(memberIdsIn)])]
  const actorIds = events.flatMap(({ actor }) => (actor.type === 'user' ? (actor.id ?? []) : []))
  const userIds = [...new Set([...others, ...actorIds])]
  if (memberIds.length + userIds.length === 0) return {}
  const rows = await database
    .select({ id: members.id, userId: members.userId, profile: members.profile, email: members.email })
    .from(members)
    .where(
      and(
        // The unary plus keeps SQLite from looking at all members of the organization: each id has an index.
        sql`+${members.organizationId} = ${organizationId}`,
        or(isAmong(members.id, memberIds), isAmong(members.userId, userIds)),
      ),
    )
    .all()
  return Object.fromEntries(
    rows.flatMap(({ id, userId, profile, email }) => {
      const name = profile.name ?? email
      return isErasedAddress(email)
        ? []
        : [
            [id, name],
            [userId, name],
          ]
    }),
  )
}

/** As one parameter, however many there are: a statement takes 100. */
const isAmong = (column: SQLiteColumn, values: readonly string[]): SQL =>
  sql`${column} in (select value from json_each(${JSON.stringify(values)}))`

/** Whom it was done to, and in a transfer from whom to whom. */
function memberIdsIn({ type, target, data }: OrganizationEvent): string[] {
  if (target.type === 'member') return [target.id]
  if (type !== 'ownership.transferred') return []
  return [data.from, data.to].filter((id) => typeof id === 'string')
}
