import type { Context } from 'hono'
import { currentSettings } from '../directory/settings.ts'
import type { InvitationTerms } from '../membership/commands.ts'
import type { Invitation } from '../membership/invitation.ts'
import { invitationTerms, linkFor } from '../onboarding/invitation-terms.ts'
import type { HttpEnvironment } from './environment.ts'

export const currentTerms = async (c: Context<HttpEnvironment>): Promise<InvitationTerms> =>
  invitationTerms(await currentSettings(c.env.ACCOUNTS))

/** The link as part of the answer, for those who may know it. */
export const visibleUrl = (c: Context<HttpEnvironment>, invitation: Invitation): string | undefined =>
  linkFor(c.var.credential.caller, c.var.config, invitation) ?? undefined
