import { and, eq, gt, type SQL } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import type { Invitation } from '../membership/invitation.ts'
import type { Page, Slice } from '../membership/queries.ts'
import type { Result } from '../membership/result.ts'
import { invitations } from '../records/directory-tables.ts'
import {
  type BrokenCursor,
  continues,
  type Keyset,
  type Order,
  orderOf,
  type Position,
  readPage,
} from '../records/page.ts'
import { invitationOf } from '../records/rows.ts'
import type { InvitationRow } from '../records/tables.ts'

/**
 * Does any organization wait for this address? As far as the directory has followed, which is enough to let someone in:
 * what comes of an invitation its organization decides. `now` in epoch milliseconds.
 */
export async function hasPendingInvitation(directory: D1Database, email: string, now: number): Promise<boolean> {
  const pending = await drizzle(directory)
    .select({ id: invitations.id })
    .from(invitations)
    .where(isPending(email, now))
    .limit(1)
    .get()
  return pending !== undefined
}

/** Those that wait for this address, the newest first, as far as the directory has followed. */
export async function pendingInvitations(
  directory: D1Database,
  email: string,
  page: Page,
  now: number,
): Promise<Result<Slice<Invitation>, BrokenCursor>> {
  const order: Order = { key: invitations.createdAt, id: invitations.id, descending: true }
  const keyset: Keyset<InvitationRow> = {
    scope: ['invitations of', email],
    keyOf: (row) => row.createdAt,
    idOf: (row) => row.id,
  }
  const fetch = (_: number, position: Position | null, limit: number) =>
    drizzle(directory)
      .select()
      .from(invitations)
      .where(and(isPending(email, now), continues(order, position)))
      .orderBy(...orderOf(order))
      .limit(limit)
      .all()
  return readPage(keyset, page, 1, fetch, invitationOf)
}

/** Which organization has invited the address by this invitation, whatever has become of it; null when none has. */
export async function invitingOrganization(
  directory: D1Database,
  email: string,
  invitationId: string,
): Promise<string | null> {
  const row = await drizzle(directory)
    .select({ organizationId: invitations.organizationId })
    .from(invitations)
    .where(and(eq(invitations.id, invitationId), eq(invitations.email, email)))
    .get()
  return row?.organizationId ?? null
}

const isPending = (email: string, now: number): SQL | undefined =>
  and(eq(invitations.email, email), eq(invitations.status, 'pending'), gt(invitations.expiresAt, now))
