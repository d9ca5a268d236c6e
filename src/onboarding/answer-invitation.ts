import { type InvitationLink, type LinkKey, verifyInvitationLink } from '../accounts/invitation-link.ts'
import { announcePersonChange } from '../accounts/people.ts'
import { chooseOrganization, type StartedSession, startSession } from '../accounts/sessions.ts'
import type { User } from '../accounts/users.ts'
import type { Config } from '../env.ts'
import type { Caller } from '../membership/actor.ts'
import type { DeclineInvitation } from '../membership/commands.ts'
import type { InvitationView } from '../membership/queries.ts'
import type { Rejection } from '../membership/rejection.ts'
import { ok, type Result, refuse } from '../membership/result.ts'
import { organizationClient } from '../organization/client.ts'
import type { ExecutedCommand } from '../organization/requests.ts'
import { failureOf, isOutage } from '../records/failure.ts'
import { type Acceptance, type AcceptBindings, accept } from './acceptance.ts'
import type { AcceptRefusal, Visitor } from './acceptor.ts'
import type { Bindings } from './create-organization.ts'
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

export interface AcceptanceByLink {
  /** Null: whoever holds the link is signed out. */
  readonly visitor: Visitor | null
  /** Absent: they say nothing of themselves. */
  readonly introduction?: Introduction
  /** The `User-Agent` of the request, by which people recognize their devices. */
  readonly userAgent: string | null
}

export interface AcceptedByLink extends Acceptance {
  /** For whoever was signed out. Only the call that accepts starts one, or every old mail would be a key for ever. */
  readonly session: StartedSession | null
}

/** A mailed link proves control of the address: signed out, its account is found or made, and signed in. */
export async function acceptInvitation(
  bindings: AcceptBindings,
  { LINK_KEYS }: Pick<Config, 'LINK_KEYS'>,
  token: string,
  { visitor, introduction = {}, userAgent }: AcceptanceByLink,
  now: number,
): Promise<Result<AcceptedByLink, AcceptRefusal>> {
  const viewed = await viewInvitation(bindings, LINK_KEYS, token)
  if (!viewed.ok) return viewed
  const { invitation, link } = viewed.value
  const { sendNumber, organizationId } = link
  const accepted = await accept(bindings, invitation, { sendNumber }, { visitor, introduction }, now)
  if (!accepted.ok) return accepted
  const { user, acceptedNow } = accepted.value
  const signsIn = visitor === null && acceptedNow === true
  const session = signsIn ? await signIn(bindings, { user, organizationId, userAgent }, now) : null
  return ok({ ...accepted.value, session })
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
