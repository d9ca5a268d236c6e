import { and, asc, desc, eq, isNull } from 'drizzle-orm'
import { type Access, accessOf } from '../membership/access.ts'
import { type Authority, missing, missingOperator } from '../membership/authority.ts'
import { makerProblem } from '../membership/departure.ts'
import { type Invitation, isOpen } from '../membership/invitation.ts'
import type { Member } from '../membership/member.ts'
import type { Organization } from '../membership/organization.ts'
import { lastOwner } from '../membership/ownership.ts'
import type { Permission } from '../membership/permissions.ts'
import {
  type EventFilter,
  type Page,
  permissionToAsk,
  type Query,
  type QueryType,
  type QueryValues,
  type RosterFilter,
  type Team,
} from '../membership/queries.ts'
import type { Rejection } from '../membership/rejection.ts'
import { ok, type Result, refuse } from '../membership/result.ts'
import { BUILT_IN_ROLES } from '../membership/roles.ts'
import { seats, type Tally } from '../membership/seats.ts'
import type { Database } from './database.ts'
import { listEvents } from './lists/events.ts'
import { listInvitations } from './lists/invitations.ts'
import { listMembers } from './lists/members.ts'
import { listRoster } from './lists/roster.ts'
import { namesIn } from './names.ts'
import type { People } from './people.ts'
import type { LogEntryHash } from './projection.ts'
import { apiKeyOf, invitationOf, memberOf, roleOf } from './rows.ts'
import { apiKeys, invitations, members, roles } from './tables.ts'
import { verifyStretch } from './verification.ts'
import { wantedMails } from './wanted-mails.ts'

export interface Asked {
  readonly database: Database
  readonly people: People
  readonly organizationId: string
  /** Read when a question is about it, which the hottest ones are not. */
  readonly organization: () => Organization
  readonly authority: Authority
  readonly tally: () => Tally
  /** Absent in the directory, which has no log. */
  readonly logHead?: () => LogEntryHash
  /** How many rows a page of a filtered list looks at, at most. */
  readonly walk: number
  readonly now: number
}

type Answer<T extends QueryType = QueryType> = Result<QueryValues[T], Rejection>

/** Answers a question about one organization, from whichever database it is asked of, if the caller may know. */
export async function answer(asked: Asked, query: Query): Promise<Answer> {
  const permission = permissionToAsk(query)
  const refusal = permission === null ? null : missing(asked.authority, permission)
  if (refusal !== null) return refuse(refusal)
  const { database, organizationId, now } = asked
  switch (query.type) {
    case 'GetOrganization':
      return ok(asked.organization())
    case 'GetSeats':
      return ok(seats(asked.organization(), asked.tally()))
    case 'GetMember': {
      const found = await visibleMember(asked, query.memberId, 'members:read')
      return found.ok ? ok(withoutIds(asked, found.value)) : found
    }
    case 'ListMembers': {
      const hidden = query.externalId == null ? null : missing(asked.authority, 'members:manage')
      if (hidden !== null) return refuse(hidden)
      const listed = await listMembers(database, organizationId, query, asked.walk)
      if (!listed.ok) return listed
      return ok({ ...listed.value, items: listed.value.items.map((member) => withoutIds(asked, member)) })
    }
    case 'ListRoster':
      return listRoster(database, organizationId, query, now, asked.walk)
    case 'ViewTeam':
      return viewTeam(asked, query.roster)
    case 'ViewMember':
      return viewMember(asked, query.memberId, query.activity)
    case 'GetInvitation':
      return getInvitation(asked, query.invitationId)
    case 'ListInvitations':
      return listInvitations(database, organizationId, query, now, asked.walk)
    case 'ViewInvitation':
      return viewInvitation(asked, query.invitationId, query.sendNumber)
    case 'ListWantedMails': {
      const notSystem = missingOperator(asked.authority)
      return notSystem === null
        ? ok(await wantedMails(database, asked.organization(), query.mails, now))
        : refuse(notSystem)
    }
    case 'ListEvents':
      return listEvents(database, organizationId, query, asked.walk)
    case 'ViewEvents':
      return viewEvents(asked, query)
    case 'ListActivity':
      return listActivity(asked, query.memberId, query.page)
    case 'VerifyEvents':
      return ok(await verifyStretch(database, organizationId, query, headOf(asked)))
    case 'GetLastOwnership': {
      const member = await asked.people.memberOfUser(query.userId)
      const isLastOwner = member !== null && lastOwner(member, asked.tally()) !== null
      return ok({ isLastOwner, organizationName: asked.organization().name })
    }
    case 'GetAccess':
      return getAccess(asked, query.userId, query.permission)
    case 'CheckAccess':
      return checkAccess(asked, query.checks)
    case 'GetRole': {
      const role = await asked.people.role(query.key)
      return role === null ? refuse({ code: 'not_found', resource: 'role' }) : ok(role)
    }
    case 'ListRoles':
      return ok(await allRoles(asked))
    case 'GetApiKey':
      return getApiKey(asked, query.keyId)
    case 'ListApiKeys':
      return ok(await listApiKeys(asked))
    case 'ViewApiKeys':
      return ok(await viewApiKeys(asked))
  }
}

