import { inArray, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
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
