import { and, eq, inArray, sql } from 'drizzle-orm'
import type { Member } from '../../membership/member.ts'
import type { Query, Slice } from '../../membership/queries.ts'
import { ok, type Result } from '../../membership/result.ts'
import type { Database } from '../database.ts'
import { after, type BrokenCursor, type Keyset, orderOf, slice } from '../page.ts'
import { memberOf } from '../rows.ts'
import { matches } from '../search.ts'
import { type MemberRow, members } from '../tables.ts'

type ListMembers = Extract<Query, { type: 'ListMembers' }>

export async function listMembers(
  database: Database,
  organizationId: string,
  query: ListMembers,
): Promise<Result<Slice<Member>, BrokenCursor>> {
  const keyset = keysetOf(organizationId, query)
  const rest = after(keyset, query.page)
  if (!rest.ok) return rest
  const rows = await database
    .select()
    .from(members)
    .where(
      and(
        eq(members.organizationId, organizationId),
        inArray(members.status, [...query.statuses]),
        query.role === null ? undefined : eq(members.role, query.role),
        matches(query.search, members.nameKey, members.email),
        rest.value,
      ),
    )
    .orderBy(...orderOf(keyset))
    .limit(query.page.limit + 1)
    .all()
  return ok(slice(rows, keyset, query.page, memberOf))
}

function keysetOf(organizationId: string, { statuses, role, search, sort }: ListMembers): Keyset<MemberRow> {
  const scope = ['members', organizationId, statuses, role, search, sort]
  const common = { scope, id: members.id, descending: sort.descending, idOf: (row: MemberRow) => row.id }
  switch (sort.by) {
    case 'name':
      return { ...common, key: members.nameKey, keyOf: (row) => row.nameKey }
    case 'email':
      return { ...common, key: members.email, keyOf: (row) => row.email }
    case 'joined_at':
      return { ...common, key: members.joinedAt, keyOf: (row) => row.joinedAt }
    case 'last_sign_in_at':
      return {
        ...common,
        key: sql`coalesce(${members.lastSignInAt}, 0)`,
        keyOf: (row) => row.lastSignInAt ?? 0,
      }
  }
}
