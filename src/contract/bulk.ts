import * as z from 'zod'
import { BULK_MODES, BULK_OUTCOMES } from '../membership/bulk.ts'
import { MAX_BULK_ROWS } from '../membership/invitation.ts'
import { DEFAULT_ROLE } from '../membership/roles.ts'
import { line, shownEmail } from './fields.ts'
import { roleKey } from './members.ts'
import { Seats } from './organizations.ts'

/** Kept as given: each row has its own outcome, an address that is none included. */
export const address = z
  .string()
  .max(1000)
  .refine((text) => text.isWellFormed(), 'This text is not well-formed Unicode.')
  .meta({ description: 'What is no address gets the outcome invalid_email.', examples: ['bob@acme.example'] })

/** What is no role of the organization is the row's outcome, not an error of the request. */
export const rowRole = z
  .string()
  .max(100)
  .refine((text) => text.isWellFormed(), 'This text is not well-formed Unicode.')
  .meta({ examples: ['admin'] })

export const BulkRow = z
  .strictObject({
    email: address,
    role: rowRole.optional(),
    name: line(200)
      .nullable()
      .optional()
      .meta({ examples: ['Bob Fox'] }),
  })
  .meta({ id: 'BulkRow' })

const mode = z
  .enum(BULK_MODES)
  .default('each')
  .describe('`each` invites whom it can, in the order given; `all` invites all or none.')

export const BulkInvite = z
  .strictObject({
    emails: z.array(address).min(1).max(MAX_BULK_ROWS).optional(),
    rows: z.array(BulkRow).min(1).max(MAX_BULK_ROWS).optional(),
    role: roleKey.default(DEFAULT_ROLE).describe('For rows that name none.'),
    mode,
    dry_run: z.boolean().default(false).describe('Answers the same and changes nothing.'),
  })
  .refine((body) => (body.emails === undefined) !== (body.rows === undefined), {
    message: 'Send either emails or rows.',
  })
  .meta({
    id: 'BulkInvite',
    description: 'Whom to invite, as either emails or rows.',
    oneOf: [{ required: ['emails'] }, { required: ['rows'] }],
    examples: [{ rows: [{ email: 'bob@acme.example' }, { email: 'cat@acme.example', role: 'admin' }], mode: 'each' }],
  })

/** The same choices for a CSV body, whose fields are all rows. */
export const BulkInviteCsv = z.strictObject({
  role: roleKey.default(DEFAULT_ROLE),
  mode,
  dry_run: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true')
    .meta({ wire: { type: 'boolean', enum: undefined, default: false } }),
})

export const BulkResult = z
  .strictObject({
    email: shownEmail.describe('Normalized, or as given where it is no address.'),
    outcome: z.enum(BULK_OUTCOMES),
    invitation_id: z
      .string()
      .optional()
      .meta({ examples: ['inv_01h455vb4pex5vsknk084sn02q'] }),
  })
  .meta({ id: 'BulkResult' })

export const BulkAnswer = z
  .strictObject({
    object: z.literal('bulk_result'),
    dry_run: z.boolean().meta({ examples: [false] }),
    results: z.array(BulkResult).describe('One for each row, in their order.'),
    seats: Seats,
  })
  .meta({ id: 'BulkAnswer' })
