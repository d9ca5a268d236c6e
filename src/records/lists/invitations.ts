import { and, eq, gt, inArray, lte, or, type SQL, sql } from 'drizzle-orm'
import type { Invitation, InvitationStatus } from '../../membership/invitation.ts'
import type { Query, Slice } from '../../membership/queries.ts'
import type { Result } from '../../membership/result.ts'
import type { Database } from '../database.ts'
import { type BrokenCursor, continues, type Keyset, type Order, orderOf, type Position, readPage } from '../page.ts'
import { invitationOf } from '../rows.ts'
import { matches } from '../search.ts'
import { type InvitationRow, invitations } from '../tables.ts'

type ListInvitations = Extract<Query, { type: 'ListInvitations' }>

export async function listInvitations(
  database: Database,
  organizationId: string,
  query: ListInvitations,
  now: number,
  walk: number,
): Promise<Result<Slice<Invitation>, BrokenCursor>> {
  const { statuses, search, sort, page } = query
  const { key, keyOf } = SORTS[sort.by]
  const order: Order = { key, id: invitations.id, descending: sort.descending }
  const keyset: Keyset<InvitationRow> = {
    scope: ['invitations', organizationId, statuses, search, sort],
    keyOf,
    idOf: (row) => row.id,
  }
  const along = (position: Position | null) =>
    database
      .select()
      .from(invitations)
      .where(and(eq(invitations.organizationId, organizationId), continues(order, position)))
      .orderBy(...orderOf(order))
  const fits = and(
    or(...statuses.map((status) => hasStatus(status, now))),
    matches(search, invitations.nameKey, invitations.email),
  )
  const fetch = (_: number, position: Position | null, limit: number) =>
    database.select().from(along(position).limit(walk).as('invitations')).where(fits).limit(limit).all()
  const walkEnd = async (_: number, position: Position | null, lastShown: InvitationRow | null) => {
    if (lastShown !== null) return null
    const [last] = await along(position)
      .limit(1)
      .offset(walk - 1)
      .all()
    return last === undefined ? null : { key: keyOf(last), id: last.id }
  }
  return readPage(keyset, page, 1, fetch, invitationOf, walkEnd)
}

/** By the clock, not only by what has been swept. */
function hasStatus(status: InvitationStatus, now: number): SQL | undefined {
  switch (status) {
    case 'pending':
      return and(sql`${invitations.status} = 'pending'`, gt(invitations.expiresAt, now))
    case 'expired':
      return or(
        eq(invitations.status, 'expired'),
        and(eq(invitations.status, 'pending'), lte(invitations.expiresAt, now)),
      )
    case 'accepted':
    case 'canceled':
    case 'declined':
      return inArray(invitations.status, [status])
  }
}

interface SortBy {
  readonly key: Order['key']
  readonly keyOf: (row: InvitationRow) => string | number
}

const SORTS: { readonly [key in ListInvitations['sort']['by']]: SortBy } = {
  created_at: { key: invitations.createdAt, keyOf: (row) => row.createdAt },
  email: { key: invitations.email, keyOf: (row) => row.email },
  expires_at: { key: invitations.expiresAt, keyOf: (row) => row.expiresAt },
}
