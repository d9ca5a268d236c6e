import { and, eq, isNull, or, type SQL, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { creationClaims, identities, sessions, users } from '../records/account-tables.ts'
import { newId, noteCreation, type User, userRow } from './users.ts'

/*
 * Accounts that an invitation link alone may open, without a code. Links are forwarded, so these are only new accounts and
 * accounts that have nothing to lose. Whether the person is or was a member anywhere, the caller asks the directories before:
 * a membership that arrives there in between is missed like one that the directory does not know yet, and the reach of the
 * session and the inviting organization itself still hold such a link back.
 */

export interface Opening {
  readonly email: string
  readonly name: string | null
  readonly invitationId: string
}

/** Whether the link of this invitation may open the account of this email. True also if there is no account. */
export async function isOpenToLink(
  accounts: D1Database,
  { email, invitationId }: Pick<Opening, 'email' | 'invitationId'>,
): Promise<boolean> {
  const found = await drizzle(accounts)
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
export async function openByLink(accounts: D1Database, { email, name, invitationId }: Opening): Promise<User | null> {
  const database = drizzle(accounts)
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

/** No organization created or owned from its first moment, no identity, no session or earlier sign-in, and no other link has opened the account. */
function hasNothingToLose(invitationId: string): SQL | undefined {
  const none = (rows: SQL) => sql`not exists (select 1 from ${rows})`
  return and(
    isNull(users.closingAt),
    isNull(users.lastSignInAt),
    or(isNull(users.openedBy), eq(users.openedBy, invitationId)),
    none(sql`${sessions} where ${sessions.userId} = ${users.id}`),
    none(sql`${identities} where ${identities.userId} = ${users.id}`),
    none(sql`${creationClaims} where ${creationClaims.createdBy} = ${users.id}`),
    none(sql`${creationClaims} where ${creationClaims.ownerId} = ${users.id}`),
  )
}
