import { type Context, Hono } from 'hono'
import { attributeDefinitions } from '../../accounts/attributes.ts'
import { findOrCreateUser, getUser, personOf } from '../../accounts/users.ts'
import { ListActivity } from '../../contract/events.ts'
import { AddMember, Departing, ListMembers, ListRoster, UpdateMember } from '../../contract/members.ts'
import { TransferOwnership } from '../../contract/organizations.ts'
import { filtersFromText } from '../../membership/attributes.ts'
import { followSinceRead } from '../../onboarding/follow-accounts.ts'
import { operatorOf } from '../authentication.ts'
import type { HttpEnvironment } from '../environment.ts'
import { describe } from '../openapi/description.ts'
import * as operation from '../openapi/operations/members.ts'
import { execute, organization, read, refuseMisplacedCall } from '../organization-call.ts'
import * as present from '../present.ts'
import { problem } from '../problems.ts'
import { body, noBody, query } from '../validation.ts'

export const members = new Hono<HttpEnvironment>()

const shownMember = async (c: Context<HttpEnvironment>) => present.member(await attributeDefinitions(c.env.ACCOUNTS))

members.get('/roster', describe(operation.listRoster), query(ListRoster), async (c) => {
  const {
    limit,
    cursor = null,
    status: statuses,
    role = null,
    query: search = null,
    attribute: texts = [],
    sort,
    consistency,
  } = c.req.valid('query')
  const definitions = await attributeDefinitions(c.env.ACCOUNTS)
  const filters = filtersFromText(definitions, texts)
  if (!filters.ok) return problem(c, filters.error)
  const list = {
    type: 'ListRoster',
    statuses,
    role,
    search,
    attributes: filters.value,
    sort,
    page: { limit, cursor },
  } as const
  const shown = present.rosterEntry(definitions)
  return read(c, list, (slice) => present.list(slice, shown), consistency)
})

members.get('/members', describe(operation.listMembers), query(ListMembers), async (c) => {
  const {
    limit,
    cursor = null,
    status: statuses,
    role = null,
    external_id: externalId = null,
    query: search = null,
    attribute: texts = [],
    sort,
    consistency,
  } = c.req.valid('query')
  const definitions = await attributeDefinitions(c.env.ACCOUNTS)
  const filters = filtersFromText(definitions, texts)
  if (!filters.ok) return problem(c, filters.error)
  const list = {
    type: 'ListMembers',
    statuses,
    role,
    externalId,
    search,
    attributes: filters.value,
    sort,
    page: { limit, cursor },
  } as const
  const shown = present.member(definitions)
  return read(c, list, (slice) => present.list(slice, shown), consistency)
})

members.post('/members', describe(operation.addMember), body(AddMember), async (c) => {
  const { user_id, email, role, profile, external_id, active } = c.req.valid('json')
  const refusal = await refuseMisplacedCall(c)
  if (refusal !== null) return refusal
  const user =
    user_id === undefined
      ? await findOrCreateUser(c.env.ACCOUNTS, email ?? '', profile.name ?? null, operatorOf(c))
      : await getUser(c.env.ACCOUNTS, user_id)
  if (user === null || user.closingAt !== null) {
    const path = user_id === undefined ? 'email' : 'user_id'
    return problem(c, { code: 'invalid', path, message: 'There is no such user.' })
  }
  const person = personOf(user)
  const named = external_id === undefined ? {} : { externalId: external_id }
  const add = { type: 'AddMember', person, role, source: 'added', profile, active, ...named } as const
  const answer = await execute(c, add, await shownMember(c), 201)
  if (answer.ok) await followSinceRead(c.env, organization(c).id, user)
  return answer
})

members.get('/members/:member', describe(operation.getMember), async (c) =>
  read(c, { type: 'GetMember', memberId: c.req.param('member') }, await shownMember(c)),
)

members.patch('/members/:member', describe(operation.updateMember), query(Departing), body(UpdateMember), async (c) => {
  const { role, profile } = c.req.valid('json')
  const { dry_run: isPreview, keep } = c.req.valid('query')
  const memberId = c.req.param('member')
  const kept = keep === undefined ? {} : { keep }
  const newRole = role === undefined ? {} : { role }
  if (isPreview) {
    if (role === undefined) return problem(c, { code: 'invalid', path: 'role', message: 'Name the role to preview.' })
    return execute(c, { type: 'PreviewDeparture', memberId, ...newRole, ...kept }, present.departure)
  }
  const changes = { ...newRole, ...(profile === undefined ? {} : { profile }), ...kept }
  return execute(c, { type: 'UpdateMember', memberId, ...changes }, await shownMember(c))
})

members.delete('/members/:member', describe(operation.removeMember), query(Departing), noBody, (c) => {
  const { dry_run: isPreview, keep } = c.req.valid('query')
  const which = { memberId: c.req.param('member'), ...(keep === undefined ? {} : { keep }) }
  if (isPreview) return execute(c, { type: 'PreviewDeparture', ...which }, present.departure)
  return execute(c, { type: 'RemoveMember', ...which }, () => null)
})

members.post('/members/:member/suspend', describe(operation.suspendMember), noBody, async (c) =>
  execute(c, { type: 'SuspendMember', memberId: c.req.param('member') }, await shownMember(c)),
)

members.post('/members/:member/reactivate', describe(operation.reactivateMember), noBody, async (c) =>
  execute(c, { type: 'ReactivateMember', memberId: c.req.param('member') }, await shownMember(c)),
)

members.get('/members/:member/activity', describe(operation.listActivity), query(ListActivity), (c) => {
  const { limit, cursor = null } = c.req.valid('query')
  const activity = { type: 'ListActivity', memberId: c.req.param('member'), page: { limit, cursor } } as const
  return read(c, activity, ({ member, events }) => ({
    object: 'activity',
    member_id: member.id,
    joined_at: present.shown(member.joinedAt),
    last_sign_in_at: present.shownOrNull(member.lastSignInAt),
    events: present.list(events, present.event),
  }))
})

members.post('/ownership-transfer', describe(operation.transferOwnership), body(TransferOwnership), async (c) =>
  execute(c, { type: 'TransferOwnership', memberId: c.req.valid('json').member_id }, await shownMember(c)),
)

members.post('/leave', describe(operation.leaveOrganization), noBody, (c) => execute(c, { type: 'Leave' }, () => null))
