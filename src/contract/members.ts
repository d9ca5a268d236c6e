import * as z from 'zod'
import { DEPARTURE_OUTCOMES } from '../membership/departure.ts'
import { DELIVERIES } from '../membership/invitation.ts'
import { MEMBER_SOURCES, MEMBER_STATUSES } from '../membership/member.ts'
import { MEMBER_SORTS, ROSTER_SORTS, ROSTER_STATUSES } from '../membership/queries.ts'
import { DEFAULT_ROLE, ROLE_KEY } from '../membership/roles.ts'
import {
  consistency,
  email,
  httpUrl,
  id,
  line,
  list,
  oneOrMore,
  page,
  search,
  shownEmail,
  shownTime,
  sort,
} from './fields.ts'
import { attributeFilters, ShownAttributes } from './user-attributes.ts'

export const roleKey = z
  .string()
  .regex(ROLE_KEY, 'A role key is 2 to 32 of a-z, 0-9, _ and -, starting with a letter.')
  .meta({ description: 'The key of a role: owner, admin, member, or one of your own.', examples: ['member'] })

export const shownRole = z.string().meta({ description: 'The key of the role.', examples: ['member'] })
export const shownName = z
  .string()
  .nullable()
  .meta({ examples: ['Bob Fox'] })

export const Profile = z
  .strictObject({
    name: line(200).optional(),
    given_name: line(200).optional(),
    family_name: line(200).optional(),
    picture: httpUrl.optional(),
  })
  .meta({ id: 'Profile', examples: [{ name: 'Bob Fox', given_name: 'Bob', family_name: 'Fox' }] })

export const Member = z
  .strictObject({
    object: z.literal('member'),
    id: id('mem'),
    organization_id: id('org'),
    user_id: id('usr'),
    email: shownEmail,
    name: shownName,
    role: shownRole,
    status: z.enum(MEMBER_STATUSES),
    source: z.enum(MEMBER_SOURCES).describe('How they came.'),
    external_id: z
      .string()
      .nullable()
      .meta({
        description:
          'What the product calls the member. Only the operator sets it. Null for callers without `members:manage`.',
        examples: ['e-1042'],
      }),
    profile: Profile,
    attributes: ShownAttributes,
    joined_at: shownTime,
    last_sign_in_at: shownTime.nullable(),
    created_at: shownTime,
    updated_at: shownTime,
  })
  .meta({ id: 'Member' })
export const MemberList = list(Member).meta({ id: 'MemberList' })

export const externalId = line(200).meta({
  description: 'What the product calls the member. Unique in the organization.',
  examples: ['e-1042'],
})
export const active = z
  .boolean()
  .default(true)
  .meta({ description: 'False: the person becomes a suspended member, without a seat.', examples: [true] })
export const AddMember = z
  .strictObject({
    user_id: id('usr').optional(),
    email: email.optional(),
    role: roleKey.default(DEFAULT_ROLE),
    profile: Profile.default({}),
    external_id: externalId.optional(),
    active,
  })
  .refine((body) => (body.user_id === undefined) !== (body.email === undefined), {
    message: 'Name the person by either user_id or email.',
  })
  .meta({
    id: 'AddMember',
    description: 'The person, by either user_id or email.',
    oneOf: [{ required: ['user_id'] }, { required: ['email'] }],
    examples: [{ email: 'bob@acme.example', role: 'member', profile: { name: 'Bob Fox' } }],
  })

export const UpdateMember = z
  .strictObject({ role: roleKey.optional(), profile: Profile.optional().describe('Only what is named changes.') })
  .meta({ id: 'UpdateMember', examples: [{ role: 'admin' }] })

export const ListMembers = z.strictObject({
  ...page,
  consistency,
  status: oneOrMore(MEMBER_STATUSES)
    .default(['active', 'suspended'])
    .meta({ wire: { default: ['active', 'suspended'] } }),
  role: roleKey.optional(),
  external_id: line(200)
    .optional()
    .meta({
      description: 'The member that the product calls by this id. Needs `members:manage`.',
      examples: ['e-1042'],
    }),
  query: search,
  attribute: attributeFilters,
  sort: sort(MEMBER_SORTS)
    .default({ by: 'joined_at', descending: false })
    .meta({ wire: { default: 'joined_at' } }),
})

