import { BulkAnswer } from '../../../contract/bulk.ts'
import {
  AcceptedInvitation,
  DeclinedInvitation,
  Invitation,
  InvitationList,
  InvitationPreview,
  SignInRequired,
} from '../../../contract/invitations.ts'
import { CONDITIONS, type Description, json, resource } from '../description.ts'

export const inviteMember: Description = {
  id: 'inviteMember',
  summary: 'Invite a person',
  description: 'Takes a seat until the invitation is settled or expires. The link arrives by mail.',
  tag: 'Invitations',
  permission: 'members:manage',
  heeds: ['Idempotency-Key'],
  answers: { 201: resource('The invitation.', Invitation) },
  refuses: [
    'already_member',
    'already_invited',
    'seat_limit_reached',
    'single_owner',
    'invitation_rate_limited',
    'reauthentication_required',
  ],
}

export const inviteMembers: Description = {
  id: 'inviteMembers',
  summary: 'Invite many people',
  description:
    'Up to 1,000 in one step, with an outcome for each row. As JSON, or as CSV with the columns `email`, `role` and `name`; the query parameters go with CSV only.',
  tag: 'Invitations',
  permission: 'members:manage',
  heeds: ['Idempotency-Key'],
  answers: { 200: json('What became of each row.', BulkAnswer) },
  refuses: ['bulk_refused', 'reauthentication_required'],
}

export const listInvitations: Description = {
  id: 'listInvitations',
  summary: 'List invitations',
  tag: 'Invitations',
  permission: 'members:read',
  answers: { 200: json('The invitations.', InvitationList) },
}

export const getInvitation: Description = {
  id: 'getInvitation',
  summary: 'Get an invitation',
  tag: 'Invitations',
  permission: 'members:read',
  answers: { 200: resource('The invitation.', Invitation) },
}

export const resendInvitation: Description = {
  id: 'resendInvitation',
  summary: 'Send an invitation again',
  description:
    'With a new link and a full lifetime; earlier links no longer work. One that has expired takes a seat again. At most once a minute. The invitation still depends on the permissions of its maker. If the maker could no longer make it, or is suspended, the person who resends it becomes its maker.',
  tag: 'Invitations',
  permission: 'members:manage',
  heeds: CONDITIONS,
  answers: { 200: resource('The invitation, sent again.', Invitation) },
  refuses: [
    'invitation_not_pending',
    'already_member',
    'already_invited',
    'seat_limit_reached',
    'single_owner',
    'resend_too_soon',
    'invitation_rate_limited',
    'reauthentication_required',
  ],
}

export const cancelInvitation: Description = {
  id: 'cancelInvitation',
  summary: 'Cancel an invitation',
  description: 'Its link dies and its seat is free. Repeating it changes nothing.',
  tag: 'Invitations',
  permission: 'members:manage',
  heeds: CONDITIONS,
  answers: { 200: resource('The invitation, canceled.', Invitation) },
  refuses: ['invitation_not_pending'],
}

const DEAD_LINK = [
  'not_found',
  'invitation_not_pending',
  'invitation_canceled',
  'invitation_declined',
  'invitation_expired',
  'invitation_link_superseded',
] as const

export const viewInvitation: Description = {
  id: 'viewInvitation',
  summary: 'Look at an invitation',
  description: 'Changes nothing, since mail scanners follow links.',
  tag: 'Invitation links',
  answers: {
    200: {
      ...json('What an invitee may know, whatever has become of the invitation.', InvitationPreview),
      ofOrganization: true,
    },
  },
  refuses: ['not_found', 'invitation_link_superseded'],
}

export const acceptInvitation: Description = {
  id: 'acceptInvitation',
  summary: 'Accept an invitation',
  description:
    'Signed out, the link of a mail (or one that the operator made) accepts for a new account, or for one with nothing to lose: no membership past or present, no linked identity, no earlier session. The call that accepts answers with a `session`, which reaches this organization only until the person proves who they are by a code; elsewhere it answers 403 `reauthentication_required`. For any other account nothing is accepted: 202, a code was mailed, and `POST /v1/sign-in/email/verify` with it signs in and accepts. Signed in, by a session or on behalf of a user, that account becomes a member, if the email is its own. A link that a user made with `send_email: false` proves nothing: it takes a signed-in, verified account of the email. Repeating the call leads to the same member, with an `Idempotency-Key` too, and never to a second `session`. A 202 is not kept.',
  tag: 'Invitation links',
  heeds: ['Idempotency-Key', 'Muster-Device'],
  answers: {
    200: { ...json('The member, and where they are now a member.', AcceptedInvitation), ofOrganization: true },
    202: json('A code was mailed to the email, and proving it accepts.', SignInRequired),
  },
  refuses: [
    ...DEAD_LINK,
    'invitation_maker_suspended',
    'email_mismatch',
    'email_unproven',
    'already_member',
    'single_owner',
    'attributes_required',
    'account_closing',
  ],
}

export const declineInvitation: Description = {
  id: 'declineInvitation',
  summary: 'Decline an invitation',
  description: 'Its seat is free. The inviter can invite again.',
  tag: 'Invitation links',
  heeds: ['Idempotency-Key'],
  answers: { 200: { ...json('The invitation is declined.', DeclinedInvitation), ofOrganization: true } },
  refuses: DEAD_LINK,
}
