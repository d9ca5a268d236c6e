import * as z from 'zod'
import { EnvironmentEventList } from '../../../contract/environment-events.ts'
import { Health } from '../../../contract/health.ts'
import { Identity, IdentityList } from '../../../contract/identities.ts'
import { MailBlockList } from '../../../contract/mail-blocks.ts'
import { OperatorKey, OperatorKeyList } from '../../../contract/operator-keys.ts'
import { Settings } from '../../../contract/settings.ts'
import { UserAttribute, UserAttributeList } from '../../../contract/user-attributes.ts'
import { User, UserList } from '../../../contract/users.ts'
import { type Description, json, nothing } from '../description.ts'
import { DELETION, UNLINKING } from './account.ts'

export const createUser: Description = {
  id: 'createUser',
  summary: 'Create a user',
  tag: 'Users',
  permission: 'operator',
  heeds: ['Idempotency-Key'],
  answers: { 201: json('The user.', User) },
  refuses: ['email_taken'],
}

export const listUsers: Description = {
  id: 'listUsers',
  summary: 'List users',
  description: 'In the order of their names.',
  tag: 'Users',
  permission: 'operator',
  answers: { 200: json('The users.', UserList) },
}

export const getUser: Description = {
  id: 'getUser',
  summary: 'Get a user',
  tag: 'Users',
  permission: 'operator',
  answers: { 200: json('The user.', User) },
  refuses: ['user_not_found'],
}

export const updateUser: Description = {
  id: 'updateUser',
  summary: 'Change a user',
  description:
    'Only what is named changes. With another address the person is signed out everywhere, and the former address is told; it counts as verified only if `email_verified` says so.',
  tag: 'Users',
  permission: 'operator',
  answers: { 200: json('The user after the change.', User) },
  refuses: ['user_not_found', 'email_taken', 'account_closing'],
}

export const listUserAttributes: Description = {
  id: 'listUserAttributes',
  summary: 'List user attributes',
  description: 'What is asked about people, in the order in which it was defined.',
  tag: 'User attributes',
  permission: 'operator',
  answers: { 200: json('All of them.', UserAttributeList) },
}

export const createUserAttribute: Description = {
  id: 'createUserAttribute',
  summary: 'Define a user attribute',
  description:
    'Values that people had under the same key and type before show again. It reaches every location within five seconds.',
  tag: 'User attributes',
  permission: 'operator',
  heeds: ['Idempotency-Key'],
  answers: { 201: json('The user attribute.', UserAttribute) },
  refuses: ['user_attribute_exists', 'user_attribute_limit_reached'],
}

export const updateUserAttribute: Description = {
  id: 'updateUserAttribute',
  summary: 'Change a user attribute',
  description:
    'Only the fields that are sent change. Values of an option that was removed are kept and hidden until the option is back.',
  tag: 'User attributes',
  permission: 'operator',
  answers: { 200: json('The user attribute after the change.', UserAttribute) },
  refuses: ['user_attribute_not_found'],
}

export const deleteUserAttribute: Description = {
  id: 'deleteUserAttribute',
  summary: 'Remove a user attribute',
  description: 'Its values are kept and hidden until it is defined again with the same key and type.',
  tag: 'User attributes',
  permission: 'operator',
  answers: { 204: nothing('It is removed.') },
  refuses: ['user_attribute_not_found'],
}

export const deleteUser: Description = {
  id: 'deleteUser',
  summary: 'Delete a user',
  description: DELETION,
  tag: 'Users',
  permission: 'operator',
  answers: { 204: nothing('The account is gone.') },
  refuses: ['user_not_found', 'last_owner'],
}

export const getSettings: Description = {
  id: 'getSettings',
  summary: 'Get the settings',
  tag: 'Settings',
  permission: 'operator',
  answers: { 200: json('The settings.', Settings) },
}

export const updateSettings: Description = {
  id: 'updateSettings',
  summary: 'Change the settings',
  description: 'Only what is named changes. It reaches every location within five seconds.',
  tag: 'Settings',
  permission: 'operator',
  answers: { 200: json('The settings after the change.', Settings) },
}

