import { eq, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { sweepPositions } from '../records/account-tables.ts'

/** How far a chore has come that takes more than one run, and when the round of it began that is under way. */
export interface Position {
  /** The last candidate that had its turn, as the chore writes it. Null: the next run begins a round. */
  readonly after: string | null
  readonly roundBeganAt: number | null
  /** How long the last finished round took, in milliseconds. Null: none is finished. */
  readonly lastRoundMs: number | null
}

export async function positionOf(accounts: D1Database, name: string): Promise<Position> {
  const row = await drizzle(accounts).select().from(sweepPositions).where(eq(sweepPositions.name, name)).get()
  return row ?? { after: null, roundBeganAt: null, lastRoundMs: null }
}

/** `after` null: the round is over. Of runs that overlap the later one counts; what is skipped has its turn in the next round. */
export async function moveTo(
  accounts: D1Database,
  name: string,
  after: string | null,
  roundBeganAt: number,
  now: number,
): Promise<void> {
  const lastRoundMs = after === null ? now - roundBeganAt : null
  await drizzle(accounts)
    .insert(sweepPositions)
    .values({ name, after, roundBeganAt, lastRoundMs })
    .onConflictDoUpdate({
      target: sweepPositions.name,
      set: { after, roundBeganAt, lastRoundMs: sql`coalesce(excluded.last_round_ms, last_round_ms)` },
    })
}
