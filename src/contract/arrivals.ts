import * as z from 'zod'
import { ARRIVAL_OUTCOMES, MAX_ARRIVALS } from '../membership/arrival.ts'
import { BULK_MODES } from '../membership/bulk.ts'
import { DEFAULT_ROLE } from '../membership/roles.ts'
import { address, rowRole } from './bulk.ts'
import { id, shownEmail } from './fields.ts'
import { active, externalId, Profile, roleKey } from './members.ts'
import { Seats } from './organizations.ts'

const Arrival = z
  .strictObject({
    user_id: id('usr').optional(),
    email: address.optional(),
    role: rowRole.optional(),
    profile: Profile.default({}),
    external_id: externalId.optional(),
    active,
  })
  .refine((row) => (row.user_id === undefined) !== (row.email === undefined), {
    message: 'Name the person by either user_id or email.',
  })
  .meta({ id: 'Arrival', oneOf: [{ required: ['user_id'] }, { required: ['email'] }] })

export const AddMembers = z
  .strictObject({
    members: z.array(Arrival).min(1).max(MAX_ARRIVALS),
    role: roleKey.default(DEFAULT_ROLE).describe('For rows that name none.'),
    mode: z
      .enum(BULK_MODES)
      .default('each')
      .describe('`each` adds whom it can, in the order given; `all` adds all or none.'),
    dry_run: z.boolean().default(false).describe('Answers the same and changes nothing.'),
  })
  .meta({
    id: 'AddMembers',
    examples: [
      {
        members: [
          { email: 'bob@acme.example', external_id: 'e-1042' },
          { email: 'cat@acme.example', role: 'admin' },
        ],
      },
    ],
  })

export const ArrivalResult = z
  .strictObject({
    user_id: id('usr').nullable(),
    email: shownEmail.nullable().describe('Normalized, or as given where it is no email.'),
    outcome: z.enum(ARRIVAL_OUTCOMES).meta({
      description:
        'added: a new member. returned: a former member is back, under the same id. reactivated: a suspended member is active again. linked: the person was a member, and the external ID is new. unchanged: the person is such a member already. The others are refusals; already_member: in another role, or active where the row says inactive, or another member has the email.',
      examples: ['added'],
    }),
    member_id: id('mem').nullable().describe('Null if there is no member, and for new members in a dry run.'),
  })
  .meta({ id: 'ArrivalResult' })

export const ArrivalAnswer = z
  .strictObject({
    object: z.literal('bulk_result'),
    dry_run: z.boolean().meta({ examples: [false] }),
    results: z.array(ArrivalResult).describe('One for each row, in their order.'),
    seats: Seats,
  })
  .meta({ id: 'ArrivalAnswer' })
