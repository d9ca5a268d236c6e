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

/** Whether any organization has a row of the person, as far as the directory knows: a member now or before. */
export async function hasMembership(directory: D1Database, userId: string): Promise<boolean> {
  return (await directory.prepare('select 1 from members where user_id = ?1 limit 1').bind(userId).first()) !== null
}

export interface Remains extends Membership {
  readonly email: string
}

/** Memberships of these people that still show who they were: of people whose accounts were deleted, none should be left. */
export async function remainsOf(directory: D1Database, userIds: readonly string[], limit: number): Promise<Remains[]> {
  const { results } = await directory
    .prepare(
      `select members.organization_id as "organizationId", members.user_id as "userId", members.email
       from json_each(?1) as deleted join members on members.user_id = deleted.value
       where members.email <> members.user_id || ?2
       order by deleted.key limit ?3`,
    )
    .bind(JSON.stringify(userIds), erasedAddress(''), limit)
    .all<Remains>()
  return results
}

export interface AboutPerson {
  readonly id: string
  readonly email: string
}

/** An organization that may know something of a person. */
export interface Mention {
  readonly organizationId: string
  /** Whether the person may be an owner there. */
  readonly mayOwn: boolean
}

/** By their memberships, past ones too, and by invitations to their address. */
export async function mentionsOf(directory: D1Database, { id, email }: AboutPerson): Promise<Mention[]> {
  const { results } = await directory
    .prepare(
      `select organization_id as "organizationId", max(mayOwn) as "mayOwn" from (
         select organization_id, role = 'owner' as mayOwn from members where user_id = ?1
         union all select organization_id, 0 from invitations where email = ?2)
       group by organization_id`,
    )
    .bind(id, email)
    .all<{ organizationId: string; mayOwn: number }>()
  return results.map(({ organizationId, mayOwn }) => ({ organizationId, mayOwn: mayOwn === 1 }))
}
