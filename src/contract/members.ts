import { z } from 'zod'
import { MEMBER_SOURCES, MEMBER_STATUSES } from '../membership/member.ts'
import { MEMBER_SORTS, ROSTER_SORTS, ROSTER_STATUSES } from '../membership/queries.ts'
import { DEFAULT_ROLE, ROLE_KEY } from '../membership/roles.ts'
import { consistency, email, httpUrl, id, line, list, oneOrMore, page, search, shownTime, sort } from './fields.ts'

export const roleKey = z.string().regex(ROLE_KEY, 'A role key is 2 to 32 of a-z, 0-9, _ and -, starting with a letter.')

const Profile = z.strictObject({
  name: line(200).optional(),
  given_name: line(200).optional(),
  family_name: line(200).optional(),
  picture: httpUrl.optional(),
})

export const Member = z.strictObject({
  object: z.literal('member'),
  id: id('mem'),
  organization_id: id('org'),
  user_id: id('usr'),
  email: z.string(),
  name: z.string().nullable(),
  role: z.string(),
  status: z.enum(MEMBER_STATUSES),
  source: z.enum(MEMBER_SOURCES),
  profile: Profile,
  joined_at: shownTime,
  last_sign_in_at: shownTime.nullable(),
  created_at: shownTime,
  updated_at: shownTime,
})
export const MemberList = list(Member)

export const AddMember = z
  .strictObject({
    user_id: id('usr').optional(),
    email: email.optional(),
    role: roleKey.default(DEFAULT_ROLE),
    profile: Profile.default({}),
  })
  .refine((body) => (body.user_id === undefined) !== (body.email === undefined), {
    message: 'Name the person by either user_id or email.',
  })

export const UpdateMember = z.strictObject({ role: roleKey.optional(), profile: Profile.optional() })

export const ListMembers = z.strictObject({
  ...page,
  consistency,
  status: oneOrMore(MEMBER_STATUSES).default(['active', 'suspended']),
  role: roleKey.optional(),
  query: search,
  sort: sort(MEMBER_SORTS).default({ by: 'joined_at', descending: false }),
})

export const RosterEntry = z.strictObject({
  object: z.literal('roster_entry'),
  kind: z.enum(['member', 'invitation']),
  id: z.string(),
  user_id: z.string().nullable(),
  name: z.string().nullable(),
  email: z.string(),
  role: z.string(),
  status: z.enum(ROSTER_STATUSES),
  joined_at: shownTime.nullable(),
  invited_at: shownTime.nullable(),
  expires_at: shownTime.nullable(),
})
export const Roster = list(RosterEntry)

export const ListRoster = z.strictObject({
  ...page,
  consistency,
  status: oneOrMore(ROSTER_STATUSES).default([...ROSTER_STATUSES]),
  role: roleKey.optional(),
  query: search,
  sort: sort(ROSTER_SORTS).default({ by: 'name', descending: false }),
})
