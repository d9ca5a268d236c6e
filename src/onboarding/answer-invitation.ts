import { type InvitationLink, type LinkKey, verifyInvitationLink } from '../accounts/invitation-link.ts'
import { findOrCreateVerifiedUser, personOf } from '../accounts/users.ts'
import { currentSettings } from '../directory/settings.ts'
import type { Caller } from '../membership/actor.ts'
import type { CommandValues, DeclineInvitation } from '../membership/commands.ts'
import { deadLink } from '../membership/decide/accept-invitation.ts'
import type { InvitationView } from '../membership/queries.ts'
import type { Rejection } from '../membership/rejection.ts'
import { ok, type Result, refuse } from '../membership/result.ts'
import { organizationClient } from '../organization/client.ts'
import type { ExecutedCommand, Refusal } from '../organization/requests.ts'
import type { Bindings } from './create-organization.ts'

const NOT_FOUND: Rejection = { code: 'not_found', resource: 'invitation' }

const invitee = ({ invitationId, sendNumber }: InvitationLink): Caller => ({
  type: 'invitee',
  invitationId,
  sendNumber,
})

/** What the holder of a link sees; changes nothing, since mail scanners follow links. */
export async function viewInvitation(
  bindings: Bindings,
  keys: readonly LinkKey[],
  token: string,
): Promise<Result<InvitationView & { link: InvitationLink; revision: number }, Rejection>> {
  const link = verifyInvitationLink(token, keys)
  if (link === null) return refuse(NOT_FOUND)
  const client = organizationClient(bindings.ORGANIZATION, link.organizationId)
  const viewed = await client.read(invitee(link), { type: 'ViewInvitation', ...link })
  if (!viewed.ok) return refuse(NOT_FOUND)
  return ok({ ...viewed.value, link, revision: viewed.revision })
}

export type Accepted = CommandValues['AcceptInvitation'] & {
  readonly redirectUrl: string | null
  readonly revision: number
}

/**
 * The link proves control of the address, so its account is found or made, with the address verified. Repeating it after
 * a crash at any point leads to the same member.
 */
export async function acceptInvitation(
  bindings: Bindings,
  keys: readonly LinkKey[],
  token: string,
): Promise<Result<Accepted, Refusal>> {
  const viewed = await viewInvitation(bindings, keys, token)
  if (!viewed.ok) return viewed
  const { invitation, link } = viewed.value
  // No account is made for an invitation that is over. The organization decides again, by its own clock.
  const dead = invitation.status === 'accepted' ? null : deadLink(invitation, link.sendNumber, Date.now())
  if (dead !== null) return refuse(dead)
  const user = await findOrCreateVerifiedUser(bindings.DIRECTORY, invitation.email, invitation.name)
  const executed = await organizationClient(bindings.ORGANIZATION, link.organizationId).execute({
    caller: { type: 'user', userId: user.id },
    command: {
      type: 'AcceptInvitation',
      invitationId: link.invitationId,
      sendNumber: link.sendNumber,
      person: personOf(user),
    },
  })
  if (!executed.ok) return refuse(executed.error)
  const { initiate_login_uri } = await currentSettings(bindings.DIRECTORY)
  const redirectUrl = initiate_login_uri && loginUrl(initiate_login_uri, link.organizationId, invitation.email)
  return ok({ ...executed.value, redirectUrl, revision: executed.revision })
}

export async function declineInvitation(
  bindings: Bindings,
  keys: readonly LinkKey[],
  token: string,
): Promise<ExecutedCommand<DeclineInvitation>> {
  const link = verifyInvitationLink(token, keys)
  if (link === null) return { ok: false, error: NOT_FOUND, revision: 0 }
  const { invitationId, sendNumber } = link
  return organizationClient(bindings.ORGANIZATION, link.organizationId).execute({
    caller: invitee(link),
    command: { type: 'DeclineInvitation', invitationId, sendNumber },
  })
}

/** OpenID Connect third-party initiated login: where the product signs the new member in. */
export function loginUrl(uri: string, organizationId: string, email: string): string {
  const url = new URL(uri)
  url.searchParams.set('organization_id', organizationId)
  url.searchParams.set('login_hint', email)
  return url.href
}
