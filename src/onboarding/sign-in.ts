import { flushAccountMails } from '../accounts/account-mails.ts'
import { isKnownDevice, type NotedDevice, newDeviceId } from '../accounts/devices.ts'
import type { EmailChallenge } from '../accounts/email-challenges.ts'
import type { InvitationLink } from '../accounts/invitation-link.ts'
import { announcePersonChange } from '../accounts/people.ts'
import { moveSession } from '../accounts/session-cache.ts'
import { newDeviceMailId, type Session, startSession } from '../accounts/sessions.ts'
import { getUser, type User, userOfEmail } from '../accounts/users.ts'
import type { ShownOrigin } from '../membership/actor.ts'
import { ok, type Result, refuse } from '../membership/result.ts'
import type { SignInMethod } from '../membership/sign-in.ts'
import { organizationClient } from '../organization/client.ts'
import { failureOf, isOutage } from '../records/failure.ts'
import { type Acceptance, type AcceptBindings, acceptAsVisitor } from './acceptance.ts'
import {
  challengeOfCode,
  challengeOfLink,
  EXPIRED,
  type Keys,
  type LimitedBy,
  type MailedChallenge,
  mailChallenge,
  type ProofBindings,
  type ProofRefusal,
} from './address-proof.ts'
import { provenAccount } from './proven-account.ts'

/*
 * Nothing here tells whether an address has an account before somebody has proven that it is theirs: known and unknown
 * addresses get the same mail by the same path.
 */

export type SignInBindings = ProofBindings & AcceptBindings & { readonly MAIL_QUEUE: Queue }

export type SignInRefusal = ProofRefusal | { readonly code: 'sign_up_disabled' } | { readonly code: 'account_closing' }

export interface SignedIn {
  /** Known to its holder only. */
  readonly token: string
  readonly session: Session
  /** Where they have signed in, to be remembered there. */
  readonly device: NotedDevice
  readonly user: User
  /** Was the account made just now? */
  readonly created: boolean
  /** The invitation that the code was mailed for. Absent: there was none. */
  readonly invited?: Invited
}

export interface Invited {
  readonly link: InvitationLink
  /** Null: it could not be accepted now. Its page says why. */
  readonly acceptance: Acceptance | null
}

/** Mails a code and a link to the address, as far as its limits allow: see `mailChallenge`. */
export async function requestSignIn(
  bindings: SignInBindings,
  keys: Keys,
  { email, ...limitedBy }: LimitedBy & { readonly email: string },
  now: number,
): Promise<MailedChallenge> {
  return mailChallenge(bindings, keys, { purpose: 'sign_in', subject: email, email, ...limitedBy }, now)
}

/** Signs in the person who types the code of the newest mail. */
export async function signInWithCode(
  bindings: SignInBindings,
  keys: Keys,
  { email, code, network, ...from }: CodeGiven,
  now: number,
): Promise<Result<SignedIn, SignInRefusal>> {
  const given = { purpose: 'sign_in', subject: email, code, network, deviceId: from.deviceId } as const
  const proven = await challengeOfCode(bindings.ACCOUNTS, keys, given, now)
  return proven.ok ? finish(bindings, proven.value, { method: 'email_code', ...from }, now) : proven
}

const UNKNOWN: ShownOrigin = { device: null, network: null }

interface CodeGiven extends From {
  readonly email: string
  readonly code: string
  readonly network: string
}

/** What the request says about its device. */
interface From {
  readonly userAgent: string | null
  /** Of a device that has signed in before, to whichever account. */
  readonly deviceId: string | null
  /** What a mail about a new device says of it. */
  readonly origin?: ShownOrigin
}

/** Whom a link would sign in. Changes nothing, since mail scanners follow links. */
export async function viewSignInLink(
  bindings: SignInBindings,
  keys: Keys,
  token: string,
  now: number,
): Promise<Result<{ email: string; joining: string | null }, SignInRefusal>> {
  const challenge = await challengeOfLink(bindings.ACCOUNTS, keys, 'sign_in', token, now)
  if (challenge === null) return refuse(EXPIRED)
  const { email, invitation } = challenge
  return ok({ email, joining: invitation === null ? null : await invitingName(bindings, invitation) })
}

