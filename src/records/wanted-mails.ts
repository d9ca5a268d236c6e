import { and, eq, inArray, sql } from 'drizzle-orm'
import type { Actor } from '../membership/actor.ts'
import { isOpen } from '../membership/invitation.ts'
import type { Organization } from '../membership/organization.ts'
import type { AskedMail, WantedMails } from '../membership/queries.ts'
import type { Database } from './database.ts'
import { invitationOf } from './rows.ts'
import { apiKeys, events, invitations } from './tables.ts'

/** Which of these mails still have a purpose: the invitation is open, and no newer mail has replaced this one. */
export async function wantedMails(
  database: Database,
  organization: Organization,
  mails: readonly AskedMail[],
  now: number,
): Promise<WantedMails> {
  const ids = JSON.stringify(mails.map(({ invitationId }) => invitationId))
  const asked = inArray(invitations.id, sql`(select value from json_each(${ids}))`)
  // The unary plus keeps SQLite from looking at all invitations of the organization.
  const ofThis = and(sql`+${invitations.organizationId} = ${organization.id}`, asked)
  const rows = await database.select().from(invitations).where(ofThis).all()
  const open = new Map(
    rows.map(invitationOf).flatMap((row) => (isOpen(row, now) ? [[row.id, row.sendCount] as const] : [])),
  )
  const wanted = mails.filter(({ invitationId, sendNumber }) => open.get(invitationId) === sendNumber)
  const makers = await makersOfKeys(database, wanted)
  return {
    wanted: wanted.map(({ invitationId, sendNumber, invitedBy }) => ({
      invitationId,
      sendNumber,
      inviter: personOf(invitedBy, makers),
    })),
    newSince: (await isMadeByOperator(database)) ? null : organization.createdAt,
  }
}

type Makers = ReadonlyMap<string, string | null>

function personOf(actor: Actor | undefined, makers: Makers): string | null {
  if (actor?.type === 'user') return actor.id
  return actor?.type === 'api_key' ? (makers.get(actor.id ?? '') ?? null) : null
}

async function makersOfKeys(database: Database, mails: readonly AskedMail[]): Promise<Makers> {
  const keys = mails.flatMap(({ invitedBy }) => (invitedBy?.type === 'api_key' ? [invitedBy.id] : []))
  if (keys.length === 0) return new Map()
  const these = inArray(apiKeys.id, sql`(select value from json_each(${JSON.stringify(keys)}))`)
  const rows = await database.select().from(apiKeys).where(these).all()
  return new Map(rows.map(({ id, createdByType, createdById }) => [id, createdByType === 'user' ? createdById : null]))
}

async function isMadeByOperator(database: Database): Promise<boolean> {
  const created = await database.select({ actorType: events.actorType }).from(events).where(eq(events.seq, 1)).get()
  return created?.actorType === 'operator'
}
