import {
  Organization,
  OrganizationList,
  Rebuild,
  RebuiltAll,
  RebuiltObjects,
  Seats,
} from '../../../contract/organizations.ts'
import { CONDITIONS, type Description, json, nothing, resource } from '../description.ts'

export const createOrganization: Description = {
  id: 'createOrganization',
  summary: 'Create an organization',
  description:
    'A user, on whose behalf the operator calls, owns what they create. The operator alone may name an owner, a seat limit and an external id; without an owner the first one arrives by invitation.',
  tag: 'Organizations',
  heeds: ['Idempotency-Key'],
  answers: { 201: { ...resource('The organization.', Organization), ofOrganization: true } },
  refuses: [
    'forbidden',
    'sign_up_disabled',
    'attributes_required',
    'slug_taken',
    'slug_reserved',
    'organization_limit_reached',
  ],
}

export const listOrganizations: Description = {
  id: 'listOrganizations',
  summary: 'List organizations',
  description:
    'In the order of their names. The operator sees all, a user their own, an API key the one that it speaks for.',
  tag: 'Organizations',
  answers: { 200: json('The organizations.', OrganizationList) },
  refuses: ['forbidden', 'not_found'],
}

export const getOrganization: Description = {
  id: 'getOrganization',
  summary: 'Get an organization',
  tag: 'Organizations',
  permission: 'organization:read',
  answers: { 200: resource('The organization.', Organization) },
}

export const updateOrganization: Description = {
  id: 'updateOrganization',
  summary: 'Change an organization',
  description:
    'Only what is named changes. A seat limit below the seats in use removes nobody and lets nobody new in. Changing `ownership` takes `owners:manage`.',
  tag: 'Organizations',
  permission: 'organization:update',
  heeds: CONDITIONS,
  answers: { 200: resource('The organization after the change.', Organization) },
  refuses: ['slug_taken', 'slug_reserved', 'several_owners'],
}

export const deleteOrganization: Description = {
  id: 'deleteOrganization',
  summary: 'Delete an organization',
  description: 'It is gone for everybody at once. For 30 days the operator can restore it; then it is erased.',
  tag: 'Organizations',
  permission: 'organization:delete',
  heeds: CONDITIONS,
  answers: { 204: nothing('The organization is deleted.') },
  refuses: ['reauthentication_required'],
}

export const restoreOrganization: Description = {
  id: 'restoreOrganization',
  summary: 'Restore a deleted organization',
  tag: 'Organizations',
  permission: 'operator',
  heeds: CONDITIONS,
  answers: { 200: resource('The organization, as it was.', Organization) },
  refuses: ['restore_window_passed'],
}

export const rebuildOrganization: Description = {
  id: 'rebuildOrganization',
  summary: 'Copy an organization into the directory again',
  description:
    'For repair: afterwards lists across organizations show what the organization itself knows, and its slug and its creation are claimed again if the claim was lost.',
  tag: 'Organizations',
  permission: 'operator',
  answers: { 200: json('The copy has arrived.', Rebuild) },
}

export const rebuildOrganizations: Description = {
  id: 'rebuildOrganizations',
  summary: 'Copy all organizations into the directory again',
  description: 'A few at a time: send `next_cursor` as the `cursor` of the next call until it is null. Safe to repeat.',
  tag: 'Service',
  permission: 'operator',
  answers: { 200: json('How far it has come.', RebuiltAll) },
}

export const rebuildObjects: Description = {
  id: 'rebuildObjects',
  summary: 'Copy organizations into the directory again, by the ids of their objects',
  description:
    'Finds organizations that D1 does not know, after it was lost or restored to an earlier time. Objects without an organization count for nothing. Safe to repeat.',
  tag: 'Service',
  permission: 'operator',
  answers: { 200: json('What was rebuilt.', RebuiltObjects) },
}

export const getSeats: Description = {
  id: 'getSeats',
  summary: 'Count the seats',
  description: 'Active members and pending invitations take a seat each; an invitation gives it back when it expires.',
  tag: 'Organizations',
  permission: 'organization:read',
  answers: { 200: json('The seats.', Seats) },
}
