import { and, eq, isNull, ne, type SQL, sql } from 'drizzle-orm'
import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1'
import { typeidUnboxed } from 'typeid-js'
import type { EmailChangedMessage } from '../contract/mail-message.ts'
import type { Actor } from '../membership/actor.ts'
import type { AttributeChanges, AttributeValues } from '../membership/attributes.ts'
import type { Account, Person } from '../membership/commands.ts'
import type { Page, Slice } from '../membership/queries.ts'
import type { Result } from '../membership/result.ts'
import { addressChanges, devices, emailChallenges, sessions, users } from '../records/account-tables.ts'
import { appendEvent, wasAppended } from '../records/environment-events.ts'
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
import { queueAccountMail } from './account-mails.ts'
import { noteAddressChange } from './address-changes.ts'
import { noteFormerEmail } from './former-emails.ts'
import { forgetUnlinked, unlinkAll } from './identities.ts'
import type { LostAccess } from './sessions.ts'

/** A person's account. `email` is normalized and unique in the deployment. Times are epoch milliseconds. */
export type User = Omit<typeof users.$inferSelect, 'nameKey'>

export interface NewUser {
  readonly id: string
  readonly email: string
  readonly name: string | null
  readonly emailVerified: boolean
  readonly attributes?: AttributeChanges
}

/**
 * Null when the address has another account: the unique index decides, however many ask at once. Repeated with the same
 * id, it answers with the account that the first call made.
 */
export async function createUser(accounts: D1Database, person: NewUser, actor: Actor): Promise<User | null> {
  const database = drizzle(accounts)
  const [, [created]] = await database.batch([
    noteCreation(database, person, actor),
    database.insert(users).values(userRow(person)).onConflictDoNothing().returning(),
  ])
  return created ?? (await database.select().from(users).where(eq(users.id, person.id)).get()) ?? null
}

/** The account of an address, made by the operator on the spot where there is none. */
export async function findOrCreateUser(
  accounts: D1Database,
  email: string,
  name: string | null,
  operator: Actor,
): Promise<User> {
  return upsertUser(accounts, { id: newId(), email, name, emailVerified: false }, operator)
}

/** For someone who has proven to own the address, by following a link that was mailed to it: they make it themselves. */
export async function findOrCreateVerifiedUser(
  accounts: D1Database,
  email: string,
  name: string | null,
): Promise<User> {
  const id = newId()
  return upsertUser(accounts, { id, email, name, emailVerified: true }, { type: 'user', id })
}

async function upsertUser(accounts: D1Database, person: NewUser, actor: Actor): Promise<User> {
  const database = drizzle(accounts)
  const upsert = database
    .insert(users)
    .values(userRow(person))
    .onConflictDoUpdate({
      target: users.email,
      set: { emailVerified: sql`max(email_verified, excluded.email_verified)` },
    })
    .returning()
  const [, [user]] = await database.batch([noteCreation(database, person, actor), upsert])
  if (user === undefined) throw new Error('An upsert answers with its row')
  return user
}

/** In front of the insert, which makes an account under the very same condition. */
export function noteCreation(database: DrizzleD1Database, { id, email }: NewUser, actor: Actor) {
  const event = { ...eventOf('user.created', id, actor), data: {} }
  return appendEvent(
    database,
    event,
    sql`not exists (select 1 from ${users} where ${users.email} = ${email} or ${users.id} = ${id})`,
  )
}

const eventOf = (type: 'user.created' | 'user.updated' | 'user.email_changed', userId: string, actor: Actor) => ({
  id: typeidUnboxed('evt'),
  type,
  occurredAt: Date.now(),
  actor,
  target: { type: 'user', id: userId } as const,
})

export const newId = (): string => typeidUnboxed('usr')

/** As an organization takes them in; the member id counts if they have never been a member there. */
export const personOf = (user: User): Person => ({ memberId: typeidUnboxed('mem'), ...accountOf(user) })

