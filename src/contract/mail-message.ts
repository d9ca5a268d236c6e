import { z } from 'zod'
import { ACTOR_TYPES } from '../membership/actor.ts'

/*
 * What travels on the mail queue: facts of the mail, no rendered text, no link and no code. Versioned, because a message
 * may be read by newer code than wrote it. `id` names the mail: however often the queue delivers it, it is sent once.
 */

const InvitationMessage = z.object({
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
const SignInMessage = z.object({
  version: z.literal(1),
  id: z.string(),
  kind: z.literal('sign_in'),
  challengeId: z.string(),
})

export const MailMessage = z.discriminatedUnion('kind', [InvitationMessage, SignInMessage])

export type MailMessage = z.infer<typeof MailMessage>
export type InvitationMessage = z.infer<typeof InvitationMessage>
export type SignInMessage = z.infer<typeof SignInMessage>
