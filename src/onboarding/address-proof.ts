import { attempt, giveBack } from '../accounts/attempts.ts'
import { isCodeOf, verifyChallengeLink } from '../accounts/challenge-proof.ts'
import { isKnownDevice } from '../accounts/devices.ts'
import {
  CHALLENGE_LIFETIME_MS,
  challengeUnderWay,
  type EmailChallenge,
  findChallenge,
  openChallenge,
} from '../accounts/email-challenges.ts'
import type { InvitationLink } from '../accounts/invitation-link.ts'
import type { ChallengeMessage } from '../contract/mail-message.ts'
import { currentSettings } from '../directory/settings.ts'
import type { Config } from '../env.ts'
import { ok, type Result, refuse } from '../membership/result.ts'
import { guessCaps, mailCaps, shareOf } from './proof-limits.ts'

/*
 * Somebody proves that an address is theirs by what was mailed to it, whatever for: the mails of all purposes count
 * together, since they meet in one mailbox.
 */

export interface ProofBindings {
  readonly ACCOUNTS: D1Database
  readonly CODE_QUEUE: Queue
}

export type Keys = Pick<Config, 'LINK_KEYS'>

export type ProofRefusal =
  | { readonly code: 'sign_in_code_wrong'; readonly triesLeft: number }
  /** Or unknown, used, or replaced by a newer one: the answer does not say which. */
  | { readonly code: 'sign_in_code_expired' }
  /** Too many wrong codes, from this network or for this mail or address. The link of the mail still works. */
  | { readonly code: 'sign_in_rate_limited'; readonly retryAfterSeconds: number }

/** What a request counts for under the limits of codes. */
export interface LimitedBy {
  readonly network: string
  /** Of a device that has signed in before, to whichever account. */
  readonly deviceId?: string | null
}

export const EXPIRED = { code: 'sign_in_code_expired' } as const

/** What the answer says of the code and the link that were asked for. */
export interface MailedChallenge {
  readonly expiresAt: number
}

interface Wanted extends Pick<EmailChallenge, 'purpose' | 'subject' | 'email'>, LimitedBy {
  /** The invitation that the proof accepts as well. */
  readonly joining?: Joining
}

interface Joining {
  readonly invitation: InvitationLink
  readonly organizationName: string
}

/**
 * Mails a code and a link to the address. At a limit nothing is mailed, the open code stays good, and the answer is the
 * same: it does not show what anybody else has asked for. Throws when the mail cannot be queued; what it has counted is
 * given back then.
 */
export async function mailChallenge(
  { ACCOUNTS, CODE_QUEUE }: ProofBindings,
  { LINK_KEYS }: Keys,
  { network, deviceId = null, joining, ...wanted }: Wanted,
  now: number,
): Promise<MailedChallenge> {
  const { purpose, email } = wanted
  const share = shareOf(wanted, await deviceOfAccount(ACCOUNTS, email, deviceId, now))
  const caps = mailCaps(email, network, share, await currentSettings(ACCOUNTS))
  const charge = await attempt(ACCOUNTS, caps, LINK_KEYS, now)
  if (!charge.ok) {
    console.warn({ message: 'code not mailed', purpose, limit: charge.error.cap })
    return { expiresAt: now + CHALLENGE_LIFETIME_MS }
  }
  try {
    const challenge = { ...wanted, invitation: joining?.invitation ?? null }
    const { id, expiresAt } = await openChallenge(ACCOUNTS, challenge, now)
    const message: ChallengeMessage = {
      ...{ version: 1, kind: purpose, id, challengeId: id },
      ...(joining === undefined ? {} : { organizationName: joining.organizationName }),
    }
    await enqueue(CODE_QUEUE, message)
    return { expiresAt }
  } catch (error) {
    await giveBack(ACCOUNTS, charge.value)
    throw error
  }
}

async function enqueue(queue: Queue, message: ChallengeMessage): Promise<void> {
  try {
    await queue.send(message, { contentType: 'json' })
  } catch (cause) {
    throw Object.assign(new Error('The mail queue is out of reach', { cause }), { retryable: true })
  }
}

type CodeGiven = Pick<EmailChallenge, 'purpose' | 'subject'> & LimitedBy & { readonly code: string }

/**
 * The challenge that a code proves; it is not used up yet. A try counts before the code is compared, so that
 * guesses made at the same time cannot exceed the limits.
 */
export async function challengeOfCode(
  accounts: D1Database,
  { LINK_KEYS }: Keys,
  { code, network, deviceId = null, ...which }: CodeGiven,
  now: number,
): Promise<Result<EmailChallenge, ProofRefusal>> {
  const challenge = await challengeUnderWay(accounts, which, now)
  const share = challenge && shareOf(challenge, await deviceOfAccount(accounts, challenge.email, deviceId, now))
  const caps = guessCaps(challenge, network, share, await currentSettings(accounts))
  const charge = await attempt(accounts, caps, LINK_KEYS, now)
  if (!charge.ok) return refuse({ code: 'sign_in_rate_limited', retryAfterSeconds: charge.error.retryAfterSeconds })
  if (challenge === null) return refuse(EXPIRED)
  if (!isCodeOf(challenge, code, LINK_KEYS)) {
    return refuse({ code: 'sign_in_code_wrong', triesLeft: Math.min(...charge.value.map(({ left }) => left)) })
  }
  await giveBack(accounts, charge.value)
  return ok(challenge)
}

const deviceOfAccount = async (accounts: D1Database, email: string, id: string | null, now: number) =>
  id === null ? null : { id, isKnown: await isKnownDevice(accounts, email, id, now) }

/** The challenge that a link proves. Changes nothing, since mail scanners follow links. */
export async function challengeOfLink(
  accounts: D1Database,
  { LINK_KEYS }: Keys,
  purpose: EmailChallenge['purpose'],
  token: string,
  now: number,
): Promise<EmailChallenge | null> {
  const id = verifyChallengeLink(purpose, token, LINK_KEYS)
  return id === null ? null : findChallenge(accounts, id, now)
}
