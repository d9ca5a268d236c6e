import { and, eq, isNull, or, type SQL, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { creationClaims, identities, members, sessions, users } from '../records/directory-tables.ts'
import { newId, noteCreation, type User, userRow } from './users.ts'

/*
 * Accounts that an invitation link alone may open, without a code. Links are forwarded, so these are only new accounts and
 * accounts that have nothing to lose. The directory of members may lag; what it misses here, the reach of the session and
 * the inviting organization itself still hold back.
 */

export interface Opening {
  readonly email: string
  readonly name: string | null
  readonly invitationId: string
}

/** Whether the link of this invitation may open the account of this email. True also if there is no account. */
export async function isOpenToLink(
  directory: D1Database,
  { email, invitationId }: Pick<Opening, 'email' | 'invitationId'>,
): Promise<boolean> {
  const found = await drizzle(directory)
    .select({ isOpen: sql<number>`${hasNothingToLose(invitationId)}` })
    .from(users)
    .where(eq(users.email, email))
    .get()
  return found === undefined || found.isOpen === 1
}

/**
 * The account of the email, made if there is none; null if the link may not open it. One transaction that also remembers
 * the invitation: of links from several organizations, used at the same moment, one opens the account.
 */
export async function openByLink(directory: D1Database, { email, name, invitationId }: Opening): Promise<User | null> {
  const database = drizzle(directory)
  const person = { id: newId(), email, name, emailVerified: true }
  const [, , [opened]] = await database.batch([
    noteCreation(database, person, { type: 'user', id: person.id }),
    database.insert(users).values(userRow(person)).onConflictDoNothing(),
    database
      .update(users)
      .set({ openedBy: invitationId })
      .where(and(eq(users.email, email), hasNothingToLose(invitationId)))
      .returning(),
  ])
  return opened ?? null
}

/** No membership past or present, no identity, no session or earlier sign-in, and no other link has opened the account. */
function hasNothingToLose(invitationId: string): SQL | undefined {
  const none = (rows: SQL) => sql`not exists (select 1 from ${rows})`
  return and(
    isNull(users.closingAt),
    isNull(users.lastSignInAt),
    or(isNull(users.openedBy), eq(users.openedBy, invitationId)),
    none(sql`${sessions} where ${sessions.userId} = ${users.id}`),
    none(sql`${identities} where ${identities.userId} = ${users.id}`),
    none(sql`${members} where ${members.userId} = ${users.id}`),
    none(sql`${creationClaims} where ${creationClaims.createdBy} = ${users.id}`),
  )
}
