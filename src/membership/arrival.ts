/** How many people one command brings at most. */
export const MAX_ARRIVALS = 500

export const UNUSABLE_ROWS = ['invalid_email', 'user_not_found'] as const

/** A row that names nobody. It keeps its place among the results. */
export interface UnusableRow {
  readonly unusable: (typeof UNUSABLE_ROWS)[number]
  readonly email: string | null
  readonly userId: string | null
}

export const ARRIVED = ['added', 'returned', 'reactivated', 'linked', 'unchanged'] as const

/**
 * `returned`: a removed person is back under the same member id. `linked`: the person belonged already, and the source's id
 * is new. The others are refusals.
 */
export const ARRIVAL_OUTCOMES = [
  ...ARRIVED,
  'already_member',
  'external_id_taken',
  'role_not_allowed',
  'single_owner',
  'seat_limit_reached',
  'removed_by_admin',
  'suspended_by_admin',
  'invitation_declined',
  ...UNUSABLE_ROWS,
] as const
export type ArrivalOutcome = (typeof ARRIVAL_OUTCOMES)[number]

export const hasArrived = (outcome: ArrivalOutcome): boolean => ARRIVED.some((one) => one === outcome)

/** Whether the person became a member by this: an account that is being deleted is forgotten again then. */
export const hasJoined = (outcome: ArrivalOutcome): boolean => outcome === 'added' || outcome === 'returned'

/** What became of one row. `memberId` is null if there is no such member, and for one that a dry run would make. */
export interface ArrivalResult {
  readonly userId: string | null
  readonly email: string | null
  readonly outcome: ArrivalOutcome
  readonly memberId: string | null
}