/** What member rows repeat of it. */
export const accountOf = ({ id: userId, email, name, attributes, lastSignInAt, revision }: User): Account => ({
  userId,
  email,
  name,
  attributes,
  lastSignInAt,
  revision,
})

export async function getUser(accounts: D1Database, id: string): Promise<User | null> {
  return (await drizzle(accounts).select().from(users).where(eq(users.id, id)).get()) ?? null
}

export async function userOfEmail(accounts: D1Database, email: string): Promise<User | null> {
  return (await drizzle(accounts).select().from(users).where(eq(users.email, email)).get()) ?? null
}

export interface UserChanges {
  readonly name?: string | null | undefined
  readonly emailVerified?: boolean | undefined
  readonly attributes?: AttributeChanges | undefined
}

/**
 * Null: there is no such account, or it is being deleted. Merged inside the database, so that changes made at the same time
 * do not undo each other. What changes nothing leaves the account's revision and the log as they are.
 */
export async function updateUser(
  accounts: D1Database,
  id: string,
  changes: UserChanges,
  actor: Actor,
): Promise<User | null> {
  const database = drizzle(accounts)
  const { name, emailVerified, attributes } = changes
  const changed = changedFields(id, changes)
  const event = { ...eventOf('user.updated', id, actor), data: sql`json_object('fields', json(${changed}))` }
  const set = {
    ...(name === undefined ? {} : { name, nameKey: name === null ? sql`${users.email}` : fold(name) }),
    ...(emailVerified === undefined ? {} : { emailVerified }),
    ...(attributes === undefined
      ? {}
      : { attributes: sql`json_patch(${users.attributes}, ${JSON.stringify(attributes)})` }),
    revision: sql`${users.revision} + 1`,
    updatedAt: event.occurredAt,
  }
  const isThis = and(eq(users.id, id), isNull(users.closingAt))
  const [, , [user]] = await database.batch([
    appendEvent(database, event, sql`${changed} <> '[]'`),
    database
      .update(users)
      .set(set)
      .where(and(isThis, wasAppended(event))),
    database.select().from(users).where(isThis),
  ])
  return user ?? null
}

export interface NewAddress {
  readonly email: string
  readonly verified: boolean
  /** The proof, which is used up by this; null where none is asked for. */
  readonly challengeId: string | null
  /** The session that stays; null where none does. */
  readonly sessionId: string | null
  /** The mail to the former email, written in the same step. */
  readonly mail: EmailChangedMessage
}

export interface ChangedAddress extends LostAccess {
  /** The account as it is then. */
  readonly user: User | null
  /** Whether this was what changed it. */
  readonly changed: boolean
}

/**
 * Gives an account another email, if that is free and the proof still counts, ends its other sessions and mails the
 * former email: one step, so that nobody stays signed in by an email that they no longer have. Without a proof the
 * account may be another person's from then on: tokens issued before are refused, and links to take back earlier changes end.
 */
