import { type InvitationLink, type LinkKey, verifyInvitationLink } from '../accounts/invitation-link.ts'
import { announcePersonChange } from '../accounts/people.ts'
import { chooseOrganization, type StartedSession, startSession } from '../accounts/sessions.ts'
import { personOf, type User } from '../accounts/users.ts'
import { currentSettings } from '../directory/settings.ts'
import type { Config } from '../env.ts'
import type { Caller } from '../membership/actor.ts'
import type { DeclineInvitation } from '../membership/commands.ts'
import { deadLink } from '../membership/decide/accept-invitation.ts'
import type { Member } from '../membership/member.ts'
import type { Organization } from '../membership/organization.ts'
import type { InvitationView } from '../membership/queries.ts'
import type { Rejection } from '../membership/rejection.ts'
import { ok, type Result, refuse } from '../membership/result.ts'
import { organizationClient } from '../organization/client.ts'
import type { ExecutedCommand } from '../organization/requests.ts'
import { failureOf, isOutage } from '../records/failure.ts'
import { type AcceptRefusal, acceptorOf, formerAcceptor, type Visitor } from './acceptor.ts'
import type { Bindings } from './create-organization.ts'
import { followSinceRead } from './follow-accounts.ts'
import type { Introduction } from './introduction.ts'

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

export interface AcceptBindings extends Bindings {
  readonly PEOPLE_QUEUE: Queue
}

export interface Acceptance {
  /** Null: whoever holds the link is signed out. */
  readonly visitor: Visitor | null
  /** Absent: they say nothing of themselves. */
  readonly introduction?: Introduction
  /** The `User-Agent` of the request, by which people recognize their devices. */
  readonly userAgent: string | null
}

export interface Accepted {
  readonly member: Member
  readonly organization: Organization
  /** For whoever was signed out. Only the call that accepts starts one, or every old mail would be a key for ever. */
  readonly session: StartedSession | null
  readonly redirectUrl: string | null
  readonly revision: number
}

/**
 * A mailed link proves control of the address: signed out, its account is found or made, and signed in. Repeated, after a
 * crash at any point too, it leads to the same member.
 */
export async function acceptInvitation(
  bindings: AcceptBindings,
  { LINK_KEYS }: Pick<Config, 'LINK_KEYS'>,
  token: string,
  { visitor, introduction = {}, userAgent }: Acceptance,
  now: number,
): Promise<Result<Accepted, AcceptRefusal>> {
  const { DIRECTORY, ORGANIZATION } = bindings
  const viewed = await viewInvitation(bindings, LINK_KEYS, token)
  if (!viewed.ok) return viewed
  const { invitation, link } = viewed.value
  const isAccepted = invitation.status === 'accepted'
  // Nothing is done for an invitation that is over. The organization decides again, by its own clock.
  const dead = isAccepted ? null : deadLink(invitation, link.sendNumber, now)
  if (dead !== null) return refuse(dead)
  const acceptor = await (isAccepted ? formerAcceptor : acceptorOf)(bindings, invitation, { visitor, introduction })
  if (!acceptor.ok) return acceptor
  const user = acceptor.value
  const { initiate_login_uri: loginUri } = await currentSettings(DIRECTORY)
  const { invitationId, sendNumber, organizationId } = link
  const executed = await organizationClient(ORGANIZATION, organizationId).execute({
    caller: { type: 'user', userId: user.id },
    command: { type: 'AcceptInvitation', invitationId, sendNumber, person: personOf(user) },
  })
  if (!executed.ok) return refuse(executed.error)
  const { member, organization, acceptedNow } = executed.value
  if (acceptedNow === true) await followSinceRead(bindings, organizationId, user)
  const signsIn = visitor === null && acceptedNow === true
  const session = signsIn ? await signIn(bindings, { user, organizationId, userAgent }, now) : null
  const redirectUrl = loginUri && loginUrl(loginUri, organizationId, invitation.email)
  return ok({ member, organization, session, redirectUrl, revision: executed.revision })
}

interface Arrival {
  readonly user: User
  readonly organizationId: string
  readonly userAgent: string | null
}

/** The invitation is accepted by now: if the directory fails at this moment, they sign in by themselves. */
async function signIn(
  { DIRECTORY, PEOPLE_QUEUE }: AcceptBindings,
  { user, organizationId, userAgent }: Arrival,
  now: number,
): Promise<StartedSession | null> {
  try {
    const started = await startSession(DIRECTORY, { userId: user.id, method: 'invitation', userAgent }, now)
    if (started === null) return null
    await chooseOrganization(DIRECTORY, started.session, organizationId)
    await announcePersonChange(PEOPLE_QUEUE, user.id)
    return { ...started, session: { ...started.session, organizationId } }
  } catch (error) {
    if (!isOutage(error)) throw error
    console.warn({ message: 'accepted, but not signed in', user: user.id, error: failureOf(error) })
    return null
  }
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
