import { inArray, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { erasedAddress } from '../membership/erasure.ts'
import { members } from '../records/directory-tables.ts'

export interface Membership {
  readonly organizationId: string
  readonly userId: string
}

/** Every organization that has a row of these people, those that they have left included; as far as the directory knows. */
export async function membershipsOf(directory: D1Database, userIds: readonly string[]): Promise<Membership[]> {
  const these = sql`(select value from json_each(${JSON.stringify(userIds)}))`
  return drizzle(directory)
    .select({ organizationId: members.organizationId, userId: members.userId })
    .from(members)
    .where(inArray(members.userId, these))
}

/** As far as the directory knows. */
export async function isActiveMember(directory: D1Database, userId: string, organizationId: string): Promise<boolean> {
  const row = await directory
    .prepare("select 1 from members where organization_id = ?1 and user_id = ?2 and status = 'active'")
    .bind(organizationId, userId)
    .first()
  return row !== null
}

export interface Remains extends Membership {
  readonly email: string
}

/**
 * Memberships of people whose accounts were deleted lately: who joined at that very moment was not known here yet, and
 * whoever would have taken them out again may have died.
 */
export async function remainsOfDeleted(directory: D1Database, since: number, limit: number): Promise<Remains[]> {
  const { results } = await directory
    .prepare(
      `select members.organization_id as "organizationId", members.user_id as "userId", members.email
       from environment_events join members on members.user_id = environment_events.target_id
       where environment_events.type = 'user.deleted' and environment_events.occurred_at > ?1
         and members.email <> members.user_id || ?2
       order by environment_events.occurred_at limit ?3`,
    )
    .bind(since, erasedAddress(''), limit)
    .all<Remains>()
  return results
}

/** People whose accounts were deleted since then, the latest first. */
export async function deletedPeople(directory: D1Database, since: number, limit: number): Promise<string[]> {
  const { results } = await directory
    .prepare(
      `select target_id as "userId" from environment_events
       where type = 'user.deleted' and occurred_at > ?1 order by occurred_at desc limit ?2`,
    )
    .bind(since, limit)
    .all<{ userId: string }>()
  return results.map(({ userId }) => userId)
}

export interface AboutPerson {
  readonly id: string
  readonly email: string
  /** Where they were last. */
  readonly lastOrganizationId: string | null
}

/**
 * Every organization that may know something of a person, those first where they may be an owner: their memberships, past
 * ones too, invitations to their address, and what the directory knows before the organization itself has told it.
 */
export async function organizationsAbout(directory: D1Database, person: AboutPerson): Promise<string[]> {
  const { results } = await directory
    .prepare(
      `select id from (
         select organization_id as id, role <> 'owner' as rank from members where user_id = ?1
         union all select organization_id, 1 from invitations where email = ?2
         union all select organization_id, 0 from creation_claims where created_by = ?1
         union all select ?3, 1 where ?3 is not null)
       group by id order by min(rank), id`,
    )
    .bind(person.id, person.email, person.lastOrganizationId)
    .all<{ id: string }>()
  return results.map(({ id }) => id)
}
