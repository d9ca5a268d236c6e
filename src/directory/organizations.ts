import { and, eq, inArray, isNull, type SQL } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import type { Organization } from '../membership/organization.ts'
import type { Page, Slice } from '../membership/queries.ts'
import { ok, type Result } from '../membership/result.ts'
import type { Database } from '../records/database.ts'
import { members, organizations, projections } from '../records/directory-tables.ts'
import { after, type BrokenCursor, type Keyset, orderOf, slice } from '../records/page.ts'
import { organizationOf } from '../records/rows.ts'
import { matches } from '../records/search.ts'

export interface OrganizationsQuery {
  readonly search: string | null
  readonly externalId: string | null
  /** Only those that this person belongs to, or this one organization; null for all. */
  readonly of: { readonly userId: string } | { readonly organizationId: string } | null
  readonly page: Page
}

export interface ListedOrganization {
  readonly organization: Organization
  /** As far as the directory has followed. */
  readonly revision: number
}

/** Across organizations, in the order of names; a moment behind the organizations themselves. */
export async function listOrganizations(
  directory: D1Database,
  { search, externalId, of, page }: OrganizationsQuery,
): Promise<Result<Slice<ListedOrganization>, BrokenCursor>> {
  const keyset: Keyset<{ organizations: { nameKey: string; id: string } }> = {
    scope: ['organizations', search, externalId, of],
    key: organizations.nameKey,
    id: organizations.id,
    descending: false,
    keyOf: (row) => row.organizations.nameKey,
    idOf: (row) => row.organizations.id,
  }
  const rest = after(keyset, page)
  if (!rest.ok) return rest
  const database = drizzle(directory) as unknown as Database
  const rows = await database
    .select()
    .from(organizations)
    .innerJoin(projections, eq(projections.organizationId, organizations.id))
    .where(
      and(
        isNull(organizations.deletedAt),
        externalId === null ? undefined : eq(organizations.externalId, externalId),
        belongsTo(database, of),
        matches(search, organizations.nameKey, organizations.slug),
        rest.value,
      ),
    )
    .orderBy(...orderOf(keyset))
    .limit(page.limit + 1)
  return ok(
    slice(rows, keyset, page, (row) => ({
      organization: organizationOf(row.organizations),
      revision: row.projections.projectedRevision,
    })),
  )
}

function belongsTo(database: Database, of: OrganizationsQuery['of']): SQL | undefined {
  if (of === null) return undefined
  if ('organizationId' in of) return eq(organizations.id, of.organizationId)
  const joined = database
    .select({ id: members.organizationId })
    .from(members)
    .where(and(eq(members.userId, of.userId), eq(members.status, 'active')))
  return inArray(organizations.id, joined)
}
