import { z } from 'zod'
import { EVENT_TYPES, TARGET_TYPES } from '../membership/event.ts'
import { id, list, oneOrMore, page, shownTime, time } from './fields.ts'
import { Actor } from './invitations.ts'

export const Event = z.strictObject({
  object: z.literal('event'),
  id: id('evt'),
  organization_id: id('org'),
  seq: z.int(),
  type: z.enum(EVENT_TYPES),
  occurred_at: shownTime,
  actor: Actor,
  target: z.strictObject({ type: z.enum(TARGET_TYPES), id: z.string() }),
  data: z.record(z.string(), z.unknown()),
  hash: z.string(),
})
export const EventList = list(Event)

const who = z.string().min(1).max(100).optional()

export const ListEvents = z.strictObject({
  ...page,
  type: oneOrMore(EVENT_TYPES).optional(),
  /** The id of an actor or target. */
  actor: who,
  target: who,
  after_seq: z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .optional(),
  from: time.optional(),
  to: time.optional(),
})

export const ListActivity = z.strictObject(page)

export const Activity = z.strictObject({
  object: z.literal('activity'),
  member_id: id('mem'),
  joined_at: shownTime,
  last_sign_in_at: shownTime.nullable(),
  events: EventList,
})

export const ExportEvents = z.strictObject({ format: z.enum(['ndjson', 'csv']).default('ndjson') })

export const Verification = z.strictObject({
  object: z.literal('verification'),
  valid: z.boolean(),
  verified_up_to: z.int(),
  first_broken_seq: z.int().nullable(),
})
