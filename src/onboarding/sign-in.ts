import { attempt, type Cap, giveBack } from '../accounts/attempts.ts'
import { isCodeOf, verifyChallengeLink } from '../accounts/challenge-proof.ts'
import {
  type EmailChallenge,
  findChallenge,
  MAX_CODE_TRIES,
  openChallenge,
  useTry,
} from '../accounts/email-challenges.ts'
import { announcePersonChange } from '../accounts/people.ts'
import { type Session, startSession } from '../accounts/sessions.ts'
import { getUser, type User, userOfEmail } from '../accounts/users.ts'
import type { SignInMessage } from '../contract/mail-message.ts'
import type { Config } from '../env.ts'
import { ok, type Result, refuse } from '../membership/result.ts'
import type { SignInMethod } from '../membership/sign-in.ts'
import { provenAccount } from './proven-account.ts'

/*
 * Nothing here tells whether an address has an account before somebody has proven that it is theirs: known and unknown
 * addresses get the same mail by the same path.
 */

export interface SignInBindings {
  readonly DIRECTORY: D1Database
  readonly MAIL_QUEUE: Queue
  readonly PEOPLE_QUEUE: Queue
}

type Keys = Pick<Config, 'LINK_KEYS'>

export type SignInRefusal =
  | { readonly code: 'sign_in_code_wrong'; readonly triesLeft: number }
  /** Or unknown, used, replaced by a newer one, or tried too often: which of them is not told. */
  | { readonly code: 'sign_in_code_expired' }
  | { readonly code: 'sign_in_rate_limited'; readonly retryAfterSeconds: number }
  | { readonly code: 'sign_up_disabled' }
  | { readonly code: 'account_closing' }

export interface SignedIn {
  /** Known to its holder only. */
  readonly token: string
  readonly session: Session
  readonly user: User
  /** Was the account made just now? */
  readonly created: boolean
}

const EXPIRED = { code: 'sign_in_code_expired' } as const

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** Enough for whoever waits impatiently for a slow mail; too few to be a nuisance to somebody else. */
const mailsSoon = (email: string): Cap => ({
  ...{ name: 'sign-in-mails', subject: email },
  ...{ limit: 5, windowMs: 15 * MINUTE_MS },
})
/** Bounds what one mailbox gets, and to 100 what somebody can guess at one account in a day. */
const mailsPerDay = (email: string): Cap => ({
  ...{ name: 'sign-in-mails-per-day', subject: email },
  ...{ limit: 20, windowMs: 24 * HOUR_MS },
})
/** An office or a campus behind one address signs in; a program that mails strangers soon stands still. */
const mailsOfNetwork = (network: string): Cap => ({
  ...{ name: 'sign-in-mails-of-network', subject: network },
  ...{ limit: 100, windowMs: HOUR_MS },
})
/** Wrong ones only: people mistype now and then, guessing at many accounts at once takes far more. */
const wrongCodesOfNetwork = (network: string): Cap => ({
  ...{ name: 'sign-in-wrong-codes-of-network', subject: network },
  ...{ limit: 50, windowMs: HOUR_MS },
})

/** Mails a code and a link to the address. Throws when the mail cannot be queued; nothing has counted then. */
export async function requestSignIn(
  { DIRECTORY, MAIL_QUEUE }: SignInBindings,
  { LINK_KEYS }: Keys,
  { email, network }: { readonly email: string; readonly network: string },
  now: number,
): Promise<Result<{ expiresAt: number }, SignInRefusal>> {
  const caps = [mailsSoon(email), mailsPerDay(email), mailsOfNetwork(network)]
  const charge = await attempt(DIRECTORY, caps, LINK_KEYS, now)
  if (!charge.ok) return refuse({ code: 'sign_in_rate_limited', ...charge.error })
  const { id, expiresAt } = await openChallenge(DIRECTORY, { purpose: 'sign_in', subject: email, email }, now)
  const message: SignInMessage = { version: 1, kind: 'sign_in', id, challengeId: id }
  try {
    await MAIL_QUEUE.send(message, { contentType: 'json' })
  } catch (cause) {
    await giveBack(DIRECTORY, charge.value)
    throw Object.assign(new Error('The mail queue is out of reach', { cause }), { retryable: true })
  }
  return ok({ expiresAt })
}

