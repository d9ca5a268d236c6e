import { and, eq, gt, type SQL, sql } from 'drizzle-orm'
import { unionAll } from 'drizzle-orm/sqlite-core'
import type { Actor } from '../../membership/actor.ts'
import type { Delivery } from '../../membership/invitation.ts'
import type { RosterEntry, RosterFilter, RosterStatus, Slice } from '../../membership/queries.ts'
import type { Result } from '../../membership/result.ts'
import { hasAttributes } from '../attribute-filter.ts'
import type { Database } from '../database.ts'
import { hasStatus } from '../member-status.ts'
import { type BrokenCursor, continues, type Keyset, type Order, orderOf, type Position, readPage } from '../page.ts'
import { matches, matchesByName } from '../search.ts'
import { invitations, members } from '../tables.ts'
import { LAST_SIGN_IN } from './members.ts'

/**
 * Members and open invitations as one list; invitations have no attributes, so that a filter by these leaves them out. Each half is cut to the page by its own index before the two are merged, so
 * the cost is that of a page, not of the organization.
 */
export async function listRoster(
  database: Database,
  organizationId: string,
  query: RosterFilter,
  now: number,
): Promise<Result<Slice<RosterEntry>, BrokenCursor>> {
  const { statuses, role, search, attributes = [], sort, page } = query
  const memberOrder: Order = { key: MEMBER_KEYS[sort.by], id: members.id, descending: sort.descending }
  const invitationOrder: Order = { key: INVITATION_KEYS[sort.by], id: invitations.id, descending: sort.descending }
  const bothOrder: Order = { key: sql`sort_key`, id: sql`entry_id`, descending: sort.descending }
  const memberTiers = tiersOf(query, members)
  const invitationTiers = tiersOf(query, invitations)
  const fetch = (tier: number, position: Position | null, limit: number) => {
    const ofMembers = and(memberTiers[tier], continues(memberOrder, position))
    const memberHalf = memberRows(database, organizationId, query, ofMembers)
      .orderBy(...orderOf(memberOrder))
      .limit(limit)
    const ofInvitations = and(invitationTiers[tier], continues(invitationOrder, position))
    const invitationHalf = invitationRows(database, organizationId, query, ofInvitations, now)
      .orderBy(...orderOf(invitationOrder))
      .limit(limit)
    return unionAll(
      database.select().from(memberHalf.as('member_half')),
      database.select().from(invitationHalf.as('invitation_half')),
    )
      .orderBy(...orderOf(bothOrder))
      .limit(limit)
      .all()
  }
  const keyset: Keyset<Row> = {
    scope: ['roster', organizationId, statuses, role, search, attributes, sort],
    keyOf: (row) => row.sortKey,
    idOf: (row) => row.id,
  }
  return readPage(keyset, page, memberTiers.length, fetch, entryOf)
}

const tiersOf = ({ search, sort }: RosterFilter, table: typeof members | typeof invitations) =>
  sort.by === 'name' ? matchesByName(search, table.nameKey, table.email) : [matches(search, table.nameKey, table.email)]

const MEMBER_KEYS = {
  name: members.nameKey,
  email: members.email,
  role: members.role,
  date: members.joinedAt,
  last_sign_in_at: LAST_SIGN_IN,
}
const INVITATION_KEYS = {
  name: invitations.nameKey,
  email: invitations.email,
  role: invitations.role,
  date: invitations.createdAt,
  // A bare number would stand for a column of the result.
  last_sign_in_at: sql`cast(0 as integer)`,
}

function memberRows(database: Database, organizationId: string, query: RosterFilter, rest: SQL | undefined) {
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
      lastSignInAt: sql<number | null>`${members.lastSignInAt}`.as('last_sign_in_at'),
      expiresAt: sql<number | null>`null`.as('expires_at'),
      attributes: sql<string>`${members.attributes}`.as('attributes'),
      delivery: sql<Delivery | null>`null`.as('delivery'),
      invitedByType: sql<Actor['type'] | null>`null`.as('invited_by_type'),
    })
    .from(members)
    .where(
      and(
        eq(members.organizationId, organizationId),
        hasStatus(query.statuses.filter((status) => status !== 'pending')),
        query.role === null ? undefined : eq(members.role, query.role),
        hasAttributes(query.attributes ?? []),
        rest,
      ),
    )
}

function invitationRows(
  database: Database,
  organizationId: string,
  query: RosterFilter,
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
      lastSignInAt: sql<number | null>`null`.as('last_sign_in_at'),
      expiresAt: sql<number | null>`${invitations.expiresAt}`.as('expires_at'),
      attributes: sql<string>`'{}'`.as('attributes'),
      delivery: sql<Delivery | null>`${invitations.delivery}`.as('delivery'),
      invitedByType: sql<Actor['type'] | null>`${invitations.invitedByType}`.as('invited_by_type'),
    })
    .from(invitations)
    .where(
      and(
        eq(invitations.organizationId, organizationId),
        sql`${invitations.status} = 'pending'`,
        gt(invitations.expiresAt, now),
        query.statuses.includes('pending') && (query.attributes ?? []).length === 0 ? undefined : sql`false`,
        query.role === null ? undefined : eq(invitations.role, query.role),
        rest,
      ),
    )
}

type Row = Omit<RosterEntry, 'kind' | 'attributes'> & {
  readonly sortKey: string | number
  /** As JSON: of two tables, SQLite hands it on as it stands there. */
  readonly attributes: string
}

const entryOf = ({ sortKey: _, attributes, ...entry }: Row): RosterEntry => ({
  kind: entry.status === 'pending' ? 'invitation' : 'member',
  ...entry,
  attributes: JSON.parse(attributes),
})
