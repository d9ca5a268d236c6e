import * as z from 'zod'
import { MEMBER_STATUSES } from '../membership/member.ts'
import { id, list, page, search, shownTime } from './fields.ts'
import { InvitationPreview } from './invitations.ts'
import { shownRole } from './members.ts'

/** Where a person belongs. */
export const Membership = z
  .strictObject({
    object: z.literal('membership'),
    organization: z.strictObject({
      id: id('org'),
      name: z.string().meta({ examples: ['Acme'] }),
      slug: z.string().meta({ examples: ['acme'] }),
    }),
    member_id: id('mem'),
    role: shownRole,
    status: z.enum(MEMBER_STATUSES),
    joined_at: shownTime,
    last_used: z.boolean().describe('Is it where the person was last, and where their next session starts?'),
  })
  .meta({ id: 'Membership' })
export const MembershipList = list(Membership).meta({ id: 'MembershipList' })

export const ListMemberships = z.strictObject({ ...page, query: search })

export const InvitationPreviewList = list(InvitationPreview).meta({ id: 'InvitationPreviewList' })
export const ListOwnInvitations = z.strictObject(page)
