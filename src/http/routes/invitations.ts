import { type Context, Hono } from 'hono'
import { typeid } from 'typeid-js'
import { invitationUrl } from '../../accounts/invitation-link.ts'
import { CreateInvitation, ListInvitations } from '../../contract/invitations.ts'
import { currentSettings } from '../../directory/settings.ts'
import type { InvitationTerms } from '../../membership/commands.ts'
import { daysToMs, type Invitation } from '../../membership/invitation.ts'
import type { HttpEnvironment } from '../environment.ts'
import { execute, read } from '../organization-call.ts'
import * as present from '../present.ts'
import { body, noBody, query } from '../validation.ts'

export const invitations = new Hono<HttpEnvironment>()

invitations.post('/', body(CreateInvitation), async (c) => {
  const { email, role, name, expires_at: expiresAt = null, send_email: sendEmail } = c.req.valid('json')
  const command = {
    type: 'InviteMember',
    invitationId: typeid('inv').toString(),
    ...{ email, role, name, expiresAt, sendEmail },
    ...(await terms(c)),
  } as const
  return execute(c, command, (value) => present.invitation(value, urlFor(c, value)), 201)
})

invitations.get('/', query(ListInvitations), (c) => {
  const { limit, cursor = null, status: statuses, query: search = null, sort } = c.req.valid('query')
  const list = { type: 'ListInvitations', statuses, search, sort, page: { limit, cursor } } as const
  return read(c, list, (slice) => present.list(slice, (item) => present.invitation(item)))
})

invitations.get('/:invitation', (c) =>
  read(c, { type: 'GetInvitation', invitationId: c.req.param('invitation') }, (value) => present.invitation(value)),
)

invitations.post('/:invitation/resend', noBody, async (c) => {
  const command = { type: 'ResendInvitation', invitationId: c.req.param('invitation'), ...(await terms(c)) } as const
  return execute(c, command, (value) => present.invitation(value, urlFor(c, value)))
})

invitations.post('/:invitation/cancel', noBody, (c) =>
  execute(c, { type: 'CancelInvitation', invitationId: c.req.param('invitation') }, (value) =>
    present.invitation(value),
  ),
)

async function terms(c: Context<HttpEnvironment>): Promise<InvitationTerms> {
  const settings = await currentSettings(c.env.DIRECTORY)
  return {
    defaultLifetimeMs: daysToMs(settings.invitation_expiry_days),
    mailsPerDay: settings.invitation_mails_per_day,
  }
}

/** The link is shown to the operator, and to whoever asked for no mail and hands it over by themselves. */
function urlFor(c: Context<HttpEnvironment>, invitation: Invitation): string | undefined {
  const mayKnow = c.var.credential.caller.type === 'operator' || invitation.delivery === 'none'
  if (!mayKnow) return undefined
  const { id: invitationId, organizationId, sendCount: sendNumber } = invitation
  const { PUBLIC_URL, LINK_KEYS } = c.var.config
  return invitationUrl(PUBLIC_URL, { organizationId, invitationId, sendNumber }, LINK_KEYS)
}
