import { attempt, type Cap, giveBack } from '../accounts/attempts.ts'
import { isCodeOf, verifyChallengeLink } from '../accounts/challenge-proof.ts'
import {
  type EmailChallenge,
  findChallenge,
  MAX_CODE_TRIES,
  openChallenge,
  useTry,
} from '../accounts/email-challenges.ts'
import type { ChallengeMessage } from '../contract/mail-message.ts'
import type { Config } from '../env.ts'
import { ok, type Result, refuse } from '../membership/result.ts'

/*
 * Somebody proves that an address is theirs by what was mailed to it, whatever for: the mails of all purposes count
 * together, since they meet in one mailbox.
 */

export interface ProofBindings {
  readonly DIRECTORY: D1Database
  readonly CODE_QUEUE: Queue
}

export type Keys = Pick<Config, 'LINK_KEYS'>

export type ProofRefusal =
  | { readonly code: 'sign_in_code_wrong'; readonly triesLeft: number }
  /** Or unknown, used, replaced by a newer one, or tried too often: which of them is not told. */
  | { readonly code: 'sign_in_code_expired' }
  | { readonly code: 'sign_in_rate_limited'; readonly retryAfterSeconds: number }

export const EXPIRED = { code: 'sign_in_code_expired' } as const

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

type Wanted = Pick<EmailChallenge, 'purpose' | 'subject' | 'email'> & { readonly network: string }

/** Mails a code and a link to the address. Throws when the mail cannot be queued; nothing has counted then. */
export async function mailChallenge(
  { DIRECTORY, CODE_QUEUE }: ProofBindings,
  { LINK_KEYS }: Keys,
  { network, ...wanted }: Wanted,
  now: number,
): Promise<Result<{ expiresAt: number }, ProofRefusal>> {
  const caps = [mailsSoon(wanted.email), mailsPerDay(wanted.email), mailsOfNetwork(network)]
  const charge = await attempt(DIRECTORY, caps, LINK_KEYS, now)
  if (!charge.ok) return refuse({ code: 'sign_in_rate_limited', ...charge.error })
  const { id, expiresAt } = await openChallenge(DIRECTORY, wanted, now)
  const message: ChallengeMessage = { version: 1, kind: wanted.purpose, id, challengeId: id }
  try {
    await CODE_QUEUE.send(message, { contentType: 'json' })
  } catch (cause) {
    await giveBack(DIRECTORY, charge.value)
    throw Object.assign(new Error('The mail queue is out of reach', { cause }), { retryable: true })
  }
  return ok({ expiresAt })
}

type CodeGiven = Pick<EmailChallenge, 'purpose' | 'subject'> & { readonly code: string; readonly network: string }

/** The challenge that a code proves; it is not used up yet. */
export async function challengeOfCode(
  directory: D1Database,
  { LINK_KEYS }: Keys,
  { code, network, ...which }: CodeGiven,
  now: number,
): Promise<Result<EmailChallenge, ProofRefusal>> {
  const charge = await attempt(directory, [wrongCodesOfNetwork(network)], LINK_KEYS, now)
  if (!charge.ok) return refuse({ code: 'sign_in_rate_limited', ...charge.error })
  const challenge = await useTry(directory, which, now)
  if (challenge === null) return refuse(EXPIRED)
  if (!isCodeOf(challenge, code, LINK_KEYS)) {
    return refuse({ code: 'sign_in_code_wrong', triesLeft: MAX_CODE_TRIES - challenge.tries })
  }
  await giveBack(directory, charge.value)
  return ok(challenge)
}

/** The challenge that a link proves. Changes nothing, since mail scanners follow links. */
export async function challengeOfLink(
  directory: D1Database,
  { LINK_KEYS }: Keys,
  purpose: EmailChallenge['purpose'],
  token: string,
  now: number,
): Promise<EmailChallenge | null> {
  const id = verifyChallengeLink(purpose, token, LINK_KEYS)
  return id === null ? null : findChallenge(directory, id, now)
}
