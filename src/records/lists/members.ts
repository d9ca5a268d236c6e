import { and, eq, sql } from 'drizzle-orm'
import { type Member, OPERATOR_SOURCE } from '../../membership/member.ts'
import type { Query, Slice } from '../../membership/queries.ts'
import type { Result } from '../../membership/result.ts'
import type { Database } from '../database.ts'
import { externalIds } from '../organization-tables.ts'
import { type BrokenCursor, continues, type Keyset, type Order, orderOf, type Position, readPage } from '../page.ts'
import { memberOf } from '../rows.ts'
import { matches, matchesByName } from '../search.ts'
import { type MemberRow, members } from '../tables.ts'
import { pathToMembers } from './path-to-members.ts'

type ListMembers = Extract<Query, { type: 'ListMembers' }>

export async function listMembers(
  database: Database,
  organizationId: string,
  query: ListMembers,
  walk: number,
): Promise<Result<Slice<Member>, BrokenCursor>> {
  const { statuses, role, search, attributes = [], externalId = null, sort, page } = query
  const memberId = externalId === null ? null : await memberOfExternalId(database, externalId)
  const { order, keyOf } = SORTS[sort.by]
  const ordered: Order = { ...order, descending: sort.descending }
  const keyset: Keyset<MemberRow> = {
    scope: ['members', organizationId, statuses, role, search, attributes, sort, externalId],
    keyOf,
    idOf: (row) => row.id,
  }
  const tiers =
    sort.by === 'name'
      ? matchesByName(search, members.nameKey, members.email)
      : [matches(search, members.nameKey, members.email)]
  const { path, rest } = pathToMembers({ statuses, role, attributes }, sort.by === 'name')
  const isPrefix = (tier: number) => tier === 0 && tiers.length > 1
  const along = (tier: number, position: Position | null) =>
    database
      .select()
      .from(members)
      .where(
        and(
          eq(members.organizationId, organizationId),
          memberId === null ? undefined : eq(members.id, memberId),
          path,
          isPrefix(tier) ? tiers[tier] : undefined,
          continues(ordered, position),
        ),
      )
      .orderBy(...orderOf(ordered))
  const fetch = (tier: number, position: Position | null, limit: number) => {
    const looked = along(tier, position).limit(walk).as('members')
    const fits = and(rest, isPrefix(tier) ? undefined : tiers[tier])
    return database.select().from(looked).where(fits).limit(limit).all()
  }
  const walkEnd = async (tier: number, position: Position | null, lastShown: MemberRow | null) => {
    if (lastShown !== null) return null
    const [last] = await along(tier, position)
      .limit(1)
      .offset(walk - 1)
      .all()
    return last === undefined ? null : { key: keyOf(last), id: last.id }
  }
  return readPage(keyset, page, tiers.length, fetch, memberOf, walkEnd)
}

/** Empty: there is no such member. Only the organization's own database knows. */
async function memberOfExternalId(database: Database, externalId: string): Promise<string> {
  const isThis = and(eq(externalIds.source, OPERATOR_SOURCE), eq(externalIds.externalId, externalId))
  const row = await database.select({ id: externalIds.memberId }).from(externalIds).where(isThis).get()
  return row?.id ?? ''
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
