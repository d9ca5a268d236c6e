import { and, asc, eq, gt, inArray, isNull, type SQL, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import type { Organization } from '../membership/organization.ts'
import type { Page, Slice } from '../membership/queries.ts'
import type { Result } from '../membership/result.ts'
import type { Database } from '../records/database.ts'
import { members, organizations, projections } from '../records/directory-tables.ts'
import {
  type BrokenCursor,
  continues,
  type Keyset,
  type Order,
  orderOf,
  type Position,
  readPage,
} from '../records/page.ts'
import { organizationOf } from '../records/rows.ts'
import { hasText, matchesByName } from '../records/search.ts'
import type { OrganizationRow } from '../records/tables.ts'
import { askAllForList, type Directory } from './directories.ts'
import { mergedRows } from './merged-rows.ts'

export interface OrganizationsQuery {
  readonly search: string | null
  readonly externalId: string | null
  /** Only those that this person belongs to, or this one organization; null for all. */
  readonly of: { readonly userId: string } | { readonly organizationId: string } | null
  /** Those that are deleted and can still be restored, instead of those that are there. */
  readonly deleted?: boolean
  readonly page: Page
}

export interface ListedOrganization {
  readonly organization: Organization
  /** As far as the directory has followed. */
  readonly revision: number
}

/** Every organization that the directory knows, in the order of ids. */
export function organizationsAfter(
  directory: D1Database,
  afterId: string | null,
  limit: number,
): Promise<{ readonly id: string; readonly slug: string }[]> {
  return drizzle(directory)
    .select({ id: organizations.id, slug: organizations.slug })
    .from(organizations)
    .where(afterId === null ? undefined : gt(organizations.id, afterId))
    .orderBy(asc(organizations.id))
    .limit(limit)
}

/** Across organizations of all directories, in the order of names; a moment behind the organizations themselves. */
export async function listOrganizations(
  all: readonly Directory[],
  { search, externalId, of, deleted = false, page }: OrganizationsQuery,
): Promise<Result<Slice<ListedOrganization>, BrokenCursor>> {
  const order: Order = { key: organizations.nameKey, id: organizations.id, descending: false }
  const keyset: Keyset<Row> = {
    scope: ['organizations', search, externalId, of, deleted],
    keyOf: (row) => row.organizations.nameKey,
    idOf: (row) => row.organizations.id,
  }
  const tiers = matchesByName(search, organizations.nameKey, organizations.slug)
  const fetchFrom = (directory: D1Database) => (tier: number, position: Position | null, limit: number) => {
    const database = drizzle(directory) as unknown as Database
    return database
      .select()
      .from(organizations)
      .innerJoin(projections, eq(projections.organizationId, organizations.id))
      .where(
        and(
          deleted ? sql`deleted_at is not null` : isNull(organizations.deletedAt),
          externalId === null ? undefined : eq(organizations.externalId, externalId),
          belongsTo(database, of),
          tiers[tier],
          continues(order, position),
        ),
      )
      .orderBy(...orderOf(order))
      .limit(limit)
      .all()
  }
  return readPage(keyset, page, tiers.length, mergedRows(all, keyset, order, fetchFrom), listed)
}

/** Whether a list with this search and filter has the organization. */
export const isFound = ({ name, slug, externalId }: Organization, search: string | null, wanted: string | null) =>
  (wanted === null || externalId === wanted) && hasText(search, name, slug)

/** Deleted or not, as far as the directory has followed. */
export async function knownOrganization(directory: D1Database, id: string): Promise<Organization | null> {
  const row = await drizzle(directory).select().from(organizations).where(eq(organizations.id, id)).get()
  return row === undefined ? null : organizationOf(row)
}

/** Those of these organizations that are deleted, as far as the directory has followed. */
export async function deletedAmong(all: readonly Directory[], organizationIds: readonly string[]): Promise<string[]> {
  const isDeleted = and(inArray(organizations.id, anyOf(organizationIds)), sql`${organizations.deletedAt} is not null`)
  const rows = await askAllForList(all, (directory) =>
    drizzle(directory).select({ id: organizations.id }).from(organizations).where(isDeleted),
  )
  return rows.map(({ id }) => id)
}

/** As one parameter, however many there are: a statement takes 100. */
const anyOf = (ids: readonly string[]): SQL => sql`(select value from json_each(${JSON.stringify(ids)}))`

interface Row {
  readonly organizations: OrganizationRow
  readonly projections: typeof projections.$inferSelect
}

const listed = (row: Row): ListedOrganization => ({
  organization: organizationOf(row.organizations),
  revision: row.projections.revision,
})

function belongsTo(database: Database, of: OrganizationsQuery['of']): SQL | undefined {
  if (of === null) return undefined
  if ('organizationId' in of) return eq(organizations.id, of.organizationId)
  const joined = database
    .select({ id: members.organizationId })
    .from(members)
    .where(and(eq(members.userId, of.userId), eq(members.status, 'active')))
  return inArray(organizations.id, joined)
}
