import { and, asc, eq, gt, inArray, lt, lte, ne, or, type SQL, sql } from 'drizzle-orm'
import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1'
import { SQLiteAsyncDialect } from 'drizzle-orm/sqlite-core'
import { CLAIM_LIFETIME_MS } from '../membership/organization.ts'
import { creationClaims, slugClaims } from '../records/account-tables.ts'
import { type PageRequest, pageByTime } from '../records/time-page.ts'
import { countWaiting, type Waiting } from '../records/waiting.ts'
import type { Candidates } from './candidates.ts'

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
  /** The person who owns the organization from its first moment, if any. */
  readonly ownerId: string | null
  /** How many organizations the person may have. */
  readonly limit: number
  readonly claimedAt: number
  /** Where the copy of the organization is to be, by the name of the binding. */
  readonly directory: string
}

export type ClaimOutcome =
  /** A repeated call is told the directory that the first one chose. */
  | { readonly outcome: 'claimed'; readonly directory: string }
  | { readonly outcome: 'slug_taken' | 'organization_limit_reached' }

/**
 * Both claims or none: one D1 batch is one transaction, and the second insert depends on the first. Organizations in
 * `uncounted` do not count towards the limit: the directory knows them as deleted. The directory was read before, so an
 * organization that is restored at the same moment is not counted either; its creator then has one more than the limit,
 * just as if it had been restored a moment later.
 */
export async function claimCreation(
  accounts: D1Database,
  claim: CreationClaim,
  uncounted: readonly string[] = [],
): Promise<ClaimOutcome> {
  const { organizationId, slug, createdBy, ownerId, limit, claimedAt, directory } = claim
  const counted = sql`(select count(*) from ${creationClaims}
    where ${creationClaims.createdBy} = ${createdBy} and ${creationClaims.organizationId} <> ${organizationId}
      and ${creationClaims.organizationId} not in (select value from json_each(${JSON.stringify(uncounted)})))`
  const creation = sql`insert into ${creationClaims} (organization_id, created_by, owner_id, directory, claimed_at, confirmed)
    select ${organizationId}, ${createdBy}, ${ownerId}, ${directory}, ${claimedAt}, 0
    where ${createdBy} is null or ${counted} < ${limit}
    on conflict (organization_id) do update set claimed_at = excluded.claimed_at`
  const holdsCreation = sql`exists (select 1 from ${creationClaims} where ${creationClaims.organizationId} = ${organizationId})`
  const slugClaim = sql`insert into ${slugClaims} (slug, organization_id, claimed_at, unsettled_at)
    select ${slug}, ${organizationId}, ${claimedAt}, ${claimedAt} where ${holdsCreation}
    on conflict (slug) do update set claimed_at = excluded.claimed_at, unsettled_at = excluded.unsettled_at
      where organization_id = excluded.organization_id`
  const holder = sql`select ${slugClaims.organizationId} as holder,
      (select directory from ${creationClaims} where ${creationClaims.organizationId} = ${organizationId}) as directory
    from ${slugClaims} where ${slugClaims.slug} = ${slug}`
  const undo = sql`delete from ${creationClaims} where ${creationClaims.organizationId} = ${organizationId}
    and ${creationClaims.confirmed} = 0
    and not exists (select 1 from ${slugClaims} where ${slugClaims.organizationId} = ${organizationId})`
  const [created, , held] = await batch<{ holder: string; directory: string }>(accounts, [
    creation,
    slugClaim,
    holder,
    undo,
  ])
  if (created?.meta.changes === 0) return { outcome: 'organization_limit_reached' }
  const [found] = held?.results ?? []
  return found?.holder === organizationId
    ? { outcome: 'claimed', directory: found.directory }
    : { outcome: 'slug_taken' }
}

/** The organizations that a person has created, deleted ones included. */
export async function creationsOf(accounts: D1Database, createdBy: string): Promise<string[]> {
  const rows = await drizzle(accounts)
    .select({ id: creationClaims.organizationId })
    .from(creationClaims)
    .where(eq(creationClaims.createdBy, createdBy))
  return rows.map(({ id }) => id)
}

