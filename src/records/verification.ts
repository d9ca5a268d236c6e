import { and, asc, eq, gt, inArray } from 'drizzle-orm'
import { ErasureData } from '../contract/events.ts'
import type { Verification } from '../membership/queries.ts'
import type { Database } from './database.ts'
import { CHAIN_START, chainHash, entryHash } from './event-chain.ts'
import { eventOf } from './rows.ts'
import { events } from './tables.ts'

const EVENTS_AT_ONCE = 1_000

/** Where the log ends, as its writer knows it. */
export interface LogHead {
  readonly seq: number
  readonly hash: string
}

/**
 * Recomputes the hash chain of an organization's log from its first entry. A redacted entry is no longer what was hashed:
 * it must be exactly what a later entry says that it was redacted to, and the chain goes on from its hash. Without `head`,
 * which only the organization's own storage has, entries missing at the end do not show.
 *
 * A long log takes seconds, so between two batches whoever waits for the organization has a turn. What they append is
 * verified with the rest.
 */
export async function verifyEvents(
  database: Database,
  organizationId: string,
  head?: () => LogHead,
): Promise<Verification> {
  let redactions: ReadonlyMap<number, string> = new Map()
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
    if (rows.some(({ seq, redacted }) => redacted && !redactions.has(seq))) {
      redactions = await declaredRedactions(database, organizationId)
    }
    for (const row of rows) {
      const event = eventOf(row)
      const isItself = event.redacted
        ? redactions.get(event.seq) === entryHash(event)
        : chainHash(previous, event) === event.hash
      if (!isItself || event.seq !== verifiedUpTo + 1) {
        return { valid: false, verifiedUpTo, firstBrokenSeq: verifiedUpTo + 1 }
      }
      previous = event.hash
      verifiedUpTo = event.seq
    }
    if (rows.length < EVENTS_AT_ONCE) {
      const end = head?.()
      const complete = end === undefined || (end.seq === verifiedUpTo && end.hash === previous)
      return { valid: complete, verifiedUpTo, firstBrokenSeq: complete ? null : verifiedUpTo + 1 }
    }
    await new Promise((resolve) => setTimeout(resolve))
  }
}

/**
 * What entries have been redacted to, by number, as later entries of the log say. Whether these are themselves what they
 * were shows when the chain comes to them.
 */
async function declaredRedactions(database: Database, organizationId: string): Promise<ReadonlyMap<number, string>> {
  const rows = await database
    .select({ seq: events.seq, data: events.data })
    .from(events)
    .where(and(eq(events.organizationId, organizationId), inArray(events.type, ['member.erased', 'invitation.erased'])))
    .all()
  const declared = rows.flatMap(({ seq, data }) =>
    (ErasureData.safeParse(data).data?.redacted ?? []).map((one) => ({ ...one, declaredBy: seq })),
  )
  const later = declared.filter(({ seq, declaredBy }) => seq < declaredBy)
  return new Map(later.map(({ seq, sha256 }) => [seq, sha256]))
}
