import { ArrivalAnswer } from '../../../contract/arrivals.ts'
import { Activity } from '../../../contract/events.ts'
import { DepartureList, Member, MemberList, MemberOrDeparture, Roster } from '../../../contract/members.ts'
import { CONDITIONS, type Description, json, nothing, resource } from '../description.ts'

export const listRoster: Description = {
  id: 'listRoster',
  summary: 'List members and pending invitations together',
  description: 'What a "Members" page shows.',
  tag: 'Members',
  permission: 'members:read',
  answers: { 200: json('Members and pending invitations.', Roster) },
}

export const listMembers: Description = {
  id: 'listMembers',
  summary: 'List members',
  tag: 'Members',
  permission: 'members:read',
  answers: { 200: json('The members.', MemberList) },
}

export const addMember: Description = {
  id: 'addMember',
  summary: 'Add a member at once',
  description:
    'Without an invitation. A former member gets the former id and profile back; a suspended member becomes active again.',
  tag: 'Members',
  permission: 'operator',
  heeds: ['Idempotency-Key'],
  answers: { 201: resource('The member.', Member) },
  refuses: ['already_member', 'external_id_taken', 'seat_limit_reached', 'single_owner'],
}

export const addMembers: Description = {
  id: 'addMembers',
  summary: 'Add many members at once',
  description:
    'Up to 500 people in one step, with an outcome for each row. Each row is treated as if it had come alone, in the order given. Emails without an account get one. Sending the same rows again changes nothing.',
  tag: 'Members',
  permission: 'operator',
  heeds: ['Idempotency-Key'],
  answers: { 200: json('What became of each row.', ArrivalAnswer) },
  refuses: ['arrivals_refused'],
}

export const getMember: Description = {
  id: 'getMember',
  summary: 'Get a member',
  description: 'Everybody may see their own membership.',
  tag: 'Members',
  permission: 'members:read',
  answers: { 200: resource('The member.', Member) },
}

export const updateMember: Description = {
  id: 'updateMember',
  summary: 'Change the role or profile of a member',
  description:
    'You can only give permissions that you have. Changing or making an admin needs `admins:manage`; an owner, `owners:manage`. With another role, pending invitations that the person could no longer make, and API keys that manage what they no longer may, end in the same step, unless you `keep` them. `dry_run` lists them first.',
  tag: 'Members',
  permission: 'members:manage',
  heeds: CONDITIONS,
  answers: {
    200: resource('The member after the change; with `dry_run`, what would end or pass on.', MemberOrDeparture),
  },
  refuses: ['last_owner', 'single_owner', 'reauthentication_required'],
}

export const removeMember: Description = {
  id: 'removeMember',
  summary: 'Remove a member',
  description:
    'Access ends with their next request, and their seat is free. They can be invited again. Their pending invitations, and their API keys that manage something, end in the same step, unless you `keep` them; other keys stay with the organization, and owners get a mail that lists them. `dry_run` lists all of this first. `dry_run` lists, and `keep` takes, at most 1,000 invitations; more end too.',
  tag: 'Members',
  permission: 'members:manage',
  heeds: CONDITIONS,
  answers: {
    200: json('With `dry_run`: what would end or pass on. Nothing has changed.', DepartureList),
    204: nothing('The member is removed.'),
  },
  refuses: ['last_owner'],
}

export const suspendMember: Description = {
  id: 'suspendMember',
  summary: 'Suspend a member',
  description: 'Access ends with their next request, and their seat is free. Repeating it changes nothing.',
  tag: 'Members',
  permission: 'members:manage',
  heeds: CONDITIONS,
  answers: { 200: resource('The member, suspended.', Member) },
  refuses: ['last_owner'],
}

export const reactivateMember: Description = {
  id: 'reactivateMember',
  summary: 'Reactivate a suspended member',
  description: 'Takes a seat. Repeating it changes nothing. An owner is reactivated with a fresh proof.',
  tag: 'Members',
  permission: 'members:manage',
  heeds: CONDITIONS,
  answers: { 200: resource('The member, active.', Member) },
  refuses: ['seat_limit_reached', 'single_owner', 'reauthentication_required'],
}

export const listActivity: Description = {
  id: 'listActivity',
  summary: 'List what a member has done',
  description: 'Everybody may see their own.',
  tag: 'Members',
  permission: 'audit_log:read',
  answers: { 200: json('When they came, were last seen, and what they did.', Activity) },
}

export const transferOwnership: Description = {
  id: 'transferOwnership',
  summary: 'Transfer ownership',
  description:
    'To an active member, in one step: they become `owner`, and the owner who hands over becomes `admin`. `If-Match` names the revision of the organization.',
  tag: 'Members',
  permission: 'owners:manage',
  heeds: CONDITIONS,
  answers: { 200: resource('The new owner.', Member) },
  refuses: ['member_not_active', 'reauthentication_required'],
}

export const leaveOrganization: Description = {
  id: 'leaveOrganization',
  summary: 'Leave an organization',
  description:
    'For the user on whose behalf you call. Everybody may leave, except the last owner. What they made ends or passes on as if they were removed: DELETE of your own member with `dry_run=true` lists it. `If-Match` names the revision of the organization.',
  tag: 'Members',
  heeds: CONDITIONS,
  answers: { 204: nothing('They are no longer a member.') },
  refuses: ['last_owner'],
}
