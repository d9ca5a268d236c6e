import type { ArrivalResult } from './arrival.ts'
import type { BulkResult } from './bulk.ts'
import type { Permission } from './permissions.ts'
import type { Seats } from './seats.ts'

/** `operator:write`: a read-only operator key may not. `operator:root`: only the root key may. */
export const OPERATOR_PERMISSIONS = ['operator', 'operator:write', 'operator:root'] as const
export type OperatorPermission = (typeof OPERATOR_PERMISSIONS)[number]

/** Why a command was refused, with what a person needs to go on. Status codes belong to `http/`, not here. */
export type Rejection =
  | { readonly code: 'not_found'; readonly resource: Resource }
  | { readonly code: 'unauthenticated' }
  | { readonly code: 'forbidden'; readonly permission: Permission | OperatorPermission }
  | { readonly code: 'member_suspended' }
  | { readonly code: 'reauthentication_required' }
  | { readonly code: 'maker_suspended'; readonly of: 'invitation' | 'api_key' }
  | { readonly code: 'invalid'; readonly path: string; readonly message: string }
  | { readonly code: 'last_owner' }
  | { readonly code: 'single_owner' }
  | { readonly code: 'several_owners'; readonly owners: number }
  | { readonly code: 'member_not_active' }
  | { readonly code: 'seat_limit_reached'; readonly seats: Seats; readonly upgradeUrl: string | null }
  | { readonly code: 'already_invited'; readonly invitationId: string }
  | { readonly code: 'already_member'; readonly memberId: string }
  | { readonly code: 'external_id_taken'; readonly memberId: string }
  | { readonly code: 'removed_by_admin'; readonly memberId: string }
  | { readonly code: 'suspended_by_admin'; readonly memberId: string }
  | { readonly code: 'arrivals_refused'; readonly results: readonly ArrivalResult[]; readonly seats: Seats }
  | { readonly code: 'email_mismatch' }
  /** The link alone is not enough for a person whom the organization knows. */
  | { readonly code: 'sign_in_required' }
  /** `formerMember`: its member asks, and no longer belongs to the organization. */
  | { readonly code: 'invitation_not_pending'; readonly status: string; readonly formerMember?: true }
  | { readonly code: 'invitation_canceled' }
  | { readonly code: 'invitation_declined' }
  | { readonly code: 'invitation_expired'; readonly expiredAt: number }
  | { readonly code: 'invitation_link_superseded' }
  | { readonly code: 'bulk_refused'; readonly results: readonly BulkResult[]; readonly seats: Seats }
  | { readonly code: 'resend_too_soon'; readonly retryAfterSeconds: number }
  | { readonly code: 'invitation_rate_limited'; readonly retryAfterSeconds: number }
  | { readonly code: 'role_exists' }
  | { readonly code: 'role_built_in' }
  | { readonly code: 'role_in_use'; readonly members: number; readonly invitations: number }
  | { readonly code: 'role_limit_reached'; readonly limit: number }
  | { readonly code: 'api_key_limit_reached'; readonly limit: number }
  | { readonly code: 'restore_window_passed' }
  | { readonly code: 'claim_expired' }

export type Resource = 'organization' | 'member' | 'invitation' | 'role' | 'api_key'
