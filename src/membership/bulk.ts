export const BULK_MODES = ['each', 'all'] as const
export type BulkMode = (typeof BULK_MODES)[number]

export const BULK_OUTCOMES = [
  'invited',
  'already_member',
  'already_invited',
  'duplicate',
  'invalid_email',
  'role_not_allowed',
  'seat_limit_reached',
  'invitation_rate_limited',
] as const
export type BulkOutcome = (typeof BULK_OUTCOMES)[number]

/** What became of one row. `email` is the normalized address, or the text as given when it is none. */
export interface BulkResult {
  readonly email: string
  readonly outcome: BulkOutcome
  readonly invitationId: string | null
}
