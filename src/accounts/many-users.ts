import { inArray, type SQL, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { typeidUnboxed } from 'typeid-js'
import type { Actor } from '../membership/actor.ts'
import { environmentEvents, users } from '../records/account-tables.ts'
import { actorColumns } from '../records/rows.ts'
import { jsonRow, selectFromJson } from '../records/upsert.ts'
import { newId, type User, userRow } from './users.ts'

/* Accounts of hundreds of people in a few statements. */

/** As one JSON array, since D1 binds at most 100 parameters. */
const listed = (values: readonly string[]): SQL => sql`(select value from json_each(${JSON.stringify(values)}))`

/** The accounts with these ids, by id. */
export async function usersOfIds(accounts: D1Database, ids: readonly string[]): Promise<Map<string, User>> {
  const found = await drizzle(accounts)
    .select()
    .from(users)
    .where(inArray(users.id, listed(ids)))
  return new Map(found.map((user) => [user.id, user]))
}

/** The accounts with these emails, by email. */
export async function usersOfEmails(accounts: D1Database, emails: readonly string[]): Promise<Map<string, User>> {
  const found = await drizzle(accounts)
    .select()
    .from(users)
    .where(inArray(users.email, listed(emails)))
  return new Map(found.map((user) => [user.email, user]))
}

/**
 * The accounts with these emails, by email; the operator creates the missing ones, each with an entry in the log of the
 * deployment, all in one transaction. Repeating the call finds the accounts of the first one.
 */
export async function findOrCreateUsers(
  accounts: D1Database,
  people: ReadonlyMap<string, { readonly name: string | null }>,
  operator: Actor,
): Promise<Map<string, User>> {
  const known = await usersOfEmails(accounts, [...people.keys()])
  const missing = [...people].filter(([email]) => !known.has(email))
  if (missing.length === 0) return known

  const database = drizzle(accounts)
  const fresh = missing.map(([email, { name }]) => ({
    ...userRow({ id: newId(), email, name, emailVerified: false }),
    revision: 1,
    settledRevision: 1,
  }))
  const [, , created] = await database.batch([
    noteCreations(database, fresh, operator),
    database
      .insert(users)
      .select(selectFromJson(users, fresh.map(jsonRow(users))))
      .onConflictDoNothing(),
    database
      .select()
      .from(users)
      .where(inArray(users.email, listed(fresh.map(({ email }) => email)))),
  ])
  return new Map([...known, ...created.map((user) => [user.email, user] as const)])
}

/** In front of the insert, which creates accounts under the same condition. */
function noteCreations(
  database: ReturnType<typeof drizzle>,
  fresh: readonly { readonly id: string; readonly email: string; readonly createdAt: number }[],
  actor: Actor,
) {
  const { actorType, actorId, viaType, viaId } = actorColumns(actor)
  const entries = fresh.map(({ id, email, createdAt }) => [typeidUnboxed('evt'), createdAt, id, email])
  const field = (index: number) => sql.raw(`json_extract(entry.value, '$[${index}]')`)
  return database.insert(environmentEvents).select(
    sql`select null, ${field(0)}, 'user.created', ${field(1)}, ${actorType}, ${actorId}, ${viaType}, ${viaId},
      'user', ${field(2)}, '{}'
      from json_each(${JSON.stringify(entries)}) as entry
      where not exists (select 1 from ${users} where ${users.email} = ${field(3)})`,
  )
}
