import type { AnyRefusal, RefusalCode } from '../problems.ts'

type Examples = { readonly [C in RefusalCode]: Extract<AnyRefusal, { code: C }> }

const SEATS = { used: 25, active: 22, pending: 3, limit: 25, available: 0 }
const MEMBER = 'mem_01h455vb4pex5vsknk084sn02q'
const USER = 'usr_01h455vb4pex5vsknk084sn02q'
const INVITATION = 'inv_01h455vb4pex5vsknk084sn02q'

/** Refusals that share their code with another one, but not the status. */
export const VARIANTS = {
  invitation_maker_suspended: { code: 'maker_suspended', of: 'invitation' },
} as const satisfies Readonly<Record<string, AnyRefusal>>

/** What operations may say that they refuse with. */
export type DocumentedRefusal = RefusalCode | keyof typeof VARIANTS

/** One refusal of each code. What it becomes on the wire is what `problemOf` makes of it: there is no second table. */
export const REFUSALS: Examples = {
  invalid_request: { code: 'invalid_request', errors: [{ path: 'email', message: 'This is not an email address.' }] },
  invalid: { code: 'invalid', path: 'role', message: 'There is no such role in this organization.' },
  malformed_json: { code: 'malformed_json' },
  malformed_csv: { code: 'malformed_csv' },
  unsupported_media_type: { code: 'unsupported_media_type' },
  payload_too_large: { code: 'payload_too_large' },
  route_not_found: { code: 'route_not_found' },
  not_found: { code: 'not_found', resource: 'organization' },
  user_not_found: { code: 'user_not_found' },
  session_not_found: { code: 'session_not_found' },
  identity_not_found: { code: 'identity_not_found' },
  email_change_link_expired: { code: 'email_change_link_expired' },
  method_not_allowed: { code: 'method_not_allowed', allow: ['GET', 'PATCH'] },
  unauthenticated: { code: 'unauthenticated' },
  forbidden: { code: 'forbidden', permission: 'members:manage' },
  person_only: { code: 'person_only' },
  session_only: { code: 'session_only' },
  member_suspended: { code: 'member_suspended' },
  reauthentication_required: { code: 'reauthentication_required' },
  maker_suspended: { code: 'maker_suspended', of: 'api_key' },
  sign_up_disabled: { code: 'sign_up_disabled' },
  email_unverified: { code: 'email_unverified' },
  sign_in_code_wrong: { code: 'sign_in_code_wrong', triesLeft: 4 },
  sign_in_code_expired: { code: 'sign_in_code_expired' },
  sign_in_rate_limited: { code: 'sign_in_rate_limited', retryAfterSeconds: 540 },
  account_closing: { code: 'account_closing' },
  last_owner: { code: 'last_owner' },
  single_owner: { code: 'single_owner' },
  several_owners: { code: 'several_owners', owners: 2 },
  member_not_active: { code: 'member_not_active' },
  seat_limit_reached: {
    code: 'seat_limit_reached',
    seats: SEATS,
    upgradeUrl: 'https://product.example/billing',
  },
  already_invited: { code: 'already_invited', invitationId: INVITATION },
  already_member: { code: 'already_member', memberId: MEMBER },
  external_id_taken: { code: 'external_id_taken', memberId: MEMBER },
  removed_by_admin: { code: 'removed_by_admin', memberId: MEMBER },
  suspended_by_admin: { code: 'suspended_by_admin', memberId: MEMBER },
  arrivals_refused: {
    code: 'arrivals_refused',
    results: [
      { userId: USER, email: 'bob@acme.example', outcome: 'added', memberId: null },
      { userId: null, email: 'cat@acme', outcome: 'invalid_email', memberId: null },
    ],
    seats: { used: 3, active: 2, pending: 1, limit: 25, available: 22 },
  },
  email_mismatch: { code: 'email_mismatch' },
  sign_in_required: { code: 'sign_in_required' },
  invitation_not_pending: { code: 'invitation_not_pending', status: 'accepted' },
  invitation_canceled: { code: 'invitation_canceled' },
  invitation_declined: { code: 'invitation_declined' },
  invitation_expired: { code: 'invitation_expired', expiredAt: Date.UTC(2026, 2, 17, 9, 30) },
  invitation_link_superseded: { code: 'invitation_link_superseded' },
  bulk_refused: {
    code: 'bulk_refused',
    results: [
      { email: 'bob@acme.example', outcome: 'invited', invitationId: null },
      { email: 'cat@acme.example', outcome: 'already_invited', invitationId: INVITATION },
    ],
    seats: { used: 3, active: 2, pending: 1, limit: 25, available: 22 },
  },
  resend_too_soon: { code: 'resend_too_soon', retryAfterSeconds: 42 },
  invitation_rate_limited: { code: 'invitation_rate_limited', retryAfterSeconds: 3600 },
  operator_key_exists: { code: 'operator_key_exists' },
  operator_key_limit_reached: { code: 'operator_key_limit_reached', limit: 100 },
  operator_key_not_found: { code: 'operator_key_not_found' },
  rate_limited: { code: 'rate_limited', retryAfterSeconds: 10 },
  role_exists: { code: 'role_exists' },
  role_built_in: { code: 'role_built_in' },
  role_in_use: { code: 'role_in_use', members: 4, invitations: 1 },
  role_limit_reached: { code: 'role_limit_reached', limit: 50 },
  api_key_limit_reached: { code: 'api_key_limit_reached', limit: 100 },
  organization_limit_reached: { code: 'organization_limit_reached', limit: 10 },
  restore_window_passed: { code: 'restore_window_passed' },
  slug_taken: { code: 'slug_taken' },
  slug_reserved: { code: 'slug_reserved' },
  email_taken: { code: 'email_taken' },
  email_unproven: { code: 'email_unproven' },
  user_attribute_exists: { code: 'user_attribute_exists' },
  user_attribute_limit_reached: { code: 'user_attribute_limit_reached', limit: 50 },
  user_attribute_not_found: { code: 'user_attribute_not_found' },
  mail_block_not_found: { code: 'mail_block_not_found' },
  attributes_required: {
    code: 'attributes_required',
    attributes: [
      {
        key: 'department',
        label: 'Department',
        type: 'enum',
        options: ['Sales', 'Support'],
        required: true,
        userEditable: true,
      },
    ],
  },
  idempotency_key_reused: { code: 'idempotency_key_reused' },
  revision_mismatch: { code: 'revision_mismatch', revision: 13 },
  claim_expired: { code: 'claim_expired' },
  host_not_served: { code: 'host_not_served' },
  unavailable: { code: 'unavailable' },
  internal_error: { code: 'internal_error' },
}
