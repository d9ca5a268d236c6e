import { and, asc, gt, lte, sql } from 'drizzle-orm'
import { isErased } from '../membership/event.ts'
import type { LogStretch, VerifiedStretch } from '../membership/queries.ts'
import type { Database } from './database.ts'
import { chainHash, matchesPersonalHash } from './event-chain.ts'
import { erasedEntries } from './organization-tables.ts'
import type { LogEntryHash } from './projection.ts'
import { eventOf } from './rows.ts'
import { events } from './tables.ts'

/** What the object verifies without a pause: some 50 ms of computing, in which its other callers wait. */
export const ENTRIES_PER_STRETCH = 1_500

/**
 * Recomputes the hash chain over the next entries of the log. An entry whose personal data is gone is valid only if a later
 * entry says that it was erased. A checkpoint is the hash that an entry once had: if it has another one now, the log was
 * rewritten from there or before. A checkpoint beyond the head means that entries were cut off.
 */
export async function verifyStretch(
  database: Database,
  organizationId: string,
  { afterSeq, previousHash, checkpoints }: LogStretch,
  head: LogEntryHash,
): Promise<VerifiedStretch> {
  const rows = await database
    .select()
    .from(events)
    .where(gt(events.seq, afterSeq))
    .orderBy(asc(events.seq))
    .limit(ENTRIES_PER_STRETCH)
    .all()
  const entries = rows.map(eventOf(organizationId))
  const erased = entries.some(isErased)
    ? await declaredErased(database, afterSeq, entries.at(-1)?.seq ?? afterSeq)
    : new Set<number>()
  const expected = new Map(checkpoints.map(({ seq, hash }) => [seq, hash]))
  let [verifiedUpTo, hash] = [afterSeq, previousHash]
  for (const entry of entries) {
    const isIntact =
      entry.seq === verifiedUpTo + 1 &&
      chainHash(hash, entry) === entry.hash &&
      matchesPersonalHash(entry) &&
      (!isErased(entry) || erased.has(entry.seq)) &&
      (expected.get(entry.seq) ?? entry.hash) === entry.hash
    if (!isIntact) return { verifiedUpTo, hash, headSeq: head.seq, firstBrokenSeq: verifiedUpTo + 1 }
    verifiedUpTo = entry.seq
    hash = entry.hash
  }
  // At the head even if the stretch is full, or a log cut off at such a length would pass for whole.
  const isEnd = entries.length < ENTRIES_PER_STRETCH || verifiedUpTo >= head.seq
  const isCutOff = checkpoints.some(({ seq }) => seq > head.seq)
  const isWhole = !isEnd || (head.seq === verifiedUpTo && head.hash === hash && !isCutOff)
  return { verifiedUpTo, hash, headSeq: head.seq, firstBrokenSeq: isWhole ? null : verifiedUpTo + 1 }
}

/** Entries of this stretch that a later entry says were erased. That one is verified itself when the chain comes to it. */
async function declaredErased(database: Database, afterSeq: number, upTo: number): Promise<ReadonlySet<number>> {
  const declared = sql`exists (select 1 from ${events}, json_each(${events.data}, '$.erased') as one
    where ${events.seq} = ${erasedEntries.erasureSeq} and ${events.seq} > ${erasedEntries.seq}
      and ${events.type} in ('member.erased', 'invitation.erased') and one.value = ${erasedEntries.seq})`
  const rows = await database
    .select({ seq: erasedEntries.seq })
    .from(erasedEntries)
    .where(and(gt(erasedEntries.seq, afterSeq), lte(erasedEntries.seq, upTo), declared))
    .all()
  return new Set(rows.map(({ seq }) => seq))
}
