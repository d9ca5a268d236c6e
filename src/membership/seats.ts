import type { Organization } from './organization.ts'
import type { Rejection } from './rejection.ts'

/**
 * Counts kept beside the rows, so that no rule ever scans members. `pendingInvitations` counts the open ones only:
 * those past their time are already left out, swept or not.
 */
export interface Tally {
  readonly activeMembers: number
  readonly activeOwners: number
  readonly pendingInvitations: number
}

export interface Seats {
  readonly used: number
  readonly active: number
  readonly pending: number
  readonly limit: number | null
  readonly available: number | null
}

export function seats(organization: Organization, tally: Tally): Seats {
  const used = tally.activeMembers + tally.pendingInvitations
  const limit = organization.seatLimit
  return {
    used,
    active: tally.activeMembers,
    pending: tally.pendingInvitations,
    limit,
    available: limit === null ? null : Math.max(0, limit - used),
  }
}

export const hasFreeSeat = (organization: Organization, tally: Tally): boolean => {
  const { available } = seats(organization, tally)
  return available === null || available > 0
}

export function seatLimitProblem(seatLimit: number | null): Rejection | null {
  if (seatLimit === null || (Number.isSafeInteger(seatLimit) && seatLimit >= 1)) return null
  return { code: 'invalid', path: 'seat_limit', message: 'A seat limit is a whole number of at least 1, or null.' }
}