/** The organizations that a person has created or was the first owner of, deleted ones included. */
export async function foundingsOf(accounts: D1Database, userId: string): Promise<string[]> {
  const rows = await drizzle(accounts)
    .select({ id: creationClaims.organizationId })
    .from(creationClaims)
    .where(or(eq(creationClaims.createdBy, userId), eq(creationClaims.ownerId, userId)))
  return rows.map(({ id }) => id)
}

/**
 * For a new slug of an organization that exists. `held`: it has claimed it before, perhaps for a change that is under way,
 * so the caller must not release it. The same batch marks every slug of the organization as unsettled: at whichever
 * line the process dies afterwards, the sweep asks the organization which of them it uses.
 */
export async function claimSlug(
  accounts: D1Database,
  slug: string,
  organizationId: string,
  claimedAt: number,
): Promise<'new' | 'held' | 'taken'> {
  const database = drizzle(accounts)
  const isTheirs = eq(slugClaims.organizationId, organizationId)
  const [[renewed], [fresh]] = await database.batch([
    // Always a later time than before, so that the first claimant no longer releases it.
    database
      .update(slugClaims)
      .set({ claimedAt: sql`max(${slugClaims.claimedAt} + 1, ${claimedAt})` })
      .where(and(eq(slugClaims.slug, slug), isTheirs))
      .returning(),
    database.insert(slugClaims).values({ slug, organizationId, claimedAt }).onConflictDoNothing().returning(),
    database
      .update(slugClaims)
      .set({ unsettledAt: sql`max(coalesce(${slugClaims.unsettledAt}, 0) + 1, ${claimedAt})` })
      .where(
        and(
          isTheirs,
          sql`exists (select 1 from slug_claims wanted where wanted.slug = ${slug} and wanted.organization_id = ${organizationId})`,
        ),
      ),
  ])
  if (renewed !== undefined) return 'held'
  return fresh === undefined ? 'taken' : 'new'
}

/**
 * The organization exists: from now on its creation counts for good. The slug that it was created with is settled as well if
 * the organization has claimed no other and has not claimed this one again since: then no change of slug can be under way.
 */
export async function confirmCreation(
  accounts: D1Database,
  organizationId: string,
  created?: { readonly slug: string; readonly claimedAt: number },
): Promise<void> {
  const database = drizzle(accounts)
  const confirm = database
    .update(creationClaims)
    .set({ confirmed: true })
    .where(eq(creationClaims.organizationId, organizationId))
  if (created === undefined) await confirm
  else {
    const { slug, claimedAt: unsettledAt } = created
    const another = sql`select 1 from slug_claims other where other.organization_id = ${organizationId} and other.slug <> ${slug}`
    const settle = settling(database, { slug, organizationId, unsettledAt }, sql`not exists (${another})`)
    await database.batch([confirm, settle])
  }
}

export interface UnsettledSlug {
  readonly slug: string
  readonly organizationId: string
  readonly unsettledAt: number
}

const settling = (database: DrizzleD1Database, { slug, organizationId, unsettledAt }: UnsettledSlug, condition?: SQL) =>
  database
    .update(slugClaims)
    .set({ unsettledAt: null })
    .where(
      and(
        eq(slugClaims.slug, slug),
        eq(slugClaims.organizationId, organizationId),
        eq(slugClaims.unsettledAt, unsettledAt),
        condition,
      ),
    )

/** The organization uses this slug, and has claimed none since `unsettledAt`. */
export async function settleSlug(accounts: D1Database, unsettled: UnsettledSlug): Promise<void> {
  await settling(drizzle(accounts), unsettled)
}

/** Nothing came of it. A claim that was renewed after `claimedUpTo` belongs to another call, and stays. */
export async function releaseCreation(
  accounts: D1Database,
  organizationId: string,
  claimedUpTo: number,
): Promise<void> {
  const database = drizzle(accounts)
  await database.batch([
    database
      .delete(slugClaims)
      .where(and(eq(slugClaims.organizationId, organizationId), lte(slugClaims.claimedAt, claimedUpTo))),
    database
      .delete(creationClaims)
      .where(and(eq(creationClaims.organizationId, organizationId), lte(creationClaims.claimedAt, claimedUpTo))),
  ])
}

