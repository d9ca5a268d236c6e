import { Hono } from 'hono'
import { typeidUnboxed } from 'typeid-js'
import { CreateInvitation, ListInvitations } from '../../contract/invitations.ts'
import type { HttpEnvironment } from '../environment.ts'
import { currentTerms, visibleUrl } from '../invitation-terms.ts'
import { describe } from '../openapi/description.ts'
import * as operation from '../openapi/operations/invitations.ts'
import { execute, read } from '../organization-call.ts'
import * as present from '../present.ts'
import { body, noBody, query } from '../validation.ts'

export const invitations = new Hono<HttpEnvironment>()

invitations.post('/', describe(operation.inviteMember), body(CreateInvitation), async (c) => {
  const { email, role, name, expires_at: expiresAt = null, send_email: sendEmail } = c.req.valid('json')
  const command = {
    type: 'InviteMember',
    invitationId: typeidUnboxed('inv'),
    ...{ email, role, name, expiresAt, sendEmail },
    ...(await currentTerms(c)),
  } as const
  return execute(c, command, (value) => present.invitation(value, visibleUrl(c, value)), 201)
})

invitations.get('/', describe(operation.listInvitations), query(ListInvitations), (c) => {
  const { limit, cursor = null, status: statuses, query: search = null, sort, consistency } = c.req.valid('query')
  const list = { type: 'ListInvitations', statuses, search, sort, page: { limit, cursor } } as const
  return read(c, list, (slice) => present.list(slice, (item) => present.invitation(item)), consistency)
})

invitations.get('/:invitation', describe(operation.getInvitation), (c) =>
  read(c, { type: 'GetInvitation', invitationId: c.req.param('invitation') }, (value) => present.invitation(value)),
)

invitations.post('/:invitation/resend', describe(operation.resendInvitation), noBody, async (c) => {
  const command = {
    type: 'ResendInvitation',
    invitationId: c.req.param('invitation'),
    ...(await currentTerms(c)),
  } as const
  return execute(c, command, (value) => present.invitation(value, visibleUrl(c, value)))
})

invitations.post('/:invitation/cancel', describe(operation.cancelInvitation), noBody, (c) =>
  execute(c, { type: 'CancelInvitation', invitationId: c.req.param('invitation') }, (value) =>
    present.invitation(value),
  ),
)
