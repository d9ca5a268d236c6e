import { Reauthenticated, ReauthenticationRequest } from '../../../contract/reauthentication.ts'
import { Session } from '../../../contract/sessions.ts'
import { SignedIn, SignInRequest } from '../../../contract/sign-in.ts'
import { type Description, json, nothing } from '../description.ts'

export const requestSignIn: Description = {
  id: 'requestSignIn',
  summary: 'Ask for a code',
  description:
    'Mails a code of six digits and a link to the address: either signs in, once, for ten minutes. Only the newest mail counts. The answer is the same whether the address has an account or not, and also at a limit, where no new mail leaves and the newest one still works.',
  tag: 'Sign-in',
  heeds: ['Muster-Device'],
  answers: { 202: json('The mail is on its way.', SignInRequest) },
}

export const verifySignIn: Description = {
  id: 'verifySignIn',
  summary: 'Sign in',
  description:
    'With the address and the code, or with the token that the link ends with. A code has five tries from one network and twenty from all; the link has no such limit. The first sign-in creates an account, if people may sign up or the email is invited. A code that was mailed to accept an invitation accepts it too, and the answer has `member`, `organization` and perhaps `redirect_url`. If these are missing, the invitation could not be accepted: the person is signed in all the same, and `POST /v1/invitations/{token}/accept` says why.',
  tag: 'Sign-in',
  heeds: ['Muster-Device'],
  answers: { 201: { ...json('The session, with its token.', SignedIn), headers: ['Muster-Device'] } },
  refuses: [
    'sign_in_code_wrong',
    'sign_in_code_expired',
    'sign_in_rate_limited',
    'sign_up_disabled',
    'account_closing',
  ],
}

export const getSession: Description = {
  id: 'getSession',
  summary: 'Get the present session',
  tag: 'Sign-in',
  permission: 'session',
  answers: { 200: json('The session of the request.', Session) },
}

export const chooseOrganization: Description = {
  id: 'chooseOrganization',
  summary: 'Choose the organization to work in',
  description: 'Of which the person is an active member. The next session starts there, too.',
  tag: 'Sign-in',
  permission: 'session',
  answers: { 200: json('The session after the change.', Session) },
  refuses: ['not_found'],
}

export const requestReauthentication: Description = {
  id: 'requestReauthentication',
  summary: 'Ask for a code as fresh proof',
  description:
    'Mails a code of six digits to the address of the account, good for ten minutes. It proves something for this session alone; for a token of a trusted issuer, for its subject there. Only the newest mail counts.',
  tag: 'Sign-in',
  permission: 'session',
  answers: { 202: json('The mail is on its way.', ReauthenticationRequest) },
}

export const verifyReauthentication: Description = {
  id: 'verifyReauthentication',
  summary: 'Confirm the code',
  description:
    'For `fresh_proof_minutes` (see settings) the session may do what answers 403 `reauthentication_required` otherwise: change the address, delete the account or an organization, transfer ownership, make a person an owner, create API keys.',
  tag: 'Sign-in',
  permission: 'session',
  answers: { 200: json('The proof counts.', Reauthenticated) },
  refuses: ['sign_in_code_wrong', 'sign_in_code_expired', 'sign_in_rate_limited'],
}

export const signOut: Description = {
  id: 'signOut',
  summary: 'Sign out',
  description: 'Ends the session of the request. The others go on.',
  tag: 'Sign-in',
  permission: 'session',
  answers: { 204: nothing('The session is over.') },
}