function headOf({ logHead }: Asked): LogEntryHash {
  if (logHead === undefined) throw new Error('The log is in the organization itself')
  return logHead()
}

/** External ids may be payroll numbers: only callers who manage members see them. */
const withoutIds = ({ authority }: Asked, member: Member): Member =>
  authority.permissions.has('members:manage') ? member : { ...member, externalIds: {} }

/** One's own membership needs no permission. */
async function visibleMember(asked: Asked, memberId: string, permission: Permission): Promise<Answer<'GetMember'>> {
  const { database, authority, organizationId } = asked
  const refusal = authority.member?.id === memberId ? null : missing(authority, permission)
  if (refusal !== null) return refuse(refusal)
  const isThis = and(eq(members.id, memberId), eq(members.organizationId, organizationId))
  const row = await database.select().from(members).where(isThis).get()
  return row === undefined ? refuse({ code: 'not_found', resource: 'member' }) : ok(memberOf(row))
}

async function viewTeam(asked: Asked, filter: RosterFilter | null): Promise<Answer<'ViewTeam'>> {
  const { database, organizationId, now } = asked
  const listed = filter === null ? ok(null) : await listRoster(database, organizationId, filter, now, asked.walk)
  return listed.ok ? ok({ ...(await teamOf(asked)), roster: listed.value }) : listed
}

/** What they did is for those who read the audit log, and for themselves. */
async function viewMember(asked: Asked, memberId: string, page: Page | null): Promise<Answer<'ViewMember'>> {
  const member = await visibleMember(asked, memberId, 'members:read')
  if (!member.ok) return member
  const activity = page === null ? null : await listActivity(asked, memberId, page)
  if (activity?.ok === false && activity.error.code !== 'forbidden') return activity
  const events = activity?.ok ? activity.value.events : null
  const names = await namesIn(asked.database, asked.organizationId, events?.items ?? [])
  return ok({ ...(await teamOf(asked)), member: member.value, activity: events, names })
}

async function viewEvents(asked: Asked, filter: EventFilter): Promise<Answer<'ViewEvents'>> {
  const { database, organizationId } = asked
  const listed = await listEvents(database, organizationId, filter, asked.walk)
  if (!listed.ok) return listed
  const wanted = [filter.actorId, filter.targetId].filter((id) => id !== null)
  const names = await namesIn(database, organizationId, listed.value.items, wanted)
  return ok({ events: listed.value, names, roles: await allRoles(asked) })
}

async function teamOf(asked: Asked): Promise<Team> {
  const [organization, tally] = [asked.organization(), asked.tally()]
  const { activeOwners } = tally
  return { organization, roles: await allRoles(asked), seats: seats(organization, tally), activeOwners }
}

async function listActivity(asked: Asked, memberId: string, page: Page): Promise<Answer<'ListActivity'>> {
  const member = await visibleMember(asked, memberId, 'audit_log:read')
  if (!member.ok) return member
  const caused = {
    type: 'ListEvents',
    types: [],
    actorId: member.value.userId,
    targetId: null,
    from: null,
    to: null,
    afterSeq: null,
    page,
  } as const
  const listed = await listEvents(asked.database, asked.organizationId, caused, asked.walk)
  return listed.ok ? ok({ member: member.value, events: listed.value }) : listed
}

async function getInvitation(asked: Asked, invitationId: string): Promise<Answer<'GetInvitation'>> {
  const invitation = await invitationOfId(asked, invitationId)
  return invitation === null ? refuse({ code: 'not_found', resource: 'invitation' }) : ok(invitation)
}

