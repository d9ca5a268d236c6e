import { eq } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { sweeps } from '../records/directory-tables.ts'

export interface Sweep {
  readonly at: number
  /** Names of the chores that came to no end. */
  readonly failed: readonly string[]
}

export async function noteSweep(directory: D1Database, at: number, failed: readonly string[]): Promise<void> {
  await drizzle(directory)
    .insert(sweeps)
    .values({ id: 1, at, failed })
    .onConflictDoUpdate({ target: sweeps.id, set: { at, failed } })
}

/** Null: none has come to its end yet. */
export async function lastSweep(directory: D1Database): Promise<Sweep | null> {
  const row = await drizzle(directory).select().from(sweeps).where(eq(sweeps.id, 1)).get()
  return row === undefined ? null : { at: row.at, failed: row.failed }
}