/** Releases the claims of an organization that does not exist, unless they are so young that its object may still act on them. */
export const releaseOldClaims = (accounts: D1Database, organizationId: string, now: number): Promise<void> =>
  releaseCreation(accounts, organizationId, now - SWEEP_AFTER_MS)

/** Whether anything is claimed for the organization. */
export async function hasClaims(accounts: D1Database, organizationId: string): Promise<boolean> {
  const row = await accounts
    .prepare(
      `select 1 from creation_claims where organization_id = ?1
       union all select 1 from slug_claims where organization_id = ?1 limit 1`,
    )
    .bind(organizationId)
    .first()
  return row !== null
}

/** The organization is being erased. */
export async function releaseClaims(accounts: D1Database, organizationId: string): Promise<void> {
  await releaseCreation(accounts, organizationId, Number.MAX_SAFE_INTEGER)
}

/** Gives back what the organization no longer goes by, except claims so young that a change may be under way. */
export async function releaseFormerSlugs(
  accounts: D1Database,
  organizationId: string,
  slug: string,
  now: number,
): Promise<void> {
  await drizzle(accounts)
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
  accounts: D1Database,
  slug: string,
  organizationId: string,
  claimedUpTo: number,
): Promise<void> {
  await drizzle(accounts)
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

/** Of those that `openCreations` finds. */
export const countOpenCreations = (accounts: D1Database, now: number): Promise<Waiting> =>
  countWaiting(drizzle(accounts), creationClaims.claimedAt, isLongOpen(now))

/** Organizations with a claim that has been open for long: created after all, or never. The object knows. */
export async function openCreations(accounts: D1Database, now: number, page: PageRequest): Promise<Candidates<string>> {
  const { rows, next } = await pageByTime<{ id: string }>(
    drizzle(accounts),
    {
      time: creationClaims.claimedAt,
      condition: isLongOpen(now),
      columns: sql`${creationClaims.organizationId} as "id"`,
    },
    page,
  )
  return { found: rows.map(({ id }) => id), next }
}

const isLongUnsettled = (now: number) =>
  and(sql`unsettled_at is not null`, lt(slugClaims.unsettledAt, now - SWEEP_AFTER_MS))

/**
 * Organizations that have claimed a slug long ago, and of which it is not known whether they use it. By now the organization
 * acts on none of these claims any more, so what it says holds until it claims another one, and then all are marked again.
 */
export async function organizationsWithUnsettledSlugs(
  accounts: D1Database,
  now: number,
  page: PageRequest,
): Promise<Candidates<string>> {
  const { rows, next } = await pageByTime<{ id: string }>(
    drizzle(accounts),
    {
      time: slugClaims.unsettledAt,
      condition: isLongUnsettled(now),
      columns: sql`${slugClaims.organizationId} as "id"`,
    },
    page,
  )
  return { found: [...new Set(rows.map(({ id }) => id))], next }
}

export interface LongOpenClaims {
  /** When each organization was claimed whose creation is still open, by its id. */
  readonly creations: ReadonlyMap<string, number>
  readonly slugs: readonly (UnsettledSlug & { readonly claimedAt: number })[]
}

/** The claims of these organizations that the two functions above find. */
export async function longOpenClaims(
  accounts: D1Database,
  organizationIds: readonly string[],
  now: number,
): Promise<LongOpenClaims> {
  const database = drizzle(accounts)
  const these = sql`(select value from json_each(${JSON.stringify(organizationIds)}))`
  const { slug, organizationId, claimedAt } = slugClaims
  const [creations, slugs] = await database.batch([
    database
      .select({ id: creationClaims.organizationId, claimedAt: creationClaims.claimedAt })
      .from(creationClaims)
      .where(and(inArray(creationClaims.organizationId, these), isLongOpen(now))),
    database
      .select({ slug, organizationId, claimedAt, unsettledAt: sql<number>`${slugClaims.unsettledAt}` })
      .from(slugClaims)
      .where(and(inArray(slugClaims.organizationId, these), isLongUnsettled(now))),
  ])
  return { creations: new Map(creations.map((claim) => [claim.id, claim.claimedAt])), slugs }
}

/** Who has this slug, and since when. */
export async function slugHolder(
  accounts: D1Database,
  slug: string,
): Promise<{ organizationId: string; claimedAt: number } | null> {
  const row = await drizzle(accounts).select().from(slugClaims).where(eq(slugClaims.slug, slug)).get()
  return row ?? null
}

async function batch<Row>(accounts: D1Database, queries: SQL[]): Promise<D1Result<Row>[]> {
  const dialect = new SQLiteAsyncDialect()
  const statements = queries.map((query) => {
    const { sql: text, params } = dialect.sqlToQuery(query)
    return accounts.prepare(text).bind(...params)
  })
  return accounts.batch<Row>(statements)
}

/** Every organization that was ever created and not erased, in the order of ids: claims outlive the projected tables. */
export async function createdOrganizations(
  accounts: D1Database,
  afterId: string | null,
  limit: number,
): Promise<string[]> {
  const rows = await drizzle(accounts)
    .select({ id: creationClaims.organizationId })
    .from(creationClaims)
    .where(afterId === null ? undefined : gt(creationClaims.organizationId, afterId))
    .orderBy(asc(creationClaims.organizationId))
    .limit(limit)
  return rows.map(({ id }) => id)
}

/** What an organization that exists must hold. */
export interface StandingClaims {
  readonly organizationId: string
  readonly slug: string
  readonly createdBy: string | null
  readonly ownerId: string | null
  readonly directory: string
}

/**
 * Claims again what an organization that exists holds: the database may have been restored to an earlier time. Takes nothing
 * from another organization. Answers which organization holds the slug afterwards.
 */
export async function assertClaims(
  accounts: D1Database,
  { organizationId, slug, createdBy, ownerId, directory }: StandingClaims,
  now: number,
): Promise<string> {
  const creation = sql`insert into ${creationClaims} (organization_id, created_by, owner_id, directory, claimed_at, confirmed)
    values (${organizationId}, ${createdBy}, ${ownerId}, ${directory}, ${now}, 1)
    on conflict (organization_id) do update set confirmed = 1, directory = excluded.directory`
  // Unsettled, because the organization may be about to change its slug: the sweep asks which one it uses.
  const slugClaim = sql`insert into ${slugClaims} (slug, organization_id, claimed_at, unsettled_at)
    values (${slug}, ${organizationId}, ${now}, ${now}) on conflict (slug) do nothing`
  const holder = sql`select ${slugClaims.organizationId} as holder from ${slugClaims} where ${slugClaims.slug} = ${slug}`
  const [, , held] = await batch<{ holder: string }>(accounts, [creation, slugClaim, holder])
  return held?.results[0]?.holder ?? organizationId
}

/** Which of these organizations lack their creation's claim, or that of the slug which the directory knows. */
export async function organizationsWithoutClaims(
  accounts: D1Database,
  organizations: readonly { readonly id: string; readonly slug: string }[],
): Promise<string[]> {
  const pairs = JSON.stringify(organizations.map(({ id, slug }) => [id, slug]))
  const id = sql.raw("json_extract(value, '$[0]')")
  const slug = sql.raw("json_extract(value, '$[1]')")
  const [found] = await batch<{ id: string }>(accounts, [
    sql`select ${id} as id from json_each(${pairs})
      where not exists (select 1 from ${creationClaims} where ${creationClaims.organizationId} = ${id})
        or not exists (select 1 from ${slugClaims}
          where ${slugClaims.slug} = ${slug} and ${slugClaims.organizationId} = ${id})`,
  ])
  return found?.results.map((row) => row.id) ?? []
}
