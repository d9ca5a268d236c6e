import { Hono } from 'hono'
import { typeid } from 'typeid-js'
import { findOrCreateUser, getUser } from '../../accounts/users.ts'
import { AddMember, ListMembers, ListRoster, UpdateMember } from '../../contract/members.ts'
import type { HttpEnvironment } from '../environment.ts'
import { execute, read } from '../organization-call.ts'
import * as present from '../present.ts'
import { problem } from '../problems.ts'
import { body, noBody, query } from '../validation.ts'

export const members = new Hono<HttpEnvironment>()

members.get('/roster', query(ListRoster), (c) => {
  const { limit, cursor = null, status: statuses, role = null, query: search = null, sort } = c.req.valid('query')
  const list = { type: 'ListRoster', statuses, role, search, sort, page: { limit, cursor } } as const
  return read(c, list, (slice) => present.list(slice, present.rosterEntry))
})

members.get('/members', query(ListMembers), (c) => {
  const { limit, cursor = null, status: statuses, role = null, query: search = null, sort } = c.req.valid('query')
  const list = { type: 'ListMembers', statuses, role, search, sort, page: { limit, cursor } } as const
  return read(c, list, (slice) => present.list(slice, present.member))
})

members.post('/members', body(AddMember), async (c) => {
  const { user_id, email, role, profile } = c.req.valid('json')
  if (c.var.credential.caller.type !== 'operator') return problem(c, { code: 'forbidden', permission: 'operator' })
  const user =
    user_id === undefined
      ? await findOrCreateUser(c.env.DIRECTORY, email ?? '', profile.name ?? null)
      : await getUser(c.env.DIRECTORY, user_id)
  if (user === null) return problem(c, { code: 'invalid', path: 'user_id', message: 'There is no such user.' })
  const person = { memberId: typeid('mem').toString(), userId: user.id, email: user.email, name: user.name }
  return execute(c, { type: 'AddMember', person, role, source: 'added', profile }, present.member, 201)
})

members.get('/members/:member', (c) => read(c, { type: 'GetMember', memberId: c.req.param('member') }, present.member))

members.patch('/members/:member', body(UpdateMember), (c) => {
  const { role, profile } = c.req.valid('json')
  const changes = { ...(role === undefined ? {} : { role }), ...(profile === undefined ? {} : { profile }) }
  return execute(c, { type: 'UpdateMember', memberId: c.req.param('member'), ...changes }, present.member)
})

members.delete('/members/:member', noBody, (c) =>
  execute(c, { type: 'RemoveMember', memberId: c.req.param('member') }, () => null),
)

members.post('/leave', noBody, (c) => execute(c, { type: 'Leave' }, () => null))
