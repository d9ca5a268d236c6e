import * as z from 'zod'

/**
 * - `person_changed`: the organizations of the person take over the account as it is now.
 * - `account_closing`: the account is being deleted, and not all organizations have forgotten the person yet.
 * - `person_deleted`: the account is gone, and some organization still has a row that says who the person was.
 */
export const PERSON_NEWS = ['person_changed', 'account_closing', 'person_deleted'] as const

/**
 * What travels on the people queue: whom it is about and nothing of them, since the reader of the message looks the account up
 * as it is by then. Versioned, because a message may be read by newer code than wrote it.
 */
export const PersonMessage = z.object({
  version: z.literal(1),
  kind: z.enum(PERSON_NEWS),
  userId: z.string(),
  /** For people in more organizations than one message reaches: organizations up to this id have had their turn. */
  after: z.string().optional(),
})

export type PersonMessage = z.infer<typeof PersonMessage>