export const listOperatorKeys: Description = {
  id: 'listOperatorKeys',
  summary: 'List operator keys',
  description: 'The keys that are not revoked, the newest first. Expired keys are listed until they are revoked.',
  tag: 'Operator keys',
  permission: 'operator:root',
  answers: { 200: json('The operator keys.', OperatorKeyList) },
}

export const createOperatorKey: Description = {
  id: 'createOperatorKey',
  summary: 'Create an operator key',
  description:
    'A key with `write` access may do what the root key may, apart from managing operator keys; one with `read` access sees the same and changes nothing. The secret is in this answer and nowhere else.',
  tag: 'Operator keys',
  permission: 'operator:root',
  heeds: ['Idempotency-Key'],
  answers: { 201: json('The operator key, with its secret.', OperatorKey) },
  refuses: ['operator_key_exists', 'operator_key_limit_reached'],
}

export const revokeOperatorKey: Description = {
  id: 'revokeOperatorKey',
  summary: 'Revoke an operator key',
  description:
    'The key and the browser sessions that it began end: at once where this call is answered, everywhere else within five seconds.',
  tag: 'Operator keys',
  permission: 'operator:root',
  answers: { 204: nothing('The key is revoked.') },
  refuses: ['operator_key_not_found'],
}

export const listEnvironmentEvents: Description = {
  id: 'listEnvironmentEvents',
  summary: 'List events outside of organizations',
  description:
    'Changes of settings, user attributes, accounts and operator keys; of people only which fields changed. Newest first; with `after_seq` ascending, for a reader that follows them.',
  tag: 'Settings',
  permission: 'operator',
  answers: { 200: json('The events.', EnvironmentEventList) },
}

export const listMailBlocks: Description = {
  id: 'listMailBlocks',
  summary: 'List recipients who want no invitations',
  description: 'Recipients who have followed "no more invitations" in a mail. Newest first.',
  tag: 'Settings',
  permission: 'operator',
  answers: { 200: json('The blocks.', MailBlockList) },
}

export const liftMailBlock: Description = {
  id: 'liftMailBlock',
  summary: 'Allow invitations again',
  description: 'Invitations sent from now on are mailed to the recipient. Blocked ones can be resent.',
  tag: 'Settings',
  permission: 'operator',
  answers: { 204: nothing('The block is lifted.') },
  refuses: ['mail_block_not_found'],
}

export const getHealth: Description = {
  id: 'getHealth',
  summary: 'Is the service well?',
  description:
    'Answers 200 while the service runs, even while the directory is out of reach: members can still be managed. A wrong credential is ignored.',
  tag: 'Service',
  answers: { 200: json('The state of the parts.', Health) },
}

export const getDescription: Description = {
  id: 'getDescription',
  summary: 'Get this description',
  description: 'OpenAPI 3.1, made from the schemas that validate. For people it is at `/docs`.',
  tag: 'Service',
  answers: { 200: json('The description.', z.looseObject({ openapi: z.literal('3.1.1') })) },
}

export const listUserIdentities: Description = {
  id: 'listUserIdentities',
  summary: 'List the identities of a user',
  description: 'The accounts at trusted issuers that sign in as this person, the oldest link first.',
  tag: 'Users',
  permission: 'operator',
  answers: { 200: json('The identities.', IdentityList) },
  refuses: ['user_not_found'],
}

export const getUserIdentity: Description = {
  id: 'getUserIdentity',
  summary: 'Get an identity of a user',
  tag: 'Users',
  permission: 'operator',
  answers: { 200: json('The identity.', Identity) },
  refuses: ['identity_not_found'],
}

export const unlinkUserIdentity: Description = {
  id: 'unlinkUserIdentity',
  summary: 'Unlink an identity of a user',
  description: UNLINKING,
  tag: 'Users',
  permission: 'operator',
  answers: { 204: nothing('The identity is no longer linked.') },
  refuses: ['identity_not_found'],
}
