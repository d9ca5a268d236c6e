import * as z from 'zod'

/**
 * What travels on the people queue: whom it is about and nothing of them, since whoever reads it looks the account up as
 * it is by then. Versioned, because a message may be read by newer code than wrote it.
 */
export const PersonMessage = z.object({
  version: z.literal(1),
  kind: z.literal('person_changed'),
  userId: z.string(),
})

export type PersonMessage = z.infer<typeof PersonMessage>