export const RosterEntry = z
  .strictObject({
    object: z.literal('roster_entry'),
    kind: z.enum(['member', 'invitation']),
    id: z.string().meta({ description: 'Of the member or invitation.', examples: ['mem_01h455vb4pex5vsknk084sn02q'] }),
    user_id: z
      .string()
      .nullable()
      .meta({ examples: ['usr_01h455vb4pex5vsknk084sn02q'] }),
    name: shownName,
    email: shownEmail,
    role: shownRole,
    status: z.enum(ROSTER_STATUSES),
    attributes: ShownAttributes.meta({ description: 'Of members, by the keys of the user attributes.' }),
    joined_at: shownTime.nullable().describe('Of members.'),
    last_sign_in_at: shownTime.nullable().describe('Of members.'),
    invited_at: shownTime.nullable().meta({ description: 'Of invitations.', examples: [null] }),
    expires_at: shownTime.nullable().meta({ description: 'Of invitations.', examples: [null] }),
    delivery: z
      .enum(DELIVERIES)
      .nullable()
      .meta({
        description:
          'Of the latest mail of an invitation. `delayed`: a daily limit is used up, the mail is sent later. `blocked`: the recipient wants no invitations.',
        examples: [null],
      }),
  })
  .meta({ id: 'RosterEntry' })
export const Roster = list(RosterEntry).meta({ id: 'Roster' })

export const ListRoster = z.strictObject({
  ...page,
  consistency,
  status: oneOrMore(ROSTER_STATUSES)
    .default([...ROSTER_STATUSES])
    .meta({ wire: { default: ROSTER_STATUSES } }),
  role: roleKey.optional(),
  query: search,
  attribute: attributeFilters,
  sort: sort(ROSTER_SORTS)
    .default({ by: 'name', descending: false })
    .meta({ wire: { default: 'name' } }),
})

const ENTRY_ID = /^(?:inv|key)_[0-7][0-9a-hjkmnp-tv-z]{25}$/
const MAX_KEPT = 100

/** `all`, or the ids of invitations and keys. */
const keep = z
  .string()
  .max(4_000)
  .transform((text): 'all' | string[] => (text === 'all' ? text : text.split(',')))
  .pipe(
    z.union([
      z.literal('all'),
      z.array(z.string().regex(ENTRY_ID, 'Name invitations and API keys by their ids.')).min(1).max(MAX_KEPT),
    ]),
  )
  .meta({
    description:
      'What you take over of what would end or pass on: ids of invitations and API keys, separated by commas, or all.',
    examples: ['all'],
    wire: { type: 'string', maxLength: 4_000, anyOf: undefined },
  })

export const Departing = z.strictObject({
  dry_run: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true')
    .meta({
      description:
        'Lists what would end or pass on, and changes nothing. Needs the permission for the change itself, and no operator key with `read` access may use it.',
      wire: { type: 'boolean', default: false, enum: undefined },
    }),
  keep: keep.optional(),
})

export const DepartureEntry = z
  .strictObject({
    object: z.literal('departure_entry'),
    type: z.enum(['invitation', 'api_key']).meta({ examples: ['invitation'] }),
    id: z.string().meta({ examples: ['inv_01h455vb4pex5vsknk084sn02q'] }),
    email: z
      .string()
      .nullable()
      .meta({ description: 'Of invitations.', examples: ['cat@acme.example'] }),
    name: shownName,
    outcome: z.enum(DEPARTURE_OUTCOMES).meta({
      description:
        'ends: canceled or revoked. stays: the key belongs to the organization from then on, and owners get a mail to replace it. kept: it is yours.',
      examples: ['ends'],
    }),
  })
  .meta({ id: 'DepartureEntry' })
export const DepartureList = list(DepartureEntry).meta({ id: 'DepartureList' })
export const MemberOrDeparture = z.union([Member, DepartureList])
