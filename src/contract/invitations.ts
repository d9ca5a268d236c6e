import * as z from 'zod'
import { ACTOR_TYPES, VIA_TYPES } from '../membership/actor.ts'
import { DELIVERIES, INVITATION_STATUSES } from '../membership/invitation.ts'
import { INVITATION_SORTS } from '../membership/queries.ts'
import { DEFAULT_ROLE } from '../membership/roles.ts'
import {
  consistency,
  email,
  id,
  line,
  list,
  oneOrMore,
  page,
  search,
  shownEmail,
  shownTime,
  sort,
  time,
} from './fields.ts'
import { Member, roleKey, shownName, shownRole } from './members.ts'
import { Organization } from './organizations.ts'
import { redirectUrl, StartedSession } from './sign-in.ts'
import { NamedAttributes } from './user-attributes.ts'

/** What the last part of an invitation's link looks like. */
export const LINK_EXAMPLE =
  'k1.org_01h455vb4pex5vsknk084sn02q.inv_01h455vb4pex5vsknk084sn02q.1.Zm9yIGRvY3VtZW50YXRpb24sIG5vdCBhIHNpZ25hdH'

export const Actor = z
  .strictObject({ type: z.enum(ACTOR_TYPES), id: z.string().nullable() })
  .meta({ id: 'Actor', examples: [{ type: 'user', id: 'usr_01h455vb4pex5vsknk084sn02q' }] })

export const via = z
  .strictObject({ type: z.enum(VIA_TYPES), id: z.string().nullable() })
  .nullable()
  .meta({
    description:
      'The operator who acted on behalf of the actor, with the id of the operator key or null for the root key. Null: the actor acted.',
    examples: [null],
  })

export const Invitation = z
  .strictObject({
    object: z.literal('invitation'),
    id: id('inv'),
    organization_id: id('org'),
    email: shownEmail,
    name: shownName,
    role: shownRole,
    status: z.enum(INVITATION_STATUSES),
    send_count: z.int().meta({ description: 'Only the link of the latest mail works.', examples: [1] }),
    delivery: z.enum(DELIVERIES).meta({
      description:
        'Of the latest mail. `delayed`: a daily limit is used up, the mail is sent later. `blocked`: the recipient wants no invitations.',
      examples: ['queued'],
    }),
    invited_by: Actor,
    expires_at: shownTime,
    created_at: shownTime,
    accepted_at: shownTime.nullable().meta({ examples: [null] }),
    member_id: z
      .string()
      .nullable()
      .meta({ description: 'Who it became.', examples: [null] }),
    url: z
      .string()
      .optional()
      .meta({
        description:
          'The link itself: for the operator. Others see it only for an invitation without a mail that the operator did not make.',
        examples: [`https://muster.example/invitations/${LINK_EXAMPLE}`],
      }),
  })
  .meta({ id: 'Invitation' })
export const InvitationList = list(Invitation).meta({ id: 'InvitationList' })

export const CreateInvitation = z
  .strictObject({
    email,
    role: roleKey.default(DEFAULT_ROLE),
    name: line(200)
      .nullable()
      .default(null)
      .meta({ description: 'How the mail addresses them.', examples: ['Bob Fox'] }),
    expires_at: time
      .optional()
      .meta({ description: 'At most 90 days ahead. Absent: as the settings say.', examples: ['2026-04-01T12:00:00Z'] }),
    send_email: z.boolean().default(true).describe('Without a mail, the answer has the link in `url`.'),
  })
  .meta({ id: 'CreateInvitation', examples: [{ email: 'bob@acme.example', role: 'member', name: 'Bob Fox' }] })

export const ListInvitations = z.strictObject({
  ...page,
  consistency,
  status: oneOrMore(INVITATION_STATUSES)
    .default([...INVITATION_STATUSES])
    .meta({ wire: { default: INVITATION_STATUSES } }),
  query: search,
  sort: sort(INVITATION_SORTS)
    .default({ by: 'created_at', descending: true })
    .meta({ wire: { default: '-created_at' } }),
})

/** What the holder of a link may see. */
export const InvitationPreview = z
  .strictObject({
    object: z.literal('invitation_preview'),
    id: id('inv'),
    organization: z.strictObject({ id: id('org'), name: z.string().meta({ examples: ['Acme'] }) }),
    email: shownEmail,
    name: shownName,
    role: z.strictObject({ key: shownRole, name: z.string().meta({ examples: ['Member'] }) }),
    inviter: z
      .string()
      .nullable()
      .meta({ examples: ['Ann Lee'] }),
    status: z.enum(INVITATION_STATUSES),
    expires_at: shownTime,
  })
  .meta({ id: 'InvitationPreview' })

/** What people say of themselves when they join. */
export const AcceptInvitation = z
  .strictObject({
    name: line(200)
      .optional()
      .meta({ description: 'How they are called.', examples: ['Bob Fox'] }),
    attributes: NamedAttributes.optional(),
  })
  .meta({ id: 'AcceptInvitation', examples: [{ name: 'Bob Fox' }] })

export const AcceptedInvitation = z
  .strictObject({
    object: z.literal('accepted_invitation'),
    member: Member,
    organization: Organization,
    session: StartedSession.optional().describe('For people who were signed out. It reaches this organization only.'),
    redirect_url: redirectUrl.optional(),
  })
  .meta({ id: 'AcceptedInvitation' })

/** The account has something to lose, so a code was mailed. Nothing is accepted yet. */
export const SignInRequired = z
  .strictObject({
    object: z.literal('sign_in_required'),
    sign_in_required: z.literal(true),
    email: shownEmail.describe('Where the code went.'),
    expires_at: shownTime.describe('Until when the code and the link of the mail work.'),
  })
  .meta({ id: 'SignInRequired' })

export const DeclinedInvitation = z
  .strictObject({
    object: z.literal('declined_invitation'),
    id: id('inv'),
    status: z.literal('declined'),
  })
  .meta({ id: 'DeclinedInvitation' })
