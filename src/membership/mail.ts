import type { Actor } from './actor.ts'

/** A mail to be written: facts only, no rendered text and no link, which the sender signs at the last moment. */
export interface InvitationMail {
  readonly kind: 'invitation'
  readonly organizationId: string
  readonly organizationName: string
  readonly invitationId: string
  readonly sendNumber: number
  readonly email: string
  readonly name: string | null
  readonly roleName: string
  readonly inviter: string | null
  readonly invitedBy: Actor
  readonly expiresAt: number
}

/** How many invitation mails an organization has asked for on one day (UTC, in days since the epoch). */
export interface MailAllowance {
  readonly day: number
  readonly count: number
}

const DAY_MS = 24 * 60 * 60 * 1000

export const mailsLeft = (allowance: MailAllowance, perDay: number, now: number): number =>
  perDay - (allowance.day === Math.floor(now / DAY_MS) ? allowance.count : 0)

export const spendMails = (allowance: MailAllowance, mails: number, now: number): MailAllowance => {
  const day = Math.floor(now / DAY_MS)
  return { day, count: (allowance.day === day ? allowance.count : 0) + mails }
}

export const secondsUntilNextDay = (now: number): number => Math.ceil((DAY_MS - (now % DAY_MS)) / 1000)
