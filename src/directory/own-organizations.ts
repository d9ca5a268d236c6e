import { and, eq, isNull, ne } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import type { Member } from '../membership/member.ts'
import type { Organization } from '../membership/organization.ts'
import type { Page, Slice } from '../membership/queries.ts'
import type { Result } from '../membership/result.ts'
import { members, organizations } from '../records/directory-tables.ts'
import {
  type BrokenCursor,
  continues,
  type Keyset,
  type Order,
  orderOf,
  type Position,
  readPage,
} from '../records/page.ts'
import { memberOf, organizationOf } from '../records/rows.ts'
import { matchesByName } from '../records/search.ts'
import type { MemberRow, OrganizationRow } from '../records/tables.ts'
import type { Directory } from './directories.ts'
import { mergedRows } from './merged-rows.ts'

export interface Membership {
  readonly organization: Organization
  readonly member: Member
}

export interface MembershipsQuery {
  readonly userId: string
  readonly search: string | null
  readonly page: Page
}

/** Where a person belongs, suspended or not, in the order of names; a moment behind the organizations themselves. */
export async function listOwnOrganizations(
  all: readonly Directory[],
  { userId, search, page }: MembershipsQuery,
): Promise<Result<Slice<Membership>, BrokenCursor>> {
  const order: Order = { key: organizations.nameKey, id: organizations.id, descending: false }
  const keyset: Keyset<Row> = {
    scope: ['memberships', userId, search],
    keyOf: (row) => row.organizations.nameKey,
    idOf: (row) => row.organizations.id,
  }
  const tiers = matchesByName(search, organizations.nameKey, organizations.slug)
  const isTheirs = and(eq(members.userId, userId), ne(members.status, 'removed'), isNull(organizations.deletedAt))
  const fetchFrom = (directory: D1Database) => (tier: number, position: Position | null, limit: number) =>
    drizzle(directory)
      .select()
      .from(members)
      .innerJoin(organizations, eq(organizations.id, members.organizationId))
      .where(and(isTheirs, tiers[tier], continues(order, position)))
      .orderBy(...orderOf(order))
      .limit(limit)
      .all()
  return readPage(keyset, page, tiers.length, mergedRows(all, keyset, order, fetchFrom), membershipOf)
}

interface Row {
  readonly members: MemberRow
  readonly organizations: OrganizationRow
}

const membershipOf = (row: Row): Membership => ({
  organization: organizationOf(row.organizations),
  member: memberOf(row.members),
})