/** The caller holds a link whose signature the edge has checked; an older one of the same invitation is superseded. */
async function viewInvitation(
  asked: Asked,
  invitationId: string,
  sendNumber: number,
): Promise<Answer<'ViewInvitation'>> {
  const invitation = await invitationOfId(asked, invitationId)
  if (invitation === null) return refuse({ code: 'not_found', resource: 'invitation' })
  const role = await asked.people.role(invitation.role)
  const inviter =
    invitation.invitedBy.type === 'user' ? await asked.people.memberOfUser(invitation.invitedBy.id ?? '') : null
  const maker = invitation.makerId === null ? null : await asked.people.memberOfUser(invitation.makerId)
  const held = maker === null ? null : await asked.people.role(maker.role)
  const problem = isOpen(invitation, asked.now) ? makerProblem(invitation, role, { member: maker, role: held }) : null
  return ok({
    invitation: problem?.code === 'invitation_canceled' ? { ...invitation, status: 'canceled' } : invitation,
    organizationName: asked.organization().name,
    roleName: role?.name ?? invitation.role,
    inviter: inviter && nameOf(inviter),
    superseded: invitation.sendCount !== sendNumber,
    ...((await isOfFormerMember(asked, invitation)) && { formerMember: true }),
    ...(problem?.code === 'maker_suspended' && { onHold: true }),
  })
}

async function isOfFormerMember({ database, organizationId }: Asked, { memberId }: Invitation): Promise<boolean> {
  if (memberId === null) return false
  const isThis = and(eq(members.id, memberId), eq(members.organizationId, organizationId))
  const row = await database.select({ status: members.status }).from(members).where(isThis).get()
  return row?.status === 'removed'
}

const nameOf = (member: Member): string => member.profile.name ?? member.email

async function invitationOfId({ database, organizationId }: Asked, id: string): Promise<Invitation | null> {
  const isThis = and(eq(invitations.id, id), eq(invitations.organizationId, organizationId))
  const row = await database.select().from(invitations).where(isThis).get()
  return row === undefined ? null : invitationOf(row)
}

/** A person may always ask about themselves; about others it takes `members:read`. */
async function getAccess(
  asked: Asked,
  userId: string | null,
  permission: Permission | null,
): Promise<Answer<'GetAccess'>> {
  const { authority } = asked
  const self = authority.actor.type === 'user' ? authority.actor.id : null
  const about = userId ?? self
  if (about === null) return refuse({ code: 'invalid', path: 'user_id', message: 'Name the person to ask about.' })
  const isOwn = about === self && authority.member !== null
  const refusal = isOwn ? null : missing(authority, 'members:read')
  return refusal === null ? ok(await access(asked, about, permission)) : refuse(refusal)
}

async function checkAccess(
  asked: Asked,
  checks: readonly { userId: string; permission: Permission }[],
): Promise<Answer<'CheckAccess'>> {
  const { authority } = asked
  const onlySelf = authority.member !== null && checks.every(({ userId }) => userId === authority.actor.id)
  const refusal = onlySelf ? null : missing(authority, 'members:read')
  if (refusal !== null) return refuse(refusal)
  const answers: Access[] = []
  for (const { userId, permission } of checks) answers.push(await access(asked, userId, permission))
  return ok(answers)
}

async function access({ people }: Asked, userId: string, permission: Permission | null): Promise<Access> {
  const membership = await people.membershipOf(userId)
  const role = membership === null ? null : await people.role(membership.role)
  return accessOf(userId, membership, role, permission)
}

const allRoles = async (asked: Asked): Promise<QueryValues['ListRoles']> => [
  ...BUILT_IN_ROLES,
  ...(await customRoles(asked)),
]

async function customRoles({ database, organizationId }: Asked): Promise<QueryValues['ListRoles']> {
  const mine = and(eq(roles.organizationId, organizationId), eq(roles.deleted, false))
  return (await database.select().from(roles).where(mine).orderBy(asc(roles.key)).all()).map(roleOf)
}

/** A revoked key is no longer shown. */
async function getApiKey({ database, organizationId }: Asked, id: string): Promise<Answer<'GetApiKey'>> {
  const isThis = and(eq(apiKeys.id, id), eq(apiKeys.organizationId, organizationId), isNull(apiKeys.revokedAt))
  const row = await database.select().from(apiKeys).where(isThis).get()
  return row === undefined ? refuse({ code: 'not_found', resource: 'api_key' }) : ok(apiKeyOf(row))
}

async function listApiKeys({ database, organizationId }: Asked): Promise<QueryValues['ListApiKeys']> {
  const mine = and(eq(apiKeys.organizationId, organizationId), isNull(apiKeys.revokedAt))
  const rows = await database
    .select()
    .from(apiKeys)
    .where(mine)
    .orderBy(desc(apiKeys.createdAt), desc(apiKeys.id))
    .all()
  return rows.map(apiKeyOf)
}

async function viewApiKeys(asked: Asked): Promise<QueryValues['ViewApiKeys']> {
  const apiKeys = await listApiKeys(asked)
  const makers = apiKeys.flatMap(({ createdBy: { type, id } }) => (type === 'user' ? (id ?? []) : []))
  return { apiKeys, names: await namesIn(asked.database, asked.organizationId, [], makers) }
}
