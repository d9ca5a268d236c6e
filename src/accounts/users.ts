import { and, eq, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { typeid } from 'typeid-js'
import type { Account, Person } from '../membership/commands.ts'
import type { Page, Slice } from '../membership/queries.ts'
import type { Result } from '../membership/result.ts'
import { users } from '../records/directory-tables.ts'
import {
  type BrokenCursor,
  continues,
  type Keyset,
  type Order,
  orderOf,
  type Position,
  readPage,
} from '../records/page.ts'
import { fold } from '../records/rows.ts'
import { matchesByName } from '../records/search.ts'

/** A person's account. `email` is normalized and unique in the deployment. Times are epoch milliseconds. */
export type User = Omit<typeof users.$inferSelect, 'nameKey'>

export interface NewUser {
  readonly id: string
  readonly email: string
  readonly name: string | null
  readonly emailVerified: boolean
}

/**
 * Null when the address has another account: the unique index decides, however many ask at once. Repeated with the same
 * id, it answers with the account that the first call made.
 */
export async function createUser(directory: D1Database, person: NewUser): Promise<User | null> {
  const database = drizzle(directory)
  const [created] = await database.insert(users).values(userRow(person)).onConflictDoNothing().returning()
  return created ?? (await database.select().from(users).where(eq(users.id, person.id)).get()) ?? null
}

/** The account of an address, made on the spot where there is none. */
export async function findOrCreateUser(directory: D1Database, email: string, name: string | null): Promise<User> {
  return upsertUser(directory, { id: newId(), email, name, emailVerified: false })
}

/** For someone who has proven to own the address, by following a link that was mailed to it. */
export async function findOrCreateVerifiedUser(
  directory: D1Database,
  email: string,
  name: string | null,
): Promise<User> {
  return upsertUser(directory, { id: newId(), email, name, emailVerified: true })
}

async function upsertUser(directory: D1Database, person: NewUser): Promise<User> {
  const [user] = await drizzle(directory)
    .insert(users)
    .values(userRow(person))
    .onConflictDoUpdate({
      target: users.email,
      set: { emailVerified: sql`max(email_verified, excluded.email_verified)` },
    })
    .returning()
  if (user === undefined) throw new Error('An upsert answers with its row')
  return user
}

const newId = (): string => typeid('usr').toString()

/** As an organization takes them in; the member id counts if they have never been a member there. */
export const personOf = (user: User): Person => ({ memberId: typeid('mem').toString(), ...accountOf(user) })

/** What member rows repeat of it. */
export const accountOf = ({ id: userId, email, name, attributes, lastSignInAt, revision }: User): Account => ({
  userId,
  email,
  name,
  attributes,
  lastSignInAt,
  revision,
})

export async function getUser(directory: D1Database, id: string): Promise<User | null> {
  return (await drizzle(directory).select().from(users).where(eq(users.id, id)).get()) ?? null
}

export async function userOfEmail(directory: D1Database, email: string): Promise<User | null> {
  return (await drizzle(directory).select().from(users).where(eq(users.email, email)).get()) ?? null
}

export interface UserChanges {
  readonly name?: string | null | undefined
  readonly emailVerified?: boolean | undefined
}

export async function updateUser(directory: D1Database, id: string, changes: UserChanges): Promise<User | null> {
  const { name, emailVerified } = changes
  const nameKey = name === undefined ? {} : { name, nameKey: name === null ? sql`${users.email}` : fold(name) }
  const [updated] = await drizzle(directory)
    .update(users)
    .set({ ...nameKey, ...(emailVerified === undefined ? {} : { emailVerified }), updatedAt: Date.now() })
    .where(eq(users.id, id))
    .returning()
  return updated ?? null
}

export interface UsersQuery {
  readonly email: string | null
  readonly search: string | null
  readonly page: Page
}

export async function listUsers(directory: D1Database, query: UsersQuery): Promise<Result<Slice<User>, BrokenCursor>> {
  const { email, search, page } = query
  const order: Order = { key: users.nameKey, id: users.id, descending: false }
  const keyset: Keyset<UserRow> = {
    scope: ['users', email, search],
    keyOf: (row) => row.nameKey,
    idOf: (row) => row.id,
  }
  const tiers = matchesByName(search, users.nameKey, users.email)
  const fetch = (tier: number, position: Position | null, limit: number) =>
    drizzle(directory)
      .select()
      .from(users)
      .where(and(email === null ? undefined : eq(users.email, email), tiers[tier], continues(order, position)))
      .orderBy(...orderOf(order))
      .limit(limit)
      .all()
  return readPage(keyset, page, tiers.length, fetch, (row) => row)
}

type UserRow = typeof users.$inferSelect

function userRow({ id, email, name, emailVerified }: NewUser) {
  const now = Date.now()
  return {
    id,
    email,
    emailVerified,
    name,
    nameKey: fold(name ?? email),
    attributes: {},
    createdAt: now,
    updatedAt: now,
    lastSignInAt: null,
  }
}
