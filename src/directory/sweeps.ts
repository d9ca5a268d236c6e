import { eq } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { sweeps } from '../records/account-tables.ts'

export interface Sweep {
  readonly at: number
  /** Names of the chores that failed. `expireInvitations@DIRECTORY_2`: in that directory. */
  readonly failed: readonly string[]
  /** Names of the chores that had more to do than fitted into the run. */
  readonly unfinished: readonly string[]
}

export async function noteSweep(accounts: D1Database, { at, failed, unfinished }: Sweep): Promise<void> {
  await drizzle(accounts)
    .insert(sweeps)
    .values({ id: 1, at, failed, unfinished })
    .onConflictDoUpdate({ target: sweeps.id, set: { at, failed, unfinished } })
}

/** Null: none has come to its end yet. */
export async function lastSweep(accounts: D1Database): Promise<Sweep | null> {
  const row = await drizzle(accounts).select().from(sweeps).where(eq(sweeps.id, 1)).get()
  return row === undefined ? null : { at: row.at, failed: row.failed, unfinished: row.unfinished }
}
