import { and, eq, sql } from 'drizzle-orm'
import type { Member } from '../../membership/member.ts'
import type { Query, Slice } from '../../membership/queries.ts'
import type { Result } from '../../membership/result.ts'
import { hasAttributes } from '../attribute-filter.ts'
import type { Database } from '../database.ts'
import { hasStatus } from '../member-status.ts'
import { type BrokenCursor, continues, type Keyset, type Order, orderOf, type Position, readPage } from '../page.ts'
import { memberOf } from '../rows.ts'
import { matches, matchesByName } from '../search.ts'
import { type MemberRow, members } from '../tables.ts'

type ListMembers = Extract<Query, { type: 'ListMembers' }>

export async function listMembers(
  database: Database,
  organizationId: string,
  query: ListMembers,
): Promise<Result<Slice<Member>, BrokenCursor>> {
  const { statuses, role, search, attributes = [], sort, page } = query
  const { order, keyOf } = SORTS[sort.by]
  const ordered: Order = { ...order, descending: sort.descending }
  const keyset: Keyset<MemberRow> = {
    scope: ['members', organizationId, statuses, role, search, attributes, sort],
    keyOf,
    idOf: (row) => row.id,
  }
  const tiers =
    sort.by === 'name'
      ? matchesByName(search, members.nameKey, members.email)
      : [matches(search, members.nameKey, members.email)]
  const fetch = (tier: number, position: Position | null, limit: number) =>
    database
      .select()
      .from(members)
      .where(
        and(
          eq(members.organizationId, organizationId),
          hasStatus(statuses),
          role === null ? undefined : eq(members.role, role),
          hasAttributes(attributes),
          tiers[tier],
          continues(ordered, position),
        ),
      )
      .orderBy(...orderOf(ordered))
      .limit(limit)
      .all()
  return readPage(keyset, page, tiers.length, fetch, memberOf)
}

/** Who never has comes first. The same expression as that of the index members_signed_in. */
export const LAST_SIGN_IN = sql`(case when ${members.lastSignInAt} is null then 0 else ${members.lastSignInAt} end)`

interface SortBy {
  readonly order: Omit<Order, 'descending'>
  readonly keyOf: (row: MemberRow) => string | number
}

const { id } = members

const SORTS: { readonly [key in ListMembers['sort']['by']]: SortBy } = {
  name: { order: { key: members.nameKey, id }, keyOf: (row) => row.nameKey },
  email: { order: { key: members.email, id }, keyOf: (row) => row.email },
  joined_at: { order: { key: members.joinedAt, id }, keyOf: (row) => row.joinedAt },
  last_sign_in_at: { order: { key: LAST_SIGN_IN, id }, keyOf: (row) => row.lastSignInAt ?? 0 },
}
