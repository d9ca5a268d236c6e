import { and, eq, inArray, or } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import type { Caller } from '../membership/actor.ts'
import { authorityOf } from '../membership/authority.ts'
import { personBehind } from '../membership/departure.ts'
import type { Query, QueryValues } from '../membership/queries.ts'
import type { Rejection } from '../membership/rejection.ts'
import { type Result, refuse } from '../membership/result.ts'
import { builtInRole, type Role } from '../membership/roles.ts'
import { answer } from '../records/answer.ts'
import type { Database } from '../records/database.ts'
import { apiKeys, members, organizations, projections, roles } from '../records/directory-tables.ts'
import type { People } from '../records/people.ts'
import { apiKeyOf, memberOf, organizationOf, roleOf } from '../records/rows.ts'

/** Not for seats: counts are the object's own. */
export type NearbyQuery = Extract<Query, { type: 'GetAccess' | 'ListMembers' | 'ListRoster' | 'ListInvitations' }>

/** A directory has no external ids, and indexes for some orders only. The organization answers the rest. */
export const isNearbyQuery = (query: Query): query is NearbyQuery => {
  switch (query.type) {
    case 'GetAccess':
      return true
    case 'ListMembers':
      return query.externalId == null && isNearbySort(query)
    case 'ListRoster':
    case 'ListInvitations':
      return isNearbySort(query)
    default:
      return false
  }
}

const NEARBY_SORTS: readonly string[] = ['name', 'email', 'joined_at', 'date', 'created_at']
const isNearbySort = ({ sort }: { readonly sort: { readonly by: string } }): boolean => NEARBY_SORTS.includes(sort.by)

/** The revision is that of what is shown. */
export type NearbyRead = Result<QueryValues[NearbyQuery['type']], Rejection> & { readonly revision: number }

/**
 * The same answer as the organization's object would give, a moment behind, from the nearest replica of the directory
 * (D1 Sessions API, `first-unconstrained`). Who may know is decided there too, by the same rule. Everything in the answer
 * is of one moment: what decides is read in one batch, which is one transaction. Null: rows arrived meanwhile, or a
 * large change is arriving in several batches. Ask the object then: reading again at once finds the same.
 */
export async function readNearby(
  directory: D1Database,
  organizationId: string,
  caller: Caller,
  query: NearbyQuery,
): Promise<NearbyRead | null> {
  const session = directory.withSession('first-unconstrained')
  const database = drizzle(session as unknown as D1Database)
  const { organization, progress, people, apiKey } = await momentOf(database, organizationId, caller, query)
  if (progress === null) return null
  const { revision, version } = progress
  const now = Date.now()
  const member = caller.type === 'user' ? await people.memberOfUser(caller.userId) : null
  const role = member === null ? null : await people.role(member.role)
  const behind = apiKey === null ? null : personBehind(apiKey)
  const maker = behind === null ? null : await people.membershipOf(behind)
  const authority = authorityOf(caller, { member, role, apiKey, maker }, now)
  if (!authority.ok) return { ...authority, revision }
  if (organization === null || organization.deletedAt !== null) {
    return { ...refuse<Rejection>({ code: 'not_found', resource: 'organization' }), revision }
  }
  const asked = {
    ...{
      database: database as unknown as Database,
      people,
      organizationId,
      authority: authority.value,
      tally: noTally,
      walk: Number.MAX_SAFE_INTEGER,
      now,
    },
    organization: () => organization,
  }
  const answered = (await answer(asked, query)) as Result<QueryValues[NearbyQuery['type']], Rejection>
  const isOneMoment = query.type === 'GetAccess' || !answered.ok
  if (isOneMoment || (await versionNow(database, organizationId)) === version) return { ...answered, revision }
  return null
}

type Directory = ReturnType<typeof drizzle>

/** What decides, as of one moment. */
async function momentOf(database: Directory, organizationId: string, caller: Caller, query: NearbyQuery) {
  const userIds = [
    caller.type === 'user' ? caller.userId : null,
    query.type === 'GetAccess' ? query.userId : null,
  ].filter((id) => id !== null)
  const secretHash = caller.type === 'api_key' ? caller.secretHash : ''
  const isKey = and(eq(apiKeys.secretHash, secretHash), eq(apiKeys.organizationId, organizationId))
  const makerOfKey = database.select({ id: apiKeys.createdById }).from(apiKeys).where(isKey)
  const arePeople = and(
    eq(members.organizationId, organizationId),
    or(inArray(members.userId, userIds), inArray(members.userId, makerOfKey)),
  )
  const theirRoles = database.select({ role: members.role }).from(members).where(arePeople)
  const [[organization], progress, memberRows, roleRows, [apiKey]] = await database.batch([
    database.select().from(organizations).where(eq(organizations.id, organizationId)),
    progressOf(database, organizationId),
    database.select().from(members).where(arePeople),
    database
      .select()
      .from(roles)
      .where(and(eq(roles.organizationId, organizationId), eq(roles.deleted, false), inArray(roles.key, theirRoles))),
    database.select().from(apiKeys).where(isKey),
  ])
  return {
    organization: organization === undefined ? null : organizationOf(organization),
    progress: momentIn(progress),
    people: peopleOf(memberRows.map(memberOf), roleRows.map(roleOf)),
    apiKey: apiKey === undefined ? null : apiKeyOf(apiKey),
  }
}

const peopleOf = (found: readonly ReturnType<typeof memberOf>[], custom: readonly Role[]): People => {
  const memberOfUser = (userId: string) => found.find((member) => member.userId === userId) ?? null
  return {
    memberOfUser,
    membershipOf: memberOfUser,
    role: (key) => builtInRole(key) ?? custom.find((role) => role.key === key) ?? null,
  }
}

const progressOf = (database: Directory, organizationId: string) =>
  database
    .select({ head: projections.headVersion, projected: projections.projectedVersion, revision: projections.revision })
    .from(projections)
    .where(eq(projections.organizationId, organizationId))

/** Zeros before anything has arrived. Null while a large change has arrived only in part. */
function momentIn([progress]: Awaited<ReturnType<typeof progressOf>>): { revision: number; version: number } | null {
  if (progress === undefined) return { revision: 0, version: 0 }
  const { head, projected, revision } = progress
  return head === projected ? { revision, version: projected } : null
}

const versionNow = async (database: Directory, organizationId: string): Promise<number | undefined> =>
  momentIn(await progressOf(database, organizationId))?.version

const noTally = () => {
  throw new Error('Seats are counted by the organization itself')
}