/** For whoever types the code of the newest mail to their address. */
export async function signInWithCode(
  bindings: SignInBindings,
  { LINK_KEYS }: Keys,
  { email, code, network, userAgent }: CodeGiven,
  now: number,
): Promise<Result<SignedIn, SignInRefusal>> {
  const charge = await attempt(bindings.DIRECTORY, [wrongCodesOfNetwork(network)], LINK_KEYS, now)
  if (!charge.ok) return refuse({ code: 'sign_in_rate_limited', ...charge.error })
  const challenge = await useTry(bindings.DIRECTORY, { purpose: 'sign_in', subject: email }, now)
  if (challenge === null) return refuse(EXPIRED)
  if (!isCodeOf(challenge, code, LINK_KEYS)) {
    return refuse({ code: 'sign_in_code_wrong', triesLeft: MAX_CODE_TRIES - challenge.tries })
  }
  await giveBack(bindings.DIRECTORY, charge.value)
  return finish(bindings, challenge, { method: 'email_code', userAgent }, now)
}

interface CodeGiven {
  readonly email: string
  readonly code: string
  readonly network: string
  readonly userAgent: string | null
}

/** Whom a link would sign in. Changes nothing, since mail scanners follow links. */
export async function viewSignInLink(
  { DIRECTORY }: SignInBindings,
  { LINK_KEYS }: Keys,
  token: string,
  now: number,
): Promise<Result<{ email: string }, SignInRefusal>> {
  const challenge = await challengeOfLink(DIRECTORY, LINK_KEYS, token, now)
  return challenge === null ? refuse(EXPIRED) : ok({ email: challenge.email })
}

/** For whoever opens the link of the newest mail to their address, and says that they want in. */
export async function signInWithLink(
  bindings: SignInBindings,
  { LINK_KEYS }: Keys,
  { token, userAgent }: { readonly token: string; readonly userAgent: string | null },
  now: number,
): Promise<Result<SignedIn, SignInRefusal>> {
  const challenge = await challengeOfLink(bindings.DIRECTORY, LINK_KEYS, token, now)
  return challenge === null ? refuse(EXPIRED) : finish(bindings, challenge, { method: 'email_link', userAgent }, now)
}

async function challengeOfLink(
  directory: D1Database,
  keys: Config['LINK_KEYS'],
  token: string,
  now: number,
): Promise<EmailChallenge | null> {
  const id = verifyChallengeLink('sign_in', token, keys)
  return id === null ? null : findChallenge(directory, id, now)
}

/**
 * The address is proven. Whether the proof still counts is decided by the step that starts the session and uses it up: of
 * several at once one gets in, and whatever fails before leaves the proof as it was.
 */
async function finish(
  { DIRECTORY, PEOPLE_QUEUE }: SignInBindings,
  { id: challengeId, email }: EmailChallenge,
  how: { readonly method: SignInMethod; readonly userAgent: string | null },
  now: number,
): Promise<Result<SignedIn, SignInRefusal>> {
  const known = await userOfEmail(DIRECTORY, email)
  const account = await provenAccount(DIRECTORY, email, null, now)
  if (!account.ok) return account
  const { id: userId } = account.value
  const started = await startSession(DIRECTORY, { userId, ...how, challengeId }, now)
  const user = await getUser(DIRECTORY, userId)
  if (user?.closingAt != null) return refuse({ code: 'account_closing' })
  if (started === null || user === null) return refuse(EXPIRED)
  await announcePersonChange(PEOPLE_QUEUE, userId)
  return ok({ ...started, user, created: known === null })
}
