import { eq } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import type { Caller } from '../membership/actor.ts'
import type { ApiKey } from '../membership/api-key.ts'
import { authorityOf } from '../membership/authority.ts'
import type { Query, QueryType, QueryValues } from '../membership/queries.ts'
import type { Rejection } from '../membership/rejection.ts'
import { type Result, refuse } from '../membership/result.ts'
import { answer } from '../records/answer.ts'
import type { Database } from '../records/database.ts'
import { apiKeys, organizations, projections } from '../records/directory-tables.ts'
import { peopleIn } from '../records/people.ts'
import { apiKeyOf, organizationOf } from '../records/rows.ts'

export type NearbyRead = Result<QueryValues[QueryType], Rejection> & { readonly revision: number }

/**
 * The same answer as the organization's object would give, a moment behind, from the nearest replica of the directory
 * (D1 Sessions API, `first-unconstrained`). Who may know is decided there too, by the same rule. Not for seats: counts
 * are the object's own.
 */
export async function readNearby(
  directory: D1Database,
  organizationId: string,
  caller: Caller,
  query: Query,
): Promise<NearbyRead> {
  const session = directory.withSession('first-unconstrained')
  const database = drizzle(session as unknown as D1Database) as unknown as Database
  const people = peopleIn(database, organizationId)
  const [found, member, apiKey] = await Promise.all([
    database
      .select()
      .from(organizations)
      .innerJoin(projections, eq(projections.organizationId, organizations.id))
      .where(eq(organizations.id, organizationId))
      .get(),
    caller.type === 'user' ? people.memberOfUser(caller.userId) : null,
    caller.type === 'api_key' ? apiKeyOfSecret(database, caller.secretHash) : null,
  ])
  const revision = found?.projections.projectedRevision ?? 0
  const now = Date.now()
  const role = member === null ? null : await people.role(member.role)
  const ofThis = apiKey?.organizationId === organizationId ? apiKey : null
  const authority = authorityOf(caller, { member, role, apiKey: ofThis }, now)
  if (authority === null) return { ...refuse<Rejection>({ code: 'unauthenticated' }), revision }
  if (found === undefined || found.organizations.deletedAt !== null) {
    return { ...refuse<Rejection>({ code: 'not_found', resource: 'organization' }), revision }
  }
  const organization = () => organizationOf(found.organizations)
  const asked = { database, people, organizationId, organization, authority, tally: noTally, now }
  return { ...(await answer(asked, query)), revision }
}

async function apiKeyOfSecret(database: Database, secretHash: string): Promise<ApiKey | null> {
  const row = await database.select().from(apiKeys).where(eq(apiKeys.secretHash, secretHash)).get()
  return row === undefined ? null : apiKeyOf(row)
}

const noTally = () => {
  throw new Error('Seats are counted by the organization itself')
}
