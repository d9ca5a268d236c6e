import { and, eq, gt, gte, lt, lte, type SQL, sql } from 'drizzle-orm'
import { unionAll } from 'drizzle-orm/sqlite-core'
import type { Actor } from '../../membership/actor.ts'
import type { Delivery } from '../../membership/invitation.ts'
import type { RosterEntry, RosterFilter, RosterStatus, Slice } from '../../membership/queries.ts'
import type { Result } from '../../membership/result.ts'
import type { Database } from '../database.ts'
import {
  type BrokenCursor,
  continues,
  endsAt,
  type Keyset,
  type Order,
  orderOf,
  type Place,
  type Position,
  readPage,
} from '../page.ts'
import { matches, matchesByName } from '../search.ts'
import { invitations, members } from '../tables.ts'
import { LAST_SIGN_IN } from './members.ts'
import { pathToMembers } from './path-to-members.ts'

/**
 * Members and open invitations as one list; invitations have no attributes, so that a filter by these leaves them out. Each half walks along an
 * index of its own, and both are cut to the page before they are merged.
 */
export async function listRoster(
  database: Database,
  organizationId: string,
  query: RosterFilter,
  now: number,
  walk: number,
): Promise<Result<Slice<RosterEntry>, BrokenCursor>> {
  const { statuses, role, search, attributes = [], sort, page } = query
  const memberOrder: Order = { key: MEMBER_KEYS[sort.by], id: members.id, descending: sort.descending }
  const invitationKey = INVITATION_KEYS[sort.by]
  const invitationOrder: Order = {
    key: invitationKey ?? invitations.id,
    id: invitations.id,
    descending: sort.descending,
  }
  const bothOrder: Order = { key: sql`sort_key`, id: sql`entry_id`, descending: sort.descending }
  const memberTiers = tiersOf(query, members)
  const invitationTiers = tiersOf(query, invitations)
  const byName = sort.by === 'name'
  const isPrefix = (tier: number) => byName && tier === 0 && memberTiers.length > 1
  const memberPath = pathToMembers({ statuses: statuses.filter(isOfMember), role, attributes }, byName)
  const hasInvitations = statuses.includes('pending') && attributes.length === 0
  const alongMembers = (tier: number, from: Position | null, end: Place | null) =>
    database
      .select()
      .from(members)
      .where(
        and(
          eq(members.organizationId, organizationId),
          memberPath.path,
          isPrefix(tier) ? memberTiers[tier] : undefined,
          continues(memberOrder, from),
          endsAt(memberOrder, end),
        ),
      )
      .orderBy(...orderOf(memberOrder))
  const alongInvitations = (tier: number, from: Position | null, end: Place | null) =>
    database
      .select()
      .from(invitations)
      .where(
        and(
          invitationKey === null
            ? sql`+${invitations.organizationId} = ${organizationId}`
            : eq(invitations.organizationId, organizationId),
          PENDING_INDEXED.has(sort.by) ? sql`${invitations.status} = 'pending'` : undefined,
          hasInvitations ? undefined : sql`false`,
          isPrefix(tier) ? invitationTiers[tier] : undefined,
          invitationKey === null ? continuesById(sort, from) : continues(invitationOrder, from),
          invitationKey === null ? endsAtById(sort, end) : endsAt(invitationOrder, end),
        ),
      )
      .orderBy(...orderOf(invitationOrder))
  const fetch = (tier: number, from: Position | null, limit: number, end: Place | null) => {
    const memberHalf = database
      .select(memberFields(sort.by))
      .from(alongMembers(tier, from, end).limit(walk).as('members'))
      .where(and(memberPath.rest, isPrefix(tier) ? undefined : memberTiers[tier]))
      .limit(limit)
    const invitationHalf = database
      .select(invitationFields(sort.by))
      .from(alongInvitations(tier, from, end).limit(walk).as('invitations'))
      .where(
        and(
          eq(invitations.status, 'pending'),
          gt(invitations.expiresAt, now),
          role === null ? undefined : eq(invitations.role, role),
          isPrefix(tier) ? undefined : invitationTiers[tier],
        ),
      )
      .limit(limit)
    return unionAll(
      database.select().from(memberHalf.as('member_half')),
      database.select().from(invitationHalf.as('invitation_half')),
    )
      .orderBy(...orderOf(bothOrder))
      .limit(limit)
      .all()
  }
  /** Of the half that stopped first. */
  const walkEnd = async (tier: number, from: Position | null, last: Row | null) => {
    const end = last && { key: last.sortKey, id: last.id }
    const memberEnd = alongMembers(tier, from, end)
      .limit(1)
      .offset(walk - 1)
      .as('members')
    const invitationEnd = alongInvitations(tier, from, end)
      .limit(1)
      .offset(walk - 1)
      .as('invitations')
    const [first] = await unionAll(
      database.select(memberFields(sort.by)).from(memberEnd),
      database.select(invitationFields(sort.by)).from(invitationEnd),
    )
      .orderBy(...orderOf(bothOrder))
      .limit(1)
      .all()
    return first === undefined ? null : { key: first.sortKey, id: first.id }
  }
  const keyset: Keyset<Row> = {
    scope: ['roster', organizationId, statuses, role, search, attributes, sort],
    keyOf: (row) => row.sortKey,
    idOf: (row) => row.id,
  }
  return readPage(keyset, page, memberTiers.length, fetch, entryOf, walkEnd)
}

/** By these, pending invitations have an index of their own. */
const PENDING_INDEXED: ReadonlySet<RosterFilter['sort']['by']> = new Set(['name', 'role'])

const isOfMember = (status: RosterStatus) => status !== 'pending'

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
  // Nobody has signed in yet: all have the key 0, and their ids give the order.
  last_sign_in_at: null,
}

/** The same as `continues`, for rows of the key 0: SQLite finds the next id only if nothing else is compared with it. */
function continuesById({ descending }: RosterFilter['sort'], from: Position | null): SQL | undefined {
  if (from === null) return undefined
  if (from.key !== 0) return descending ? undefined : sql`false`
  return descending ? lt(invitations.id, String(from.id)) : gt(invitations.id, String(from.id))
}

/** The same as `endsAt`. */
function endsAtById({ descending }: RosterFilter['sort'], end: Place | null): SQL | undefined {
  if (end === null) return undefined
  if (end.key !== 0) return descending ? sql`false` : undefined
  return descending ? gte(invitations.id, String(end.id)) : lte(invitations.id, String(end.id))
}

const memberFields = (by: RosterFilter['sort']['by']) => ({
  id: sql<string>`${members.id}`.as('entry_id'),
  sortKey: sql<string | number>`${MEMBER_KEYS[by]}`.as('sort_key'),
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

const invitationFields = (by: RosterFilter['sort']['by']) => ({
  id: sql<string>`${invitations.id}`.as('entry_id'),
  sortKey: sql<string | number>`${INVITATION_KEYS[by] ?? sql`cast(0 as integer)`}`.as('sort_key'),
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
