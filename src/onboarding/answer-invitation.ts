import { type InvitationLink, verifyInvitationLink } from '../accounts/invitation-link.ts'
import { announcePersonChange } from '../accounts/people.ts'
import { chooseOrganization, type StartedSession, startSession } from '../accounts/sessions.ts'
import type { LinkKey } from '../accounts/signed-token.ts'
import type { User } from '../accounts/users.ts'
import type { Caller } from '../membership/actor.ts'
import type { DeclineInvitation } from '../membership/commands.ts'
import type { InvitationView } from '../membership/queries.ts'
import { ok, type Result, refuse } from '../membership/result.ts'
import { organizationClient } from '../organization/client.ts'
import type { ExecutedCommand, Idempotency } from '../organization/requests.ts'
import { failureOf, isOutage } from '../records/failure.ts'
import { type Acceptance, type AcceptBindings, accept } from './acceptance.ts'
import type { AcceptRefusal, Answering, Visitor } from './acceptor.ts'
import { type Keys, type LimitedBy, mailChallenge, type ProofBindings } from './address-proof.ts'
import type { Bindings } from './create-organization.ts'
import type { Introduction } from './introduction.ts'

const NOT_FOUND = { code: 'not_found', resource: 'invitation' } as const

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
): Promise<Result<InvitationView & { link: InvitationLink; revision: number }, typeof NOT_FOUND>> {
  const link = verifyInvitationLink(token, keys)
  if (link === null) return refuse(NOT_FOUND)
  const client = organizationClient(bindings.ORGANIZATION, link.organizationId)
  const viewed = await client.read(invitee(link), { type: 'ViewInvitation', ...link })
  if (!viewed.ok) return refuse(NOT_FOUND)
  return ok({ ...viewed.value, link, revision: viewed.revision })
}

export interface AcceptanceByLink extends LimitedBy {
  /** Null: the holder of the link is signed out. */
  readonly visitor: Visitor | null
  /** Absent: they say nothing of themselves. */
  readonly introduction?: Introduction
  readonly idempotency?: Idempotency | undefined
  /** The `User-Agent` of the request, by which people recognize their devices. */
  readonly userAgent: string | null
}

export interface AcceptedByLink extends Acceptance {
  /** For people who were signed out. Only the call that accepts starts one; otherwise old mails could always sign in. */
  readonly session: StartedSession | null
}

/** Nothing is accepted yet: a code was mailed to the email, and proving it accepts. */
export interface SignInRequired {
  readonly code: 'sign_in_required'
  readonly email: string
  readonly expiresAt: number
}

export type LinkRefusal = Exclude<AcceptRefusal, { code: 'sign_in_required' }> | SignInRequired

export type LinkBindings = AcceptBindings & ProofBindings

/**
 * A mailed link proves the email for this invitation: signed out, a new account or one with nothing to lose becomes a
 * member and gets a session that reaches this organization only. Links are forwarded, so any other account first
 * proves the email by a code.
 */
export async function acceptInvitation(
  bindings: LinkBindings,
  keys: Keys,
  token: string,
  { visitor, introduction = {}, idempotency, userAgent, ...origin }: AcceptanceByLink,
  now: number,
): Promise<Result<AcceptedByLink, LinkRefusal>> {
  const viewed = await viewInvitation(bindings, keys.LINK_KEYS, token)
  if (!viewed.ok) return viewed
  const { link } = viewed.value
  const answering = { visitor, introduction, ...(idempotency === undefined ? {} : { idempotency }) }
  const accepted = await acceptSettling(bindings, viewed.value, answering, now)
  if (!accepted.ok) {
    const { error } = accepted
    return error.code === 'sign_in_required'
      ? mailAcceptance(bindings, keys, { ...viewed.value, ...origin }, now)
      : refuse(error)
  }
  const { user, acceptedNow } = accepted.value
  const signsIn = accepted.value.byLinkAlone && acceptedNow === true
  const session = signsIn ? await signIn(bindings, { user, organizationId: link.organizationId, userAgent }, now) : null
  return ok({ ...accepted.value, session })
}

type Viewed = InvitationView & { readonly link: InvitationLink }

/** If several calls use one link at once, one opens the account. The others find the invitation accepted. */
async function acceptSettling(
  bindings: LinkBindings,
  viewed: Viewed,
  answering: Answering,
  now: number,
): Promise<Result<Acceptance, AcceptRefusal>> {
  const { link } = viewed
  const { sendNumber } = link
  const accepted = await accept(bindings, viewed, { sendNumber }, answering, now)
  if (accepted.ok || accepted.error.code !== 'sign_in_required') return accepted
  const client = organizationClient(bindings.ORGANIZATION, link.organizationId)
  const again = await client.read(invitee(link), { type: 'ViewInvitation', ...link })
  const isSettled = again.ok && again.value.invitation.status === 'accepted'
  return isSettled ? accept(bindings, again.value, { sendNumber }, answering, now) : accepted
}

/** The code that is mailed signs in and accepts. */
async function mailAcceptance(
  bindings: LinkBindings,
  keys: Keys,
  { invitation: { email }, link, organizationName, ...origin }: Viewed & LimitedBy,
  now: number,
): Promise<Result<never, SignInRequired>> {
  const { network, deviceId = null } = origin
  const wanted = { purpose: 'sign_in', subject: email, email, network, deviceId } as const
  const { expiresAt } = await mailChallenge(
    bindings,
    keys,
    { ...wanted, joining: { invitation: link, organizationName } },
    now,
  )
  return refuse({ code: 'sign_in_required', email, expiresAt })
}

interface Arrival {
  readonly user: User
  readonly organizationId: string
  readonly userAgent: string | null
}

/** The invitation is accepted by now: if the directory fails at this moment, they sign in by themselves. */
async function signIn(
  { ACCOUNTS, PEOPLE_QUEUE }: AcceptBindings,
  { user, organizationId, userAgent }: Arrival,
  now: number,
): Promise<StartedSession | null> {
  try {
    const begun = { userId: user.id, method: 'invitation', userAgent, reachOrganizationId: organizationId } as const
    const started = await startSession(ACCOUNTS, begun, now)
    if (started === null) return null
    await chooseOrganization(ACCOUNTS, started.session, organizationId)
    if (started.isNoted) await announcePersonChange(PEOPLE_QUEUE, user.id)
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
  idempotency?: Idempotency,
): Promise<ExecutedCommand<DeclineInvitation>> {
  const link = verifyInvitationLink(token, keys)
  if (link === null) return { ok: false, error: NOT_FOUND, revision: 0 }
  const { invitationId, sendNumber } = link
  return organizationClient(bindings.ORGANIZATION, link.organizationId).execute({
    caller: invitee(link),
    command: { type: 'DeclineInvitation', invitationId, sendNumber },
    ...(idempotency === undefined ? {} : { idempotency }),
  })
}
