import { z } from 'zod'
import { ACTOR_TYPES } from '../membership/actor.ts'
import { DELIVERIES, INVITATION_STATUSES } from '../membership/invitation.ts'
import { INVITATION_SORTS } from '../membership/queries.ts'
import { DEFAULT_ROLE } from '../membership/roles.ts'
import { consistency, email, id, line, list, oneOrMore, page, search, shownTime, sort, time } from './fields.ts'
import { Member, roleKey } from './members.ts'
import { Organization } from './organizations.ts'

export const Actor = z.strictObject({ type: z.enum(ACTOR_TYPES), id: z.string().nullable() })

export const Invitation = z.strictObject({
  object: z.literal('invitation'),
  id: id('inv'),
  organization_id: id('org'),
  email: z.string(),
  name: z.string().nullable(),
  role: z.string(),
  status: z.enum(INVITATION_STATUSES),
  send_count: z.int(),
  delivery: z.enum(DELIVERIES),
  invited_by: Actor,
  expires_at: shownTime,
  created_at: shownTime,
  accepted_at: shownTime.nullable(),
  member_id: z.string().nullable(),
  /** The link itself: only for the operator, or where no mail was asked for. */
  url: z.string().optional(),
})
export const InvitationList = list(Invitation)

export const CreateInvitation = z.strictObject({
  email,
  role: roleKey.default(DEFAULT_ROLE),
  name: line(200).nullable().default(null),
  expires_at: time.optional(),
  send_email: z.boolean().default(true),
})

export const ListInvitations = z.strictObject({
  ...page,
  consistency,
  status: oneOrMore(INVITATION_STATUSES).default([...INVITATION_STATUSES]),
  query: search,
  sort: sort(INVITATION_SORTS).default({ by: 'created_at', descending: true }),
})

/** What the holder of a link may see. */
export const InvitationPreview = z.strictObject({
  object: z.literal('invitation_preview'),
  id: id('inv'),
  organization: z.strictObject({ id: id('org'), name: z.string() }),
  email: z.string(),
  name: z.string().nullable(),
  role: z.strictObject({ key: z.string(), name: z.string() }),
  inviter: z.string().nullable(),
  status: z.enum(INVITATION_STATUSES),
  expires_at: shownTime,
})

export const AcceptedInvitation = z.strictObject({
  object: z.literal('accepted_invitation'),
  member: Member,
  organization: Organization,
  redirect_url: z.string().optional(),
})

export const DeclinedInvitation = z.strictObject({
  object: z.literal('declined_invitation'),
  id: id('inv'),
  status: z.literal('declined'),
})
