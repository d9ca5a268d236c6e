import { AcceptedInvitation, DeclinedInvitation } from '../../../contract/invitations.ts'
import { InvitationPreviewList, MembershipList } from '../../../contract/own-organizations.ts'
import { type Description, json } from '../description.ts'

export const listMemberships: Description = {
  id: 'listMemberships',
  summary: 'List own organizations',
  description:
    'Where the person belongs, suspended or not, in the order of names. From the directory, usually a moment behind.',
  tag: 'Own account',
  permission: 'user',
  answers: { 200: json('The organizations, and what the person is in each.', MembershipList) },
}

export const listOwnInvitations: Description = {
  id: 'listOwnInvitations',
  summary: 'List own invitations',
  description:
    'Those that wait for the verified address of the account, the newest first; none while it is not verified. One sent just now may be missing for a moment; one that is settled is not among them, so a page may be shorter than asked for.',
  tag: 'Own account',
  permission: 'user',
  answers: { 200: json('The invitations.', InvitationPreviewList) },
}

const DEAD = ['not_found', 'invitation_not_pending', 'invitation_canceled', 'invitation_expired'] as const

export const acceptOwnInvitation: Description = {
  id: 'acceptOwnInvitation',
  summary: 'Accept an own invitation',
  description: 'Without its link: the verified address of the account is the proof. Repeating it changes nothing.',
  tag: 'Own account',
  permission: 'user',
  heeds: ['Idempotency-Key'],
  answers: {
    200: { ...json('The member, and where they are now a member.', AcceptedInvitation), ofOrganization: true },
  },
  refuses: [
    ...DEAD,
    'invitation_declined',
    'invitation_maker_suspended',
    'already_member',
    'single_owner',
    'attributes_required',
    'account_closing',
  ],
}

export const declineOwnInvitation: Description = {
  id: 'declineOwnInvitation',
  summary: 'Decline an own invitation',
  description: 'Without its link. Its seat is free.',
  tag: 'Own account',
  permission: 'user',
  heeds: ['Idempotency-Key'],
  answers: { 200: { ...json('The invitation is declined.', DeclinedInvitation), ofOrganization: true } },
  refuses: DEAD,
}
