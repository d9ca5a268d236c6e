import { eq, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { creationAnswers } from '../records/account-tables.ts'

const KEPT_MS = 24 * 60 * 60_000

export interface Reservation {
  readonly resourceId: string
  /** What the first call was answered, if it got so far. */
  readonly answer: Record<string, unknown> | null
  /** Of the resource in that answer, if that has revisions. */
  readonly rowRevision: number | null
  /** Whether this is a repeated call. */
  readonly repeated: boolean
}

/**
 * The first call under a key fixes the id of what it creates; every other one, at the same time or after a crash, goes on
 * with that id, and so ends in the same resource. Null when the key was used for another request.
 */
export async function reserveCreation(
  accounts: D1Database,
  { key, fingerprint }: { key: string; fingerprint: string },
  resourceId: string,
  now: number,
): Promise<Reservation | null> {
  const database = drizzle(accounts)
  const row = { key, fingerprint, resourceId, answer: null, rowRevision: null, expiresAt: now + KEPT_MS }
  const [reserved] = await database
    .insert(creationAnswers)
    .values(row)
    .onConflictDoUpdate({ target: creationAnswers.key, set: row, setWhere: sql`expires_at <= ${now}` })
    .returning()
  if (reserved !== undefined) return { resourceId, answer: null, rowRevision: null, repeated: false }
  const kept = await database.select().from(creationAnswers).where(eq(creationAnswers.key, key)).get()
  // Given back in between by a call that was refused.
  if (kept === undefined) return reserveCreation(accounts, { key, fingerprint }, resourceId, now)
  if (kept.fingerprint !== fingerprint) return null
  const { resourceId: firstId, answer, rowRevision } = kept
  return { resourceId: firstId, answer, rowRevision, repeated: true }
}

export async function keepCreationAnswer(
  accounts: D1Database,
  key: string,
  answer: Record<string, unknown>,
  rowRevision: number | null = null,
): Promise<void> {
  await drizzle(accounts).update(creationAnswers).set({ answer, rowRevision }).where(eq(creationAnswers.key, key))
}

/** A refused call created nothing: its key may be used again. */
export async function releaseReservation(accounts: D1Database, key: string): Promise<void> {
  await drizzle(accounts).delete(creationAnswers).where(sql`key = ${key} and answer is null`)
}

/** Drops what has had its time, a bounded number at a time. */
export async function forgetCreationAnswers(accounts: D1Database, now: number, limit: number): Promise<number> {
  const { meta } = await drizzle(accounts).run(sql`delete from ${creationAnswers} where key in
    (select key from ${creationAnswers} where expires_at <= ${now} limit ${limit})`)
  return meta.changes
}
