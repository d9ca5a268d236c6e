import { and, eq, gt } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { invitations } from '../records/directory-tables.ts'

/**
 * Does any organization wait for this address? As far as the directory has followed, which is enough to let someone in:
 * what comes of an invitation its organization decides. `now` in epoch milliseconds.
 */
export async function hasPendingInvitation(directory: D1Database, email: string, now: number): Promise<boolean> {
  const pending = await drizzle(directory)
    .select({ id: invitations.id })
    .from(invitations)
    .where(and(eq(invitations.email, email), eq(invitations.status, 'pending'), gt(invitations.expiresAt, now)))
    .limit(1)
    .get()
  return pending !== undefined
}
