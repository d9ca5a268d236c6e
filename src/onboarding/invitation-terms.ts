import { invitationUrl } from '../accounts/invitation-link.ts'
import type { Settings } from '../contract/settings.ts'
import type { Config } from '../env.ts'
import type { Caller } from '../membership/actor.ts'
import type { InvitationTerms } from '../membership/commands.ts'
import { type Delivery, daysToMs, type Invitation } from '../membership/invitation.ts'

/** What the environment settings say about every invitation. */
export const invitationTerms = (settings: Settings): InvitationTerms => ({
  defaultLifetimeMs: daysToMs(settings.invitation_expiry_days),
  mailsPerDay: settings.invitation_mails_per_day,
})

/** The link is shown to the operator, and to whoever asked for no mail and hands it over by themselves. */
export const mayKnowLink = (caller: Pick<Caller, 'type'>, delivery: Delivery | null): boolean =>
  caller.type === 'operator' || delivery === 'none'

/** The newest link of an invitation: whoever has it may accept, so only for those who may know it. */
export const linkOf = ({ PUBLIC_URL, LINK_KEYS }: Pick<Config, 'PUBLIC_URL' | 'LINK_KEYS'>, invitation: Invitation) => {
  const { id: invitationId, organizationId, sendCount: sendNumber } = invitation
  return invitationUrl(PUBLIC_URL, { organizationId, invitationId, sendNumber }, LINK_KEYS)
}
