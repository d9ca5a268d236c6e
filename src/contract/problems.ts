import * as z from 'zod'
import { OPERATOR_PERMISSIONS } from '../membership/rejection.ts'
import { ArrivalResult } from './arrivals.ts'
import { BulkResult } from './bulk.ts'
import { Seats } from './organizations.ts'
import { permission } from './roles.ts'
import { UserAttribute } from './user-attributes.ts'

/** RFC 9457. `code` is stable and for programs; the rest is for people. Some codes carry more, as documented with them. */
export const Problem = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  request_id: z.string(),
})

const retry = { retry_after: z.int().min(0).describe('Seconds, as in the header.') }
const limit = { limit: z.int() }

/** What problems of a code carry beside what all of them have. A code that is not named carries nothing more. */
export const PROBLEM_FIELDS: Readonly<Record<string, z.core.$ZodShape>> = {
  invalid_request: {
    errors: z
      .array(
        z.strictObject({
          path: z.string().describe('Of the field, the parameter or the header.'),
          message: z.string(),
        }),
      )
      .min(1),
  },
  forbidden: {
    permission: permission
      .or(z.enum([...OPERATOR_PERMISSIONS, 'user', 'session']))
      .describe(
        'The missing permission, or who alone may do this: `operator`, `operator:write` (an operator key that may change things), `operator:root` (the root key).',
      ),
  },
  last_owner: {
    organizations: z
      .array(z.strictObject({ id: z.string(), name: z.string() }))
      .optional()
      .describe('Where an account is to be deleted: those that have no other owner.'),
  },
  several_owners: { owners: z.int() },
  seat_limit_reached: { seats: Seats, upgrade_url: z.string().nullable() },
  already_invited: { invitation_id: z.string() },
  already_member: { member_id: z.string() },
  external_id_taken: { member_id: z.string() },
  arrivals_refused: { results: z.array(ArrivalResult), seats: Seats },
  invitation_not_pending: { invitation_status: z.string() },
  invitation_expired: { expired_at: z.iso.datetime() },
  bulk_refused: { results: z.array(BulkResult), seats: Seats },
  role_in_use: { members: z.int(), invitations: z.int() },
  role_limit_reached: limit,
  api_key_limit_reached: limit,
  organization_limit_reached: limit,
  user_attribute_limit_reached: limit,
  operator_key_limit_reached: limit,
  attributes_required: { attributes: z.array(UserAttribute).min(1).describe('What is still to be said.') },
  revision_mismatch: { revision: z.int().describe('The current revision of the resource.') },
  resend_too_soon: retry,
  invitation_rate_limited: retry,
  sign_in_code_wrong: { tries_left: z.int().min(0) },
  sign_in_rate_limited: retry,
  rate_limited: retry,
  unavailable: retry,
}
