import * as z from 'zod'
import { EVENT_TYPES, TARGET_TYPES } from '../membership/event.ts'
import { id, list, oneOrMore, page, shownTime, time } from './fields.ts'
import { Actor, via } from './invitations.ts'

export const Event = z
  .strictObject({
    object: z.literal('event'),
    id: id('evt'),
    organization_id: id('org'),
    seq: z.int().meta({ description: 'Without gaps, from 1.', examples: [12] }),
    type: z.enum(EVENT_TYPES).meta({ examples: ['member.role_changed'] }),
    occurred_at: shownTime,
    actor: Actor,
    via,
    target: z
      .strictObject({ type: z.enum(TARGET_TYPES), id: z.string() })
      .meta({ examples: [{ type: 'member', id: 'mem_01h455vb4pex5vsknk084sn02q' }] }),
    data: z
      .record(z.string(), z.unknown())
      .meta({ description: 'What changed, from and to.', examples: [{ role: { from: 'member', to: 'admin' } }] }),
    redacted: z
      .literal(true)
      .optional()
      .describe('Personal data in it was replaced by "[erased]"; a later event `*.erased` says what it is now.'),
    hash: z.string().meta({
      description: 'SHA-256 over the previous hash and the canonical JSON of this event, as it was before a redaction.',
      examples: ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
    }),
  })
  .meta({ id: 'Event' })
/** The data of `member.erased` and `invitation.erased`: which entries are redacted, and the hash of each as it is now. */
export const ErasureData = z.object({ redacted: z.array(z.object({ seq: z.int(), sha256: z.string() })) })

export const EventList = list(Event).meta({ id: 'EventList' })

const who = z
  .string()
  .min(1)
  .max(100)
  .optional()
  .meta({ examples: ['usr_01h455vb4pex5vsknk084sn02q'] })

export const ListEvents = z.strictObject({
  ...page,
  type: oneOrMore(EVENT_TYPES).optional(),
  actor: who.describe('The id of who did it.'),
  target: who.describe('The id of whom or what it was done to.'),
  after_seq: z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .optional()
    .meta({
      description: 'Lists ascending from behind this one, for a reader that follows the log. Absent: newest first.',
      wire: { type: 'integer', minimum: 0, pattern: undefined },
    }),
  from: time.optional().describe('Not before this time.'),
  to: time.optional().describe('Before this time.'),
})

export const ListActivity = z.strictObject(page)

export const Activity = z
  .strictObject({
    object: z.literal('activity'),
    member_id: id('mem'),
    joined_at: shownTime,
    last_sign_in_at: shownTime.nullable(),
    events: EventList.describe('What they did, newest first.'),
  })
  .meta({ id: 'Activity' })

export const ExportEvents = z.strictObject({ format: z.enum(['ndjson', 'csv']).default('ndjson') })

export const Verification = z
  .strictObject({
    object: z.literal('verification'),
    valid: z.boolean(),
    verified_up_to: z.int().meta({ description: 'The last of the unbroken chain.', examples: [12] }),
    first_broken_seq: z
      .int()
      .nullable()
      .meta({ examples: [null] }),
  })
  .meta({ id: 'Verification' })
