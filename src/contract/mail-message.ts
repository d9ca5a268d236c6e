import * as z from 'zod'
import { ACTOR_TYPES } from '../membership/actor.ts'

/*
 * What travels on the mail queue: facts of the mail, no rendered text, no link and no code. Versioned, because a message
 * may be read by newer code than wrote it. `id` names the mail: however often the queue delivers it, it is sent once.
 */

export const InvitationMessage = z.object({
  version: z.literal(1),
  id: z.string(),
  kind: z.literal('invitation'),
  organizationId: z.string(),
  organizationName: z.string(),
  invitationId: z.string(),
  sendNumber: z.int(),
  email: z.string(),
  name: z.string().nullable(),
  roleName: z.string(),
  /** How the inviter is called, or null when nobody in particular invites. */
  inviter: z.string().nullable(),
  invitedBy: z.object({ type: z.enum(ACTOR_TYPES), id: z.string().nullable() }),
  /** Epoch milliseconds. */
  expiresAt: z.number(),
})

/** The address stands in the challenge: the mail is not even written once that is used, replaced or expired. */
const ChallengeMessage = z.object({
  version: z.literal(1),
  id: z.string(),
  kind: z.enum(['sign_in', 'email_change', 'reauthentication']),
  challengeId: z.string(),
  /** Of the organization whose invitation the proof accepts. */
  organizationName: z.string().optional(),
})

/** To the address that an account had until now. */
const EmailChangedMessage = z.object({
  version: z.literal(1),
  id: z.string(),
  kind: z.literal('email_changed'),
  email: z.string(),
  /** For the link that takes the change back; absent if the operator made the change. */
  changeId: z.string().optional(),
  /** Epoch milliseconds. */
  changedAt: z.number(),
})

const origin = z.object({ device: z.string().nullable(), network: z.string().nullable() })

/** Epoch milliseconds; `origin` only of what the recipient did. */
const occurred = { at: z.number(), origin: origin.optional() }

const NoticeSubject = z.discriminatedUnion('about', [
  z.object({ about: z.enum(['removed', 'suspended', 'owner_given', 'owner_lost']), ...occurred }),
  z.object({
    about: z.literal('api_key_created'),
    key: z.object({ name: z.string(), lastFour: z.string() }),
    ...occurred,
  }),
  z.object({
    about: z.literal('keys_to_rotate'),
    keys: z.array(z.object({ name: z.string(), lastFour: z.string(), maker: z.string().nullable() })).readonly(),
  }),
])

/** From an organization to one of its members, about what has happened there. */
const NoticeMessage = z.object({
  version: z.literal(1),
  id: z.string(),
  kind: z.literal('notice'),
  organizationId: z.string(),
  organizationName: z.string(),
  email: z.string(),
  name: z.string().nullable(),
  subject: NoticeSubject,
})

/** A sign-in on a device that the account had not signed in on before. */
const NewDeviceMessage = z.object({
  version: z.literal(1),
  id: z.string(),
  kind: z.literal('new_device'),
  email: z.string(),
  at: z.number(),
  origin,
})

export const MailMessage = z.discriminatedUnion('kind', [
  InvitationMessage,
  NoticeMessage,
  ChallengeMessage,
  EmailChangedMessage,
  NewDeviceMessage,
])

export type MailMessage = z.infer<typeof MailMessage>
export type InvitationMessage = z.infer<typeof InvitationMessage>
export type NoticeMessage = z.infer<typeof NoticeMessage>
/** What an organization's object puts on the queue. */
export type OrganizationMessage = InvitationMessage | NoticeMessage
export type ChallengeMessage = z.infer<typeof ChallengeMessage>
export type NewDeviceMessage = z.infer<typeof NewDeviceMessage>
export type EmailChangedMessage = z.infer<typeof EmailChangedMessage>

/** What an account's outbox holds. */
export type AccountMail = EmailChangedMessage | NewDeviceMessage
