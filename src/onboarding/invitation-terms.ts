import { invitationUrl } from '../accounts/invitation-link.ts'
import type { Settings } from '../contract/settings.ts'
import type { Config } from '../env.ts'
import type { Caller } from '../membership/actor.ts'
import type { InvitationTerms } from '../membership/commands.ts'
import { daysToMs, type Invitation, mayKnowLink } from '../membership/invitation.ts'

/** What the environment settings say about every invitation. */
export const invitationTerms = (settings: Settings): InvitationTerms => ({
  defaultLifetimeMs: daysToMs(settings.invitation_expiry_days),
  mailsPerDay: settings.invitation_mails_per_day,
  mailIntervalMs: settings.invitation_mail_interval_seconds * 1000,
})

/** The newest link of an invitation; null if the caller may not see it. */
export function linkFor(
  caller: Pick<Caller, 'type'>,
  { PUBLIC_URL, LINK_KEYS }: Pick<Config, 'PUBLIC_URL' | 'LINK_KEYS'>,
  invitation: Invitation,
): string | null {
  if (!mayKnowLink(caller, invitation)) return null
  const { id: invitationId, organizationId, sendCount: sendNumber } = invitation
  return invitationUrl(PUBLIC_URL, { organizationId, invitationId, sendNumber }, LINK_KEYS)
}
