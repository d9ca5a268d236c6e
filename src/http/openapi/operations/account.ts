import { EmailChangeRequest, TakeBackOffer, TakenBack } from '../../../contract/email-change.ts'
import { Identity, IdentityList } from '../../../contract/identities.ts'
import { SessionList } from '../../../contract/sessions.ts'
import { User } from '../../../contract/users.ts'
import { type Description, json, nothing } from '../description.ts'

export const getOwnUser: Description = {
  id: 'getOwnUser',
  summary: 'Get the own account',
  tag: 'Own account',
  permission: 'user',
  answers: { 200: json('The person.', User) },
}

export const updateOwnUser: Description = {
  id: 'updateOwnUser',
  summary: 'Change the own account',
  description:
    'Only what is named changes: the name, and the attributes that are `user_editable`. What is `required` is not taken away.',
  tag: 'Own account',
  permission: 'user',
  answers: { 200: json('The person after the change.', User) },
  refuses: ['user_not_found', 'account_closing'],
}

/** Of an account, by whomever. */
export const DELETION =
  'Signs the person out everywhere, takes them out of every organization, and erases what is known of them: their rows, ' +
  'and in the logs what is personal, where `[erased]` takes its place. Refused, with nothing changed, while an ' +
  'organization has no other owner. Repeated after a failure it goes on where it stopped.'

export const listSessions: Description = {
  id: 'listSessions',
  summary: 'List own sessions',
  description: 'Where the person is signed in, the last used first.',
  tag: 'Own account',
  permission: 'user',
  answers: { 200: json('The sessions.', SessionList) },
}

export const revokeSessions: Description = {
  id: 'revokeSessions',
  summary: 'Sign out everywhere else',
  description:
    'Ends all sessions but the one of this request. The operator, on behalf of a person, ends all of them. Identities at trusted issuers are unlinked, and tokens that were issued before are refused, the one of this request included. All devices are forgotten but the one that `Muster-Device` names: the next sign-in on another one is mailed to the person as one on a new device. With `including_current` the session and the device of this request go too.',
  tag: 'Own account',
  permission: 'user',
  heeds: ['Muster-Device'],
  answers: { 204: nothing('They are over.') },
}

export const revokeSession: Description = {
  id: 'revokeSession',
  summary: 'End a session',
  tag: 'Own account',
  permission: 'user',
  answers: { 204: nothing('It is over.') },
  refuses: ['session_not_found'],
}

export const requestEmailChange: Description = {
  id: 'requestEmailChange',
  summary: 'Ask for another address',
  description:
    'Mails a code of six digits and a link to the new address, good for ten minutes. Only the newest mail counts. The answer is the same whether another account has the address or not.',
  tag: 'Own account',
  permission: 'user',
  answers: { 202: json('The mail is on its way.', EmailChangeRequest) },
  refuses: ['invalid', 'reauthentication_required'],
}

export const verifyEmailChange: Description = {
  id: 'verifyEmailChange',
  summary: 'Use the new address',
  description:
    'From then on the person signs in with it. All sessions but the one of this request are over. The former email gets a mail with a link that takes the change back for 72 hours.',
  tag: 'Own account',
  permission: 'user',
  answers: { 200: json('The user with the new address.', User) },
  refuses: ['sign_in_code_wrong', 'sign_in_code_expired', 'sign_in_rate_limited', 'email_taken'],
}

export const deleteAccount: Description = {
  id: 'deleteAccount',
  summary: 'Delete the own account',
  description: DELETION,
  tag: 'Own account',
  permission: 'user',
  answers: { 204: nothing('The account is gone, and so is the session.') },
  refuses: ['last_owner', 'reauthentication_required'],
}

export const viewEmailChange: Description = {
  id: 'viewEmailChange',
  summary: 'See what a take-back link does',
  description: 'With the last part of the link that was mailed to the former email. Changes nothing.',
  tag: 'Own account',
  answers: { 200: json('The change.', TakeBackOffer) },
  refuses: ['email_change_link_expired'],
}

export const takeBackEmailChange: Description = {
  id: 'takeBackEmailChange',
  summary: 'Take a change of email back',
  description:
    'For 72 hours, also after further changes by the person. The account gets its former email again; all sessions end, identities at trusted issuers are unlinked, and tokens issued before are refused. Links of later changes end with it. An account that was made after the change and has the former address loses it and is signed out; while an older account has it, the answer is `email_taken`. A change by the operator cannot be taken back, and ends the links of earlier ones.',
  tag: 'Own account',
  answers: { 200: json('The account has its former email.', TakenBack) },
  refuses: ['email_change_link_expired', 'email_taken'],
}

export const UNLINKING =
  'Tokens that the issuer issued before are refused from then on. A token that it issues afterwards, for the verified email of the account, links it again.'

export const listIdentities: Description = {
  id: 'listIdentities',
  summary: 'List own identities',
  description: 'The accounts at trusted issuers that sign in as this person, the oldest link first.',
  tag: 'Own account',
  permission: 'user',
  answers: { 200: json('The identities.', IdentityList) },
}

export const getIdentity: Description = {
  id: 'getIdentity',
  summary: 'Get an own identity',
  tag: 'Own account',
  permission: 'user',
  answers: { 200: json('The identity.', Identity) },
  refuses: ['identity_not_found'],
}

export const unlinkIdentity: Description = {
  id: 'unlinkIdentity',
  summary: 'Unlink an own identity',
  description: UNLINKING,
  tag: 'Own account',
  permission: 'user',
  answers: { 204: nothing('The identity is no longer linked.') },
  refuses: ['identity_not_found'],
}
