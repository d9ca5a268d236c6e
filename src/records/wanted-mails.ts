import { and, eq, inArray, sql } from 'drizzle-orm'
import { isOpen } from '../membership/invitation.ts'
import type { InvitationMailId, WantedMails } from '../membership/queries.ts'
import type { Database } from './database.ts'
import { invitationOf } from './rows.ts'
import { invitations } from './tables.ts'

/** Which of these mails still have a purpose: the invitation is open, and no newer mail has replaced this one. */
export async function wantedMails(
  database: Database,
  organizationId: string,
  mails: readonly InvitationMailId[],
  now: number,
): Promise<WantedMails> {
  const ids = JSON.stringify(mails.map(({ invitationId }) => invitationId))
  const asked = inArray(invitations.id, sql`(select value from json_each(${ids}))`)
  const ofThis = and(eq(invitations.organizationId, organizationId), asked)
  const rows = await database.select().from(invitations).where(ofThis).all()
  const open = new Map(
    rows.map(invitationOf).flatMap((row) => (isOpen(row, now) ? [[row.id, row.sendCount] as const] : [])),
  )
  return { wanted: mails.filter(({ invitationId, sendNumber }) => open.get(invitationId) === sendNumber) }
}
