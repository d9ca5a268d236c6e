import { z } from 'zod'
import { ACTOR_TYPES } from '../membership/actor.ts'

/**
 * What travels on the mail queue: facts of the mail, no rendered text and no link. Versioned, because a message may be
 * read by newer code than wrote it. `id` names the mail: however often the queue delivers it, it is sent once.
 */
export const MailMessage = z.object({
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

export type MailMessage = z.infer<typeof MailMessage>
