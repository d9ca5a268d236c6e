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
import { askAll, type Directory } from './directories.ts'
import { mergedRows } from './merged-rows.ts'

/**
 * Does any organization wait for this address? As far as the directory has followed, which is enough to let someone in:
 * what comes of an invitation its organization decides. `now` in epoch milliseconds.
 */
export async function hasPendingInvitation(all: readonly Directory[], email: string, now: number): Promise<boolean> {
  const pending = await askAll(all, (directory) =>
    drizzle(directory).select({ id: invitations.id }).from(invitations).where(isPending(email, now)).limit(1).get(),
  )
  return pending.some((found) => found !== undefined)
}

/** Those that wait for this address, the newest first, as far as the directory has followed. */
export async function pendingInvitations(
  all: readonly Directory[],
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
  const fetchFrom = (directory: D1Database) => (_: number, position: Position | null, limit: number) =>
    drizzle(directory)
      .select()
      .from(invitations)
      .where(and(isPending(email, now), continues(order, position)))
      .orderBy(...orderOf(order))
      .limit(limit)
      .all()
  return readPage(keyset, page, 1, mergedRows(all, keyset, order, fetchFrom), invitationOf)
}

/** Which organization has invited the address by this invitation, whatever has become of it; null when none has. */
export async function invitingOrganization(
  all: readonly Directory[],
  email: string,
  invitationId: string,
): Promise<string | null> {
  const rows = await askAll(all, (directory) =>
    drizzle(directory)
      .select({ organizationId: invitations.organizationId })
      .from(invitations)
      .where(and(eq(invitations.id, invitationId), eq(invitations.email, email)))
      .get(),
  )
  return rows.find((row) => row !== undefined)?.organizationId ?? null
}

const isPending = (email: string, now: number): SQL | undefined =>
  and(eq(invitations.email, email), eq(invitations.status, 'pending'), gt(invitations.expiresAt, now))