export async function changeAddress(
  accounts: D1Database,
  id: string,
  { email, verified, challengeId, sessionId, mail }: NewAddress,
  actor: Actor,
): Promise<ChangedAddress> {
  const database = drizzle(accounts)
  const event = { ...eventOf('user.email_changed', id, actor), data: {} }
  const isThis = eq(users.id, id)
  const isProof = eq(emailChallenges.id, challengeId ?? '')
  const counts = challengeId === null ? sql`true` : sql`exists (select 1 from ${emailChallenges} where ${isProof})`
  const isFree = sql`not exists (select 1 from ${users} where ${users.email} = ${email})`
  const isOpen = sql`exists (select 1 from ${users}
    where ${isThis} and ${users.email} = ${mail.email} and closing_at is null)`
  const now = event.occurredAt
  const byOperator = challengeId === null ? sql`true` : sql`false`
  const was = wasAppended(event)
  const set = {
    email,
    emailVerified: verified,
    nameKey: sql`case when ${users.name} is null then ${fold(email)} else ${users.nameKey} end`,
    revision: sql`${users.revision} + 1`,
    updatedAt: now,
    ...(challengeId === null ? { tokensValidFrom: now } : {}),
  }
  const isOther = and(eq(sessions.userId, id), ne(sessions.id, sessionId ?? ''))
  const [, , updated, ended, unlinked, , , , , , [user]] = await database.batch([
    appendEvent(database, event, sql`${counts} and ${isFree} and ${isOpen}`),
    noteAddressChange(database, mail.changeId ?? '', id, now, mail.changeId === undefined ? sql`false` : was),
    database.update(users).set(set).where(and(isThis, was)).returning({ id: users.id }),
    database.delete(sessions).where(and(isOther, was)).returning({ tokenHash: sessions.tokenHash }),
    unlinkAll(database, id, now, sql`${was} and ${byOperator}`),
    noteFormerEmail(database, id, mail.email, now, was),
    queueAccountMail(database, mail, was, now),
    // The operator overrules: a link in an earlier mail must not undo what the operator has set.
    database.delete(addressChanges).where(and(eq(addressChanges.userId, id), sql`${was} and ${byOperator}`)),
    database.delete(emailChallenges).where(and(isProof, was)),
    // Without a proof, the account may be another person's from now on, on other devices.
    database.delete(devices).where(and(eq(devices.userId, challengeId === null ? id : ''), was)),
    database.select().from(users).where(isThis),
  ])
  forgetUnlinked(accounts, unlinked, Date.now())
  const lost = { ended: ended.map(({ tokenHash }) => tokenHash), unlinked: unlinked.length }
  return { user: user ?? null, changed: updated.length > 0, ...lost }
}

/** The names of the fields that would become different, as a JSON array; none of an account that is being deleted. */
function changedFields(id: string, { name, emailVerified, attributes = {} }: UserChanges): SQL {
  const ofThis = sql`${users} where ${users.id} = ${id} and closing_at is null`
  const key = sql`substr(change.key, 1, instr(change.key, ':') - 1)`
  const fields = [
    sql`select 'attributes.' || ${key} as field from json_each(${JSON.stringify(attributes)}) as change, ${ofThis}
      and change.value is not json_extract(${users.attributes}, '$."' || change.key || '"')`,
    ...(name === undefined ? [] : [sql`select 'name' from ${ofThis} and ${users.name} is not ${name}`]),
    ...(emailVerified === undefined
      ? []
      : [sql`select 'email_verified' from ${ofThis} and ${users.emailVerified} <> ${Number(emailVerified)}`]),
  ]
  return sql`(select json_group_array(field) from (${sql.join(fields, sql` union all `)}))`
}

export interface UsersQuery {
  readonly email: string | null
  readonly search: string | null
  readonly page: Page
}

export async function listUsers(accounts: D1Database, query: UsersQuery): Promise<Result<Slice<User>, BrokenCursor>> {
  const { email, search, page } = query
  const order: Order = { key: users.nameKey, id: users.id, descending: false }
  const keyset: Keyset<UserRow> = {
    scope: ['users', email, search],
    keyOf: (row) => row.nameKey,
    idOf: (row) => row.id,
  }
  const tiers = matchesByName(search, users.nameKey, users.email)
  const fetch = (tier: number, position: Position | null, limit: number) =>
    drizzle(accounts)
      .select()
      .from(users)
      .where(and(email === null ? undefined : eq(users.email, email), tiers[tier], continues(order, position)))
      .orderBy(...orderOf(order))
      .limit(limit)
      .all()
  return readPage(keyset, page, tiers.length, fetch, (row) => row)
}

type UserRow = typeof users.$inferSelect

export function userRow({ id, email, name, emailVerified, attributes = {} }: NewUser) {
  const now = Date.now()
  return {
    id,
    email,
    emailVerified,
    name,
    nameKey: fold(name ?? email),
    attributes: valuesOf(attributes),
    createdAt: now,
    updatedAt: now,
    lastSignInAt: null,
    openedBy: null,
  }
}

const valuesOf = (changes: AttributeChanges): AttributeValues =>
  Object.fromEntries(Object.entries(changes).flatMap(([slot, value]) => (value === null ? [] : [[slot, value]])))
