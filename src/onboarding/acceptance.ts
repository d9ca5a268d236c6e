import type { InvitationLink } from '../accounts/invitation-link.ts'
import { personOf, type User } from '../accounts/users.ts'
import { currentSettings } from '../directory/settings.ts'
import type { AcceptedInvitation, InvitationProof } from '../membership/commands.ts'
import { deadProof } from '../membership/decide/accept-invitation.ts'
import type { InvitationView } from '../membership/queries.ts'
import { ok, type Result, refuse } from '../membership/result.ts'
import { organizationClient } from '../organization/client.ts'
import { type AcceptRefusal, type Answering, acceptorOf, callerOf, formerAcceptor } from './acceptor.ts'
import type { Bindings } from './create-organization.ts'
import { followSinceRead } from './follow-accounts.ts'

export interface AcceptBindings extends Bindings {
  readonly PEOPLE_QUEUE: Queue
}

export interface Acceptance extends AcceptedInvitation {
  readonly user: User
  /** Whether only the link identified the person. */
  readonly byLinkAlone: boolean
  readonly redirectUrl: string | null
  readonly revision: number
  /** The kept answer of an earlier call with the same `Idempotency-Key`. */
  readonly replayed: boolean
}

/** What the organization has said of the invitation, its maker included. */
type Viewed = Pick<InvitationView, 'invitation' | 'onHold'>

const ON_HOLD = { code: 'maker_suspended', of: 'invitation' } as const

/**
 * Makes a member of whoever answers the invitation by this proof. Repeating it after a crash at any point leads to the
 * same member.
 */
export async function accept(
  bindings: AcceptBindings,
  { invitation, onHold }: Viewed,
  proof: InvitationProof,
  answering: Answering,
  now: number,
): Promise<Result<Acceptance, AcceptRefusal>> {
  const isAccepted = invitation.status === 'accepted'
  // Nothing is done for an invitation that is over. The organization decides again, by its own clock.
  const dead = isAccepted ? null : (deadProof(invitation, proof, now) ?? (onHold === true ? ON_HOLD : null))
  if (dead !== null) return refuse(dead)
  const acceptor = isAccepted
    ? await formerAcceptor(bindings, invitation, proof, answering)
    : await acceptorOf(bindings, invitation, answering)
  if (!acceptor.ok) return acceptor
  const { user, byLinkAlone } = acceptor.value
  const { initiate_login_uri: loginUri } = await currentSettings(bindings.ACCOUNTS)
  const { id: invitationId, organizationId } = invitation
  const executed = await organizationClient(bindings.ORGANIZATION, organizationId).execute({
    caller: callerOf(user, answering.visitor),
    command: {
      ...{ type: 'AcceptInvitation', invitationId, ...proof, person: personOf(user) },
      ...(byLinkAlone ? { byLinkAlone } : {}),
    },
    ...(answering.idempotency === undefined ? {} : { idempotency: answering.idempotency }),
  })
  if (!executed.ok) return refuse(executed.error)
  const { value, revision, replayed } = executed
  const { member, organization } = value
  const acceptedNow = value.acceptedNow === true && !replayed
  const stays = !acceptedNow || (await followSinceRead(bindings, organizationId, user))
  if (!stays) return refuse({ code: 'account_closing' })
  const redirectUrl = loginUri && loginUrl(loginUri, organizationId, invitation.email)
  const news = acceptedNow ? { acceptedNow } : {}
  return ok({ member, organization, ...news, user, byLinkAlone, redirectUrl, revision, replayed })
}

/** For a person who has just proven who they are. Null: the invitation is over, or something is missing. */
export async function acceptAsVisitor(
  bindings: AcceptBindings,
  { organizationId, invitationId, sendNumber }: InvitationLink,
  userId: string,
  now: number,
): Promise<Acceptance | null> {
  const client = organizationClient(bindings.ORGANIZATION, organizationId)
  const query = { type: 'ViewInvitation', invitationId, sendNumber } as const
  const viewed = await client.read({ type: 'user', userId }, query)
  if (!viewed.ok) return null
  const answering = { visitor: { userId, reachOrganizationId: null }, introduction: {} }
  const accepted = await accept(bindings, viewed.value, { sendNumber }, answering, now)
  return accepted.ok ? accepted.value : null
}

/** OpenID Connect third-party initiated login: where the product signs the new member in. */
export function loginUrl(uri: string, organizationId: string, email: string): string {
  const url = new URL(uri)
  url.searchParams.set('organization_id', organizationId)
  url.searchParams.set('login_hint', email)
  return url.href
}
