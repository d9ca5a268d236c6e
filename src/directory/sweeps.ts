import { eq } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { sweeps } from '../records/account-tables.ts'

export interface Sweep {
  readonly at: number
  /** Names of the chores that came to no end. */
  readonly failed: readonly string[]
}

export async function noteSweep(accounts: D1Database, at: number, failed: readonly string[]): Promise<void> {
  await drizzle(accounts)
    .insert(sweeps)
    .values({ id: 1, at, failed })
    .onConflictDoUpdate({ target: sweeps.id, set: { at, failed } })
}

/** Null: none has come to its end yet. */
export async function lastSweep(accounts: D1Database): Promise<Sweep | null> {
  const row = await drizzle(accounts).select().from(sweeps).where(eq(sweeps.id, 1)).get()
  return row === undefined ? null : { at: row.at, failed: row.failed }
}
