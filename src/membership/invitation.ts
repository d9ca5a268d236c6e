import type { Actor, Caller } from './actor.ts'

export const INVITATION_STATUSES = ['pending', 'accepted', 'declined', 'canceled', 'expired'] as const
export type InvitationStatus = (typeof INVITATION_STATUSES)[number]

/**
 * `none`: no mail was asked for; `queued`: it is on its way; `sent`: the mail server took it; `failed`: the mail server
 * refused it or could not be reached, or the invitation was over before the mail left; `delayed`: it waits for room under the
 * limits of the deployment; `blocked`: the recipient wants no more invitations.
 */
export const DELIVERIES = ['none', 'queued', 'delayed', 'sent', 'failed', 'blocked'] as const
export type Delivery = (typeof DELIVERIES)[number]

/** `sendCount` is the number of the newest link: only the link that carries it works. */
export interface Invitation {
  readonly id: string
  readonly organizationId: string
  readonly email: string
  readonly name: string | null
  readonly role: string
  readonly status: InvitationStatus
  readonly sendCount: number
  readonly delivery: Delivery
  readonly invitedBy: Actor
  /** The person whose permissions it depends on: the inviter, or the maker of the API key that invited. Null: the operator, or a process. */
  readonly makerId: string | null
  readonly expiresAt: number
  readonly sentAt: number
  readonly createdAt: number
  readonly acceptedAt: number | null
  readonly memberId: string | null
}

/** What decides whether the newest link of an invitation proves the address of the person who brings it. */
export interface LinkOrigin {
  readonly delivery: Delivery
  readonly invitedBy: Pick<Actor, 'type'>
}

/**
 * A mail reaches only its address, and the operator vouches for the links it hands out. A link that an inviter got in the
 * answer instead proves nothing.
 */
export const provesAddress = ({ delivery, invitedBy }: LinkOrigin): boolean =>
  delivery !== 'none' || invitedBy.type === 'operator'

/** A link that proves an address opens the account of that address, so only the operator may see it. */
export const mayKnowLink = (caller: Pick<Caller, 'type'>, origin: LinkOrigin): boolean =>
  caller.type === 'operator' || !provesAddress(origin)

const DAY_MS = 24 * 60 * 60 * 1000
export const MAX_INVITATION_DAYS = 90
export const MAX_INVITATION_LIFETIME_MS = MAX_INVITATION_DAYS * DAY_MS
export const RESEND_INTERVAL_MS = 60_000
export const MAX_BULK_ROWS = 1_000

export const daysToMs = (days: number): number => days * DAY_MS

/** Expired at the very millisecond of `expiresAt`, whether or not anything has swept it. */
export const isExpired = (invitation: Invitation, now: number): boolean => now >= invitation.expiresAt

export const isOpen = (invitation: Invitation | null, now: number): invitation is Invitation =>
  invitation !== null && invitation.status === 'pending' && !isExpired(invitation, now)

/** The status as of `now`: a pending invitation past its time reads as expired before the sweep has written so. */
export const statusAt = (invitation: Invitation, now: number): InvitationStatus =>
  invitation.status === 'pending' && isExpired(invitation, now) ? 'expired' : invitation.status
