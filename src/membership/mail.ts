import type { Actor, ShownOrigin } from './actor.ts'
import type { Member } from './member.ts'

/** What an organization mails: facts only, no rendered text and no link, which the sender signs at the last moment. */
export type OrganizationMail = InvitationMail | Notice

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

/** A mail to members about what has happened. Each recipient gets one of their own. */
export interface Notice {
  readonly kind: 'notice'
  readonly organizationName: string
  readonly recipients: readonly Recipient[]
  readonly subject: NoticeSubject
}

export interface Recipient {
  readonly email: string
  readonly name: string | null
}

/** What a notice is about, one kind per wording. */
export type NoticeSubject = KeysToRotate | SecurityNotice

/** A change of a person's access that they should know of, in case it was not meant. `at` is epoch milliseconds. */
export type SecurityNotice =
  | {
      readonly about: 'removed' | 'suspended' | 'owner_given' | 'owner_lost'
      readonly at: number
      readonly origin?: ShownOrigin | undefined
    }
  | {
      readonly about: 'api_key_created'
      readonly at: number
      /** Where the person's own act came from. */
      readonly origin?: ShownOrigin | undefined
      readonly key: { readonly name: string; readonly lastFour: string }
    }

/** These keys stay in use, but the people who made them, and may still know their secrets, have lost permissions. */
export interface KeysToRotate {
  readonly about: 'keys_to_rotate'
  readonly keys: readonly {
    readonly name: string
    readonly lastFour: string
    /** The name of the person who made the key. */
    readonly maker: string | null
  }[]
}

/** A notice to all owners goes to so many of them at most. */
export const MAX_NOTICE_RECIPIENTS = 50

export const recipientOf = ({ email, profile }: Pick<Member, 'email' | 'profile'>): Recipient => ({
  email,
  name: profile.name ?? null,
})

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
