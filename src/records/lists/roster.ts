import { and, eq, gt, inArray, type SQL, sql } from 'drizzle-orm'
import { unionAll } from 'drizzle-orm/sqlite-core'
import type { Query, RosterEntry, RosterStatus, Slice } from '../../membership/queries.ts'
import { ok, type Result } from '../../membership/result.ts'
import type { Database } from '../database.ts'
import { after, type BrokenCursor, type Keyset, type Order, orderOf, slice } from '../page.ts'
import { matches } from '../search.ts'
import { invitations, members } from '../tables.ts'

type ListRoster = Extract<Query, { type: 'ListRoster' }>

/**
 * Members and open invitations as one list. Each half is cut to the page by its own index before the two are merged, so
 * the cost is that of a page, not of the organization.
 */
export async function listRoster(
  database: Database,
  organizationId: string,
  query: ListRoster,
  now: number,
): Promise<Result<Slice<RosterEntry>, BrokenCursor>> {
  const { statuses, role, search, sort, page } = query
  const scope = ['roster', organizationId, statuses, role, search, sort]
  const order = { scope, descending: sort.descending }
  const memberOrder: Order = { ...order, key: MEMBER_KEYS[sort.by], id: members.id }
  const invitationOrder: Order = { ...order, key: INVITATION_KEYS[sort.by], id: invitations.id }
  const membersRest = after(memberOrder, page)
  const invitationsRest = after(invitationOrder, page)
  if (!membersRest.ok) return membersRest
  if (!invitationsRest.ok) return invitationsRest

  const memberHalf = memberRows(database, organizationId, query, and(membersRest.value))
    .orderBy(...orderOf(memberOrder))
    .limit(page.limit + 1)
  const invitationHalf = invitationRows(database, organizationId, query, and(invitationsRest.value), now)
    .orderBy(...orderOf(invitationOrder))
    .limit(page.limit + 1)
  const direction = sql.raw(sort.descending ? 'desc' : 'asc')
  const rows = await unionAll(
    database.select().from(memberHalf.as('member_half')),
    database.select().from(invitationHalf.as('invitation_half')),
  )
    .orderBy(sql`sort_key ${direction}`, sql`entry_id ${direction}`)
    .limit(page.limit + 1)
    .all()
  const merged: Keyset<(typeof rows)[number]> = {
    scope,
    key: sql`sort_key`,
    id: sql`entry_id`,
    descending: sort.descending,
    keyOf: (row) => row.sortKey,
    idOf: (row) => row.id,
  }
  return ok(slice(rows, merged, page, entryOf))
}

const MEMBER_KEYS = { name: members.nameKey, email: members.email, role: members.role, date: members.joinedAt }
const INVITATION_KEYS = {
  name: invitations.nameKey,
  email: invitations.email,
  role: invitations.role,
  date: invitations.createdAt,
}

function memberRows(database: Database, organizationId: string, query: ListRoster, rest: SQL | undefined) {
  return database
    .select({
      id: sql<string>`${members.id}`.as('entry_id'),
      sortKey: sql<string | number>`${MEMBER_KEYS[query.sort.by]}`.as('sort_key'),
      userId: sql<string | null>`${members.userId}`.as('user_id'),
      name: sql<string | null>`json_extract(${members.profile}, '$.name')`.as('name'),
      email: sql<string>`${members.email}`.as('email'),
      role: sql<string>`${members.role}`.as('role'),
      status: sql<RosterStatus>`${members.status}`.as('status'),
      since: sql<number>`${members.joinedAt}`.as('since'),
      expiresAt: sql<number | null>`null`.as('expires_at'),
    })
    .from(members)
    .where(
      and(
        eq(members.organizationId, organizationId),
        inArray(
          members.status,
          query.statuses.filter((status) => status !== 'pending'),
        ),
        query.role === null ? undefined : eq(members.role, query.role),
        matches(query.search, members.nameKey, members.email),
        rest,
      ),
    )
}

function invitationRows(
  database: Database,
  organizationId: string,
  query: ListRoster,
  rest: SQL | undefined,
  now: number,
) {
  return database
    .select({
      id: sql<string>`${invitations.id}`.as('entry_id'),
      sortKey: sql<string | number>`${INVITATION_KEYS[query.sort.by]}`.as('sort_key'),
      userId: sql<string | null>`null`.as('user_id'),
      name: sql<string | null>`${invitations.name}`.as('name'),
      email: sql<string>`${invitations.email}`.as('email'),
      role: sql<string>`${invitations.role}`.as('role'),
      status: sql<RosterStatus>`'pending'`.as('status'),
      since: sql<number>`${invitations.createdAt}`.as('since'),
      expiresAt: sql<number | null>`${invitations.expiresAt}`.as('expires_at'),
    })
    .from(invitations)
    .where(
      and(
        eq(invitations.organizationId, organizationId),
        sql`${invitations.status} = 'pending'`,
        gt(invitations.expiresAt, now),
        query.statuses.includes('pending') ? undefined : sql`false`,
        query.role === null ? undefined : eq(invitations.role, query.role),
        matches(query.search, invitations.nameKey, invitations.email),
        rest,
      ),
    )
}

type Row = {
  id: string
  userId: string | null
  name: string | null
  email: string
  role: string
  status: RosterStatus
  since: number
  expiresAt: number | null
}

const entryOf = ({ id, userId, name, email, role, status, since, expiresAt }: Row): RosterEntry => ({
  kind: status === 'pending' ? 'invitation' : 'member',
  id,
  userId,
  name,
  email,
  role,
  status,
  since,
  expiresAt,
})
