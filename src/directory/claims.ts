import { and, asc, eq, gt, lt, lte, ne, type SQL, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { SQLiteAsyncDialect } from 'drizzle-orm/sqlite-core'
import { CLAIM_LIFETIME_MS } from '../membership/organization.ts'
import { creationClaims, organizations, slugClaims } from '../records/directory-tables.ts'
import { countWaiting, type Waiting } from '../records/waiting.ts'

/*
 * What must be unique across organizations is decided here, by conditional inserts, before the organization's object is
 * asked. A claim that comes to nothing is released at once, or swept later. The object refuses to act on a claim older
 * than CLAIM_LIFETIME_MS, and the sweep touches only much older ones: so no claim is given away while someone may still
 * act on it.
 */

const SWEEP_AFTER_MS = 10 * CLAIM_LIFETIME_MS

export interface CreationClaim {
  readonly organizationId: string
  readonly slug: string
  /** Null: no person's count; the operator creates. */
  readonly createdBy: string | null
  /** How many organizations the person may have. */
  readonly limit: number
  readonly claimedAt: number
}

export type ClaimOutcome = 'claimed' | 'slug_taken' | 'organization_limit_reached'

/** Both claims or none: one D1 batch is one transaction, and the second insert depends on the first. */
export async function claimCreation(directory: D1Database, claim: CreationClaim): Promise<ClaimOutcome> {
  const { organizationId, slug, createdBy, limit, claimedAt } = claim
  const counted = sql`(select count(*) from ${creationClaims} left join ${organizations}
    on ${organizations.id} = ${creationClaims.organizationId}
    where ${creationClaims.createdBy} = ${createdBy} and ${organizations.deletedAt} is null
      and ${creationClaims.organizationId} <> ${organizationId})`
  const creation = sql`insert into ${creationClaims} (organization_id, created_by, claimed_at, confirmed)
    select ${organizationId}, ${createdBy}, ${claimedAt}, 0
    where ${createdBy} is null or ${counted} < ${limit}
    on conflict (organization_id) do update set claimed_at = excluded.claimed_at`
  const holdsCreation = sql`exists (select 1 from ${creationClaims} where ${creationClaims.organizationId} = ${organizationId})`
  const slugClaim = sql`insert into ${slugClaims} (slug, organization_id, claimed_at)
    select ${slug}, ${organizationId}, ${claimedAt} where ${holdsCreation}
    on conflict (slug) do update set claimed_at = excluded.claimed_at where organization_id = excluded.organization_id`
  const holder = sql`select ${slugClaims.organizationId} as holder from ${slugClaims} where ${slugClaims.slug} = ${slug}`
  const undo = sql`delete from ${creationClaims} where ${creationClaims.organizationId} = ${organizationId}
    and ${creationClaims.confirmed} = 0
    and not exists (select 1 from ${slugClaims} where ${slugClaims.organizationId} = ${organizationId})`
  const [created, , held] = await batch<{ holder: string }>(directory, [creation, slugClaim, holder, undo])
  if (created?.meta.changes === 0) return 'organization_limit_reached'
  return held?.results[0]?.holder === organizationId ? 'claimed' : 'slug_taken'
}

/**
 * For a new slug of an organization that exists. `held`: it has claimed it before, perhaps for a change that is under way,
 * so whoever is told so must not release it.
 */
export async function claimSlug(
  directory: D1Database,
  slug: string,
  organizationId: string,
  claimedAt: number,
): Promise<'new' | 'held' | 'taken'> {
  const database = drizzle(directory)
  const claim = { slug, organizationId, claimedAt }
  const [fresh] = await database.insert(slugClaims).values(claim).onConflictDoNothing().returning()
  if (fresh !== undefined) return 'new'
  // Always a later time than before, so that whoever claimed it first does not release it any more.
  const [renewed] = await database
    .update(slugClaims)
    .set({ claimedAt: sql`max(${slugClaims.claimedAt} + 1, ${claimedAt})` })
    .where(and(eq(slugClaims.slug, slug), eq(slugClaims.organizationId, organizationId)))
    .returning()
  return renewed === undefined ? 'taken' : 'held'
}

/** The organization exists: from now on its creation counts for good. */
export async function confirmCreation(directory: D1Database, organizationId: string): Promise<void> {
  await drizzle(directory)
    .update(creationClaims)
    .set({ confirmed: true })
    .where(eq(creationClaims.organizationId, organizationId))
}

/** Nothing came of it. A claim that was renewed after `claimedUpTo` belongs to another call, and stays. */
export async function releaseCreation(
  directory: D1Database,
  organizationId: string,
  claimedUpTo: number,
): Promise<void> {
  const database = drizzle(directory)
  await database.batch([
    database
      .delete(slugClaims)
      .where(and(eq(slugClaims.organizationId, organizationId), lte(slugClaims.claimedAt, claimedUpTo))),
    database
      .delete(creationClaims)
      .where(and(eq(creationClaims.organizationId, organizationId), lte(creationClaims.claimedAt, claimedUpTo))),
  ])
}

/** Gives back what the organization no longer goes by, except claims so young that a change may be under way. */
export async function releaseFormerSlugs(
  directory: D1Database,
  organizationId: string,
  slug: string,
  now: number,
): Promise<void> {
  await drizzle(directory)
    .delete(slugClaims)
    .where(
      and(
        eq(slugClaims.organizationId, organizationId),
        ne(slugClaims.slug, slug),
        lt(slugClaims.claimedAt, now - 2 * CLAIM_LIFETIME_MS),
      ),
    )
}

/** As with a creation: not if it was claimed again after `claimedUpTo`. */
export async function releaseSlug(
  directory: D1Database,
  slug: string,
  organizationId: string,
  claimedUpTo: number,
): Promise<void> {
  await drizzle(directory)
    .delete(slugClaims)
    .where(
      and(
        eq(slugClaims.slug, slug),
        eq(slugClaims.organizationId, organizationId),
        lte(slugClaims.claimedAt, claimedUpTo),
      ),
    )
}

const isLongOpen = (now: number) => and(sql`confirmed = 0`, lt(creationClaims.claimedAt, now - SWEEP_AFTER_MS))

/** Of those that `openCreations` would find. */
export const countOpenCreations = (directory: D1Database, now: number): Promise<Waiting> =>
  countWaiting(drizzle(directory), creationClaims.claimedAt, isLongOpen(now))

/** Organizations with a claim that has been open for long: created after all, or never. The object knows. */
export async function openCreations(
  directory: D1Database,
  now: number,
  limit: number,
): Promise<{ organizationId: string; claimedAt: number }[]> {
  return drizzle(directory)
    .select({ organizationId: creationClaims.organizationId, claimedAt: creationClaims.claimedAt })
    .from(creationClaims)
    .where(isLongOpen(now))
    .limit(limit)
}

/** Old claims of slugs that their organization does not go by, as far as the directory knows. The object knows better. */
export async function strayedSlugs(
  directory: D1Database,
  now: number,
  limit: number,
): Promise<{ slug: string; organizationId: string; claimedAt: number }[]> {
  return drizzle(directory)
    .select({
      slug: slugClaims.slug,
      organizationId: slugClaims.organizationId,
      claimedAt: slugClaims.claimedAt,
    })
    .from(slugClaims)
    .innerJoin(organizations, eq(organizations.id, slugClaims.organizationId))
    .where(and(ne(organizations.slug, slugClaims.slug), lt(slugClaims.claimedAt, now - SWEEP_AFTER_MS)))
    .limit(limit)
}

/** Who has this slug, and since when. */
export async function slugHolder(
  directory: D1Database,
  slug: string,
): Promise<{ organizationId: string; claimedAt: number } | null> {
  const row = await drizzle(directory).select().from(slugClaims).where(eq(slugClaims.slug, slug)).get()
  return row ?? null
}

async function batch<Row>(directory: D1Database, queries: SQL[]): Promise<D1Result<Row>[]> {
  const dialect = new SQLiteAsyncDialect()
  const statements = queries.map((query) => {
    const { sql: text, params } = dialect.sqlToQuery(query)
    return directory.prepare(text).bind(...params)
  })
  return directory.batch<Row>(statements)
}

/** Every organization that was ever created and not erased, in the order of ids: claims outlive the projected tables. */
export async function createdOrganizations(
  directory: D1Database,
  afterId: string | null,
  limit: number,
): Promise<string[]> {
  const rows = await drizzle(directory)
    .select({ id: creationClaims.organizationId })
    .from(creationClaims)
    .where(afterId === null ? undefined : gt(creationClaims.organizationId, afterId))
    .orderBy(asc(creationClaims.organizationId))
    .limit(limit)
  return rows.map(({ id }) => id)
}
