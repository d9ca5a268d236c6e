import { SIGN_IN_METHODS } from './sign-in.ts'

/** Kinds of entries in the authentication log, about people and the operator. */
export const SIGN_IN_TYPES = [
  'signed_in',
  'signed_out',
  'session_ended',
  'organization_entered',
  'identity_linked',
  'identity_unlinked',
] as const
export type SignInType = (typeof SIGN_IN_TYPES)[number]

/** How a person proved who they are: to Muster itself, to a trusted issuer, or by an operator key. */
export const AUTHENTICATION_METHODS = [...SIGN_IN_METHODS, 'trusted_issuer', 'operator_key'] as const
export type AuthenticationMethod = (typeof AUTHENTICATION_METHODS)[number]

/** Why a session ended, or an identity was unlinked, other than by signing out. */
export const END_REASONS = [
  'revoked',
  'all_revoked',
  'revoked_by_operator',
  'email_changed',
  'email_change_taken_back',
  'other_account',
  'replaced',
  'key_revoked',
] as const
export type EndReason = (typeof END_REASONS)[number]

/** Why an attempt was refused. Counted by hour and network; the account is not recorded. */
export const REFUSAL_REASONS = [
  'wrong_code',
  'expired_code',
  'rate_limited',
  'unknown_credential',
  'wrong_operator_key',
  'invalid_invitation_link',
  'email_unverified',
  'sign_up_disabled',
  'account_closing',
] as const
export type RefusalReason = (typeof REFUSAL_REASONS)[number]
