import { and, asc, eq, gt } from 'drizzle-orm'
import type { Verification } from '../membership/queries.ts'
import type { Database } from './database.ts'
import { CHAIN_START, chainHash } from './event-chain.ts'
import { eventOf } from './rows.ts'
import { events } from './tables.ts'

const EVENTS_AT_ONCE = 1_000

/** Where the log ends, as its writer knows it. */
export interface LogHead {
  readonly seq: number
  readonly hash: string
}

/**
 * Recomputes the hash chain of an organization's log from its first entry. Without `head`, which only the organization's
 * own storage has, entries missing at the end do not show.
 */
export async function verifyEvents(
  database: Database,
  organizationId: string,
  head?: () => LogHead,
): Promise<Verification> {
  let previous = CHAIN_START
  let verifiedUpTo = 0
  for (;;) {
    const rows = await database
      .select()
      .from(events)
      .where(and(eq(events.organizationId, organizationId), gt(events.seq, verifiedUpTo)))
      .orderBy(asc(events.seq))
      .limit(EVENTS_AT_ONCE)
      .all()
    for (const row of rows) {
      const { hash, ...event } = eventOf(row)
      const follows = event.seq === verifiedUpTo + 1 && chainHash(previous, event) === hash
      if (!follows) return { valid: false, verifiedUpTo, firstBrokenSeq: verifiedUpTo + 1 }
      previous = hash
      verifiedUpTo = event.seq
    }
    if (rows.length < EVENTS_AT_ONCE) {
      const end = head?.()
      const complete = end === undefined || (end.seq === verifiedUpTo && end.hash === previous)
      return { valid: complete, verifiedUpTo, firstBrokenSeq: complete ? null : verifiedUpTo + 1 }
    }
  }
}
