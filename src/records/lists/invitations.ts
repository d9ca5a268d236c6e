import { and, eq, gt, inArray, lte, or, type SQL, sql } from 'drizzle-orm'
import type { Invitation, InvitationStatus } from '../../membership/invitation.ts'
import type { Query, Slice } from '../../membership/queries.ts'
import { ok, type Result } from '../../membership/result.ts'
import type { Database } from '../database.ts'
import { after, type BrokenCursor, type Keyset, orderOf, slice } from '../page.ts'
import { invitationOf } from '../rows.ts'
import { matches } from '../search.ts'
import { type InvitationRow, invitations } from '../tables.ts'

type ListInvitations = Extract<Query, { type: 'ListInvitations' }>

export async function listInvitations(
  database: Database,
  organizationId: string,
  query: ListInvitations,
  now: number,
): Promise<Result<Slice<Invitation>, BrokenCursor>> {
  const keyset = keysetOf(organizationId, query)
  const rest = after(keyset, query.page)
  if (!rest.ok) return rest
  const rows = await database
    .select()
    .from(invitations)
    .where(
      and(
        eq(invitations.organizationId, organizationId),
        or(...query.statuses.map((status) => hasStatus(status, now))),
        matches(query.search, invitations.nameKey, invitations.email),
        rest.value,
      ),
    )
    .orderBy(...orderOf(keyset))
    .limit(query.page.limit + 1)
    .all()
  return ok(slice(rows, keyset, query.page, invitationOf))
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

function keysetOf(organizationId: string, { statuses, search, sort }: ListInvitations): Keyset<InvitationRow> {
  const scope = ['invitations', organizationId, statuses, search, sort]
  const common = { scope, id: invitations.id, descending: sort.descending, idOf: (row: InvitationRow) => row.id }
  switch (sort.by) {
    case 'created_at':
      return { ...common, key: invitations.createdAt, keyOf: (row) => row.createdAt }
    case 'email':
      return { ...common, key: invitations.email, keyOf: (row) => row.email }
    case 'expires_at':
      return { ...common, key: invitations.expiresAt, keyOf: (row) => row.expiresAt }
  }
}
