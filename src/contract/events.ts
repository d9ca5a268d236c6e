import * as z from 'zod'
import { EVENT_TYPES, TARGET_TYPES } from '../membership/event.ts'
import { id, list, oneOrMore, page, shownTime, time } from './fields.ts'
import { Actor, via } from './invitations.ts'

const HASH = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'

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
    personal: z
      .strictObject({
        fields: z.array(z.string()).meta({
          description: 'Which fields of `data` are personal; empty once they are erased.',
          examples: [['email', 'name']],
        }),
        salt: z
          .string()
          .nullable()
          .meta({ description: 'Null once the fields are erased.', examples: ['a2f0c1d9e4b87365a2f0c1d9e4b87365'] }),
        sha256: z.string().describe('SHA-256 over the salt and the canonical JSON of the personal fields.'),
      })
      .optional()
      .describe('Absent: nothing in `data` is personal.'),
    redacted: z
      .literal(true)
      .optional()
      .describe('The personal fields were erased; a later event `*.erased` names this one in `data.erased`.'),
    hash: z.string().meta({
      description:
        'SHA-256 over the previous hash and the canonical JSON of this event without `hash`, `personal` and `redacted`, without the personal fields in `data`, and with `personal_sha256` where there are any.',
      examples: [HASH],
    }),
  })
  .meta({ id: 'Event' })
/** The last lines of an export: hashes recorded in the directory. */
export const Checkpoint = z
  .strictObject({ object: z.literal('checkpoint'), seq: z.int(), hash: z.string() })
  .meta({ id: 'Checkpoint' })

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

/** A long log is verified over several requests; the cursor names the last verified event and its hash. */
export const VerifyEvents = z.strictObject({
  cursor: z
    .string()
    .regex(/^\d{1,15}\.[0-9a-f]{64}$/)
    .transform((text) => ({ seq: Number.parseInt(text, 10), hash: text.slice(-HASH.length) }))
    .optional()
    .meta({
      description: 'The `next_cursor` of the request before. Absent: from the first event.',
      wire: { type: 'string' },
    }),
})

export const Verification = z
  .strictObject({
    object: z.literal('verification'),
    valid: z.boolean().describe('True if no event was found changed, missing or added so far.'),
    verified_up_to: z.int().meta({ description: 'The last event of the unbroken chain.', examples: [12] }),
    compared_with_directory: z
      .boolean()
      .describe('Whether the hashes were also compared with the hashes recorded in the directory.'),
    head_seq: z.int().meta({ description: 'The last event of the log.', examples: [12] }),
    next_cursor: z
      .string()
      .nullable()
      .meta({ description: 'For the parameter cursor, while there are events left to verify.', examples: [null] }),
    first_broken_seq: z
      .int()
      .nullable()
      .meta({ examples: [null] }),
  })
  .meta({ id: 'Verification' })
