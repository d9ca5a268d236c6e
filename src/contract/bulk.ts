import { z } from 'zod'
import { BULK_MODES, BULK_OUTCOMES } from '../membership/bulk.ts'
import { MAX_BULK_ROWS } from '../membership/invitation.ts'
import { DEFAULT_ROLE } from '../membership/roles.ts'
import { line } from './fields.ts'
import { roleKey } from './members.ts'
import { Seats } from './organizations.ts'

/** Kept as given: each row has its own outcome, an address that is none included. */
const address = z
  .string()
  .max(1000)
  .refine((text) => text.isWellFormed(), 'This text is not well-formed Unicode.')

/** What is no role of the organization is the row's outcome, not an error of the request. */
const rowRole = z
  .string()
  .max(100)
  .refine((text) => text.isWellFormed(), 'This text is not well-formed Unicode.')

export const BulkRow = z.strictObject({
  email: address,
  role: rowRole.optional(),
  name: line(200).nullable().optional(),
})

export const BulkInvite = z
  .strictObject({
    emails: z.array(address).min(1).max(MAX_BULK_ROWS).optional(),
    rows: z.array(BulkRow).min(1).max(MAX_BULK_ROWS).optional(),
    role: roleKey.default(DEFAULT_ROLE),
    mode: z.enum(BULK_MODES).default('each'),
    dry_run: z.boolean().default(false),
  })
  .refine((body) => (body.emails === undefined) !== (body.rows === undefined), {
    message: 'Send either emails or rows.',
  })

/** The same choices for a CSV body, whose fields are all rows. */
export const BulkInviteCsv = z.strictObject({
  role: roleKey.default(DEFAULT_ROLE),
  mode: z.enum(BULK_MODES).default('each'),
  dry_run: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true'),
})

export const BulkResult = z.strictObject({
  email: z.string(),
  outcome: z.enum(BULK_OUTCOMES),
  invitation_id: z.string().optional(),
})

export const BulkAnswer = z.strictObject({
  object: z.literal('bulk_result'),
  dry_run: z.boolean(),
  results: z.array(BulkResult),
  seats: Seats,
})
