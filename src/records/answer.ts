import { and, eq } from 'drizzle-orm'
import { type Authority, missing } from '../membership/authority.ts'
import type { Invitation } from '../membership/invitation.ts'
import type { Organization } from '../membership/organization.ts'
import { permissionToAsk, type Query, type QueryType, type QueryValues } from '../membership/queries.ts'
import type { Rejection } from '../membership/rejection.ts'
import { ok, type Result, refuse } from '../membership/result.ts'
import { builtInRole } from '../membership/roles.ts'
import { seats, type Tally } from '../membership/seats.ts'
import type { Database } from './database.ts'
import { listEvents } from './lists/events.ts'
import { listInvitations } from './lists/invitations.ts'
import { listMembers } from './lists/members.ts'
import { listRoster } from './lists/roster.ts'
import { invitationOf, memberOf } from './rows.ts'
import { invitations, members, roles } from './tables.ts'

export interface Asked {
  readonly database: Database
  readonly organization: Organization
  readonly authority: Authority
  readonly tally: Tally
  readonly now: number
}

type Answer = Result<QueryValues[QueryType], Rejection>

/** Answers a question about one organization, from whichever database it is asked of, if the caller may know. */
export async function answer(asked: Asked, query: Query): Promise<Answer> {
  const permission = permissionToAsk(query)
  const refusal = permission === null ? null : missing(asked.authority, permission)
  if (refusal !== null) return refuse(refusal)
  const { database, organization, now } = asked
  switch (query.type) {
    case 'GetOrganization':
      return ok(organization)
    case 'GetSeats':
      return ok(seats(organization, asked.tally))
    case 'GetMember':
      return getMember(asked, query.memberId)
    case 'ListMembers':
      return listMembers(database, organization.id, query)
    case 'ListRoster':
      return listRoster(database, organization.id, query, now)
    case 'GetInvitation':
      return getInvitation(asked, query.invitationId)
    case 'ListInvitations':
      return listInvitations(database, organization.id, query, now)
    case 'ViewInvitation':
      return viewInvitation(asked, query.invitationId, query.sendNumber)
    case 'ListEvents':
      return listEvents(database, organization.id, query)
  }
}

/** One's own membership needs no permission. */
async function getMember({ database, authority, organization }: Asked, memberId: string): Promise<Answer> {
  const own = authority.member !== null && authority.member.id === memberId ? authority.member : null
  const refusal = own === null ? missing(authority, 'members:read') : null
  if (refusal !== null) return refuse(refusal)
  const row = await database
    .select()
    .from(members)
    .where(and(eq(members.id, memberId), eq(members.organizationId, organization.id)))
    .get()
  return row === undefined ? refuse({ code: 'not_found', resource: 'member' }) : ok(memberOf(row))
}

async function getInvitation(asked: Asked, invitationId: string): Promise<Answer> {
  const invitation = await invitationOfId(asked, invitationId)
  return invitation === null ? refuse({ code: 'not_found', resource: 'invitation' }) : ok(invitation)
}

/** The caller holds a link whose signature the edge has checked; an older one of the same invitation is superseded. */
async function viewInvitation(asked: Asked, invitationId: string, sendNumber: number): Promise<Answer> {
  const invitation = await invitationOfId(asked, invitationId)
  if (invitation === null) return refuse({ code: 'not_found', resource: 'invitation' })
  return ok({
    invitation,
    organizationName: asked.organization.name,
    roleName: await roleName(asked, invitation.role),
    inviter: await inviterName(asked, invitation.invitedBy.id),
    superseded: invitation.sendCount !== sendNumber,
  })
}

async function invitationOfId({ database, organization }: Asked, id: string): Promise<Invitation | null> {
  const isThis = and(eq(invitations.id, id), eq(invitations.organizationId, organization.id))
  const row = await database.select().from(invitations).where(isThis).get()
  return row === undefined ? null : invitationOf(row)
}

async function roleName({ database, organization }: Asked, key: string): Promise<string> {
  const builtIn = builtInRole(key)
  if (builtIn !== undefined) return builtIn.name
  const isThis = and(eq(roles.organizationId, organization.id), eq(roles.key, key))
  const row = await database.select().from(roles).where(isThis).get()
  return row?.name ?? key
}

async function inviterName({ database, organization }: Asked, userId: string | null): Promise<string | null> {
  if (userId === null) return null
  const isThis = and(eq(members.userId, userId), eq(members.organizationId, organization.id))
  const row = await database.select().from(members).where(isThis).get()
  return row === undefined ? null : (row.profile.name ?? row.email)
}
