import type { Cap } from '../accounts/attempts.ts'
import { CHALLENGE_LIFETIME_MS, type EmailChallenge } from '../accounts/email-challenges.ts'
import { widerNetworkOf } from '../accounts/network.ts'
import type { Settings } from '../contract/settings.ts'

/*
 * Limits how many codes are mailed, and how many wrong codes are checked. What only the person can have started counts
 * separately, so that others cannot use up their share. Links are not counted: they cannot be guessed.
 */

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** Enough for somebody waiting impatiently for a slow mail; few enough not to fill a mailbox. */
const MAILS_SOON = { limit: 5, windowMs: 15 * MINUTE_MS }
const MAILS_PER_DAY = { limit: 20, windowMs: DAY_MS }

/** Of one code: a guesser in one network finds 5 of a million codes in a mail. */
export const GUESSES_OF_NETWORK = 5
/** Of one code, from all networks together: four networks of guessers leave the owner the link. */
export const GUESSES_OF_CODE = 20
/** Of all codes mailed to one address: a year of guessing finds one with a chance of 2 %. */
export const GUESSES_PER_DAY = 50
/** Of all codes of one share. */
const GUESSES_OF_SHARE_PER_DAY = 20

/** What a request counts for instead of its address and network; null: for these. */
export type Share = string | null

/**
 * A code for a session or identity is asked for by its holder alone. A device that has signed in to the account of the
 * address (`isKnown`) is its owner's.
 */
export function shareOf(
  { purpose, subject, email }: Pick<EmailChallenge, 'purpose' | 'subject' | 'email'>,
  device: { readonly id: string; readonly isKnown: boolean } | null,
): Share {
  if (purpose === 'reauthentication') return `${purpose}:${subject}`
  return device?.isKnown === true ? `device:${email}:${device.id}` : null
}

export function mailCaps(email: string, network: string, share: Share, settings: Settings): Cap[] {
  const ofAddress = [
    { name: 'code-mails', subject: share ?? email, ...MAILS_SOON },
    { name: 'code-mails-per-day', subject: share ?? email, ...MAILS_PER_DAY },
  ]
  if (share !== null) return ofAddress
  const { code_mails_per_network_hour: narrow, code_mails_per_wider_network_hour: wide } = settings
  return [...ofAddress, ...ofOrigin('code-mails', network, [narrow, wide, settings.code_mails_per_hour])]
}

/** `challenge`: what the code may prove. A guess where nothing was mailed counts for its network only. */
export function guessCaps(
  challenge: Pick<EmailChallenge, 'id' | 'email'> | null,
  network: string,
  share: Share,
  settings: Settings,
): Cap[] {
  const { wrong_codes_per_network_hour: narrow, wrong_codes_per_wider_network_hour: wide } = settings
  if (challenge === null) return ofOrigin('wrong-codes', network, [narrow, wide, null])
  const { id, email } = challenge
  const ofCode = { windowMs: CHALLENGE_LIFETIME_MS }
  const ofGuesser = { name: 'wrong-codes-of-guesser', limit: GUESSES_OF_NETWORK, ...ofCode }
  if (share !== null) {
    return [
      { ...ofGuesser, subject: `${id}:${share}` },
      { name: 'wrong-codes-per-day', subject: share, limit: GUESSES_OF_SHARE_PER_DAY, windowMs: DAY_MS },
    ]
  }
  return [
    { ...ofGuesser, subject: `${id}:${network}` },
    { name: 'wrong-codes-of-mail', subject: id, limit: GUESSES_OF_CODE, ...ofCode },
    { name: 'wrong-codes-per-day', subject: email, limit: GUESSES_PER_DAY, windowMs: DAY_MS },
    ...ofOrigin('wrong-codes', network, [narrow, wide, settings.wrong_codes_per_hour]),
  ]
}

type OfOrigin = readonly [network: number, widerNetwork: number, deployment: number | null]

/** Against programs that try many addresses. An office or a campus behind one address stays far below. */
function ofOrigin(what: string, network: string, [narrow, wide, all]: OfOrigin): Cap[] {
  const wider = widerNetworkOf(network)
  return [
    { name: `${what}-of-network`, subject: network, limit: narrow, windowMs: HOUR_MS },
    ...(wider === null ? [] : [{ name: `${what}-of-wider-network`, subject: wider, limit: wide, windowMs: HOUR_MS }]),
    ...(all === null ? [] : [{ name: `${what}-of-deployment`, subject: '', limit: all, windowMs: HOUR_MS }]),
  ]
}
