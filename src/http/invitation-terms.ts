import type { Context } from 'hono'
import { invitationUrl } from '../accounts/invitation-link.ts'
import { currentSettings } from '../directory/settings.ts'
import type { InvitationTerms } from '../membership/commands.ts'
import { daysToMs, type Invitation } from '../membership/invitation.ts'
import type { HttpEnvironment } from './environment.ts'

/** What the environment settings say about every invitation. */
export async function invitationTerms(c: Context<HttpEnvironment>): Promise<InvitationTerms> {
  const settings = await currentSettings(c.env.DIRECTORY)
  return {
    defaultLifetimeMs: daysToMs(settings.invitation_expiry_days),
    mailsPerDay: settings.invitation_mails_per_day,
  }
}

/** The link is shown to the operator, and to whoever asked for no mail and hands it over by themselves. */
export function visibleUrl(c: Context<HttpEnvironment>, invitation: Invitation): string | undefined {
  const mayKnow = c.var.credential.caller.type === 'operator' || invitation.delivery === 'none'
  if (!mayKnow) return undefined
  const { id: invitationId, organizationId, sendCount: sendNumber } = invitation
  const { PUBLIC_URL, LINK_KEYS } = c.var.config
  return invitationUrl(PUBLIC_URL, { organizationId, invitationId, sendNumber }, LINK_KEYS)
}