/** The name of the inviting organization; null if it no longer exists. */
async function invitingName({ ORGANIZATION }: SignInBindings, link: InvitationLink): Promise<string | null> {
  const { invitationId, sendNumber, organizationId } = link
  const caller = { type: 'invitee', invitationId, sendNumber } as const
  const viewed = await organizationClient(ORGANIZATION, organizationId).read(caller, {
    type: 'ViewInvitation',
    ...link,
  })
  return viewed.ok ? viewed.value.organizationName : null
}

/** For whoever opens the link of the newest mail to their address, and says that they want in. */
export async function signInWithLink(
  bindings: SignInBindings,
  keys: Keys,
  { token, ...from }: From & { readonly token: string },
  now: number,
): Promise<Result<SignedIn, SignInRefusal>> {
  const challenge = await challengeOfLink(bindings.ACCOUNTS, keys, 'sign_in', token, now)
  if (challenge === null) return refuse(EXPIRED)
  return finish(bindings, challenge, { method: 'email_link', ...from }, now)
}

/**
 * The address is proven. Whether the proof still counts is decided by the step that starts the session and uses it up: of
 * several at once one gets in, and whatever fails before leaves the proof as it was.
 */
async function finish(
  bindings: SignInBindings,
  { id: challengeId, email, invitation: link }: EmailChallenge,
  { method, userAgent, deviceId: knownId, origin = UNKNOWN }: From & { readonly method: SignInMethod },
  now: number,
): Promise<Result<SignedIn, SignInRefusal>> {
  const { ACCOUNTS, PEOPLE_QUEUE, MAIL_QUEUE } = bindings
  const known = await userOfEmail(ACCOUNTS, email)
  const account = await provenAccount(bindings, email, null, now)
  if (!account.ok) return account
  const { id: userId } = account.value
  const deviceId = await deviceOfAccount(ACCOUNTS, email, knownId, now)
  const warning = { email, origin }
  const started = await startSession(ACCOUNTS, { userId, method, userAgent, challengeId, deviceId, warning }, now)
  const user = await getUser(ACCOUNTS, userId)
  if (user?.closingAt != null) return refuse({ code: 'account_closing' })
  if (started === null || started.device === null || user === null) return refuse(EXPIRED)
  if (started.isNoted) await announcePersonChange(PEOPLE_QUEUE, userId)
  const { isNew, isFirst } = started.device
  if (isNew && !isFirst) await flushAccountMails(ACCOUNTS, MAIL_QUEUE, [newDeviceMailId(started.session.id)])
  const signedIn = { ...started, device: started.device, user, created: known === null }
  return ok(link === null ? signedIn : await acceptAlong(bindings, signedIn, link, now))
}

/**
 * The device keeps its id only if this account knows it. Otherwise the person who had the device before, with another account,
 * would have a copy of a token that counts as this account's device.
 */
const deviceOfAccount = async (accounts: D1Database, email: string, id: string | null, now: number): Promise<string> =>
  id !== null && (await isKnownDevice(accounts, email, id, now)) ? id : newDeviceId()

/** The person is signed in by now, whatever comes of the invitation. */
async function acceptAlong(
  bindings: SignInBindings,
  signedIn: SignedIn,
  link: InvitationLink,
  now: number,
): Promise<SignedIn> {
  try {
    const accepted = await acceptAsVisitor(bindings, link, signedIn.user.id, now)
    if (accepted === null) return { ...signedIn, invited: { link, acceptance: null } }
    const moved = await moveSession(bindings.ACCOUNTS, signedIn.session, link.organizationId, now)
    return { ...signedIn, session: moved ?? signedIn.session, invited: { link, acceptance: accepted } }
  } catch (error) {
    if (!isOutage(error)) throw error
    console.warn({ message: 'signed in, but not accepted', user: signedIn.user.id, error: failureOf(error) })
    return { ...signedIn, invited: { link, acceptance: null } }
  }
}
