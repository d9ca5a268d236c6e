import { and, asc, eq, type SQL, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { typeidUnboxed } from 'typeid-js'
import type { Actor } from '../membership/actor.ts'
import { type AttributeDefinition, MAX_ATTRIBUTES } from '../membership/attributes.ts'
import { ok, type Result, refuse } from '../membership/result.ts'
import { environmentEvents, userAttributes } from '../records/account-tables.ts'
import { appendEvent, differences, isSome, wasAppended } from '../records/environment-events.ts'
import { failureOf } from '../records/failure.ts'

/** How long an isolate answers from memory. A change reaches every isolate within this time. */
const FRESH_MS = 5_000

interface Remembered {
  readonly definitions: readonly AttributeDefinition[]
  readonly readAt: number
}

const remembered = new WeakMap<D1Database, Remembered>()

/**
 * What is asked about people, in the order of its definition, at most five seconds old. While the directory is out of
 * reach the last known stands, or nothing: members must be shown all the same.
 */
export async function attributeDefinitions(accounts: D1Database): Promise<readonly AttributeDefinition[]> {
  const known = remembered.get(accounts)
  if (known !== undefined && Date.now() - known.readAt < FRESH_MS) return known.definitions
  try {
    return await readDefinitions(accounts)
  } catch (error) {
    console.warn({ message: 'attributes could not be read, going on with the last known', error: failureOf(error) })
    const definitions = known?.definitions ?? []
    remembered.set(accounts, { definitions, readAt: Date.now() })
    return definitions
  }
}

/** From the database itself, for whoever changes something by them. Throws while it is out of reach. */
export async function readDefinitions(accounts: D1Database): Promise<readonly AttributeDefinition[]> {
  const readAt = Date.now()
  const rows = await drizzle(accounts)
    .select()
    .from(userAttributes)
    .orderBy(...IN_ORDER)
  const definitions = rows.map(definitionOf)
  remembered.set(accounts, { definitions, readAt })
  return definitions
}

const IN_ORDER = [asc(userAttributes.createdAt), asc(userAttributes.key)]

type CreationRefusal =
  | { readonly code: 'user_attribute_exists' }
  | { readonly code: 'user_attribute_limit_reached'; readonly limit: number }

/**
 * One transaction decides about key and number. Repeated with the same event id, it answers with what the first call
 * defined. Values from before, of the same key and type, show again.
 */
export async function createDefinition(
  accounts: D1Database,
  definition: AttributeDefinition,
  eventId: string,
  actor: Actor,
): Promise<Result<AttributeDefinition, CreationRefusal>> {
  const database = drizzle(accounts)
  const { key, label, type, options, required, userEditable } = definition
  const now = Date.now()
  const data = { label, type, options, required, user_editable: userEditable }
  const event = { ...eventOf('user_attribute.created', key, actor), id: eventId, occurredAt: now, data }
  const isFree = sql`not exists (select 1 from ${userAttributes} where ${userAttributes.key} = ${key})`
  const hasRoom = sql`(select count(*) from ${userAttributes}) < ${MAX_ATTRIBUTES}`
  const insert = sql`select ${key}, ${label}, ${type}, ${options && JSON.stringify(options)}, ${Number(required)},
    ${Number(userEditable)}, ${now}, ${now} where ${isFree} and ${wasAppended(event)}`
  const isThis = eq(userAttributes.key, key)
  const ofThis = sql`${environmentEvents.targetId} = ${key} and ${environmentEvents.id} = ${eventId}`
  const [, , found, written] = await database.batch([
    appendEvent(database, event, sql`${isFree} and ${hasRoom}`),
    database.insert(userAttributes).select(insert),
    database.select().from(userAttributes).where(isThis),
    database.select({ id: environmentEvents.id }).from(environmentEvents).where(ofThis),
  ])
  const [row] = found
  if (row === undefined) return refuse({ code: 'user_attribute_limit_reached', limit: MAX_ATTRIBUTES })
  if (written.length === 0) return refuse({ code: 'user_attribute_exists' })
  await readDefinitions(accounts)
  return ok(definitionOf(row))
}

export type DefinitionChanges = {
  readonly [field in 'label' | 'options' | 'required' | 'userEditable']?: AttributeDefinition[field] | undefined
}

/** Null: it has gone meanwhile. Absent fields stay. A change that changes nothing is no event. */
export async function updateDefinition(
  accounts: D1Database,
  { key, type }: AttributeDefinition,
  { label, options, required, userEditable }: DefinitionChanges,
  actor: Actor,
): Promise<AttributeDefinition | null> {
  const database = drizzle(accounts)
  // With its type, since options are right for one type only, and the key may have been defined anew.
  const isThis = and(eq(userAttributes.key, key), eq(userAttributes.type, type))
  const differing = differences(
    sql`(select ${asJson} from ${userAttributes} where ${isThis})`,
    JSON.stringify({ label, options, required, user_editable: userEditable }),
  )
  const event = { ...eventOf('user_attribute.updated', key, actor), data: differing }
  const changes = { label, options, required, userEditable, updatedAt: event.occurredAt }
  const exists = sql`exists (select 1 from ${userAttributes} where ${isThis})`
  const [, [updated]] = await database.batch([
    appendEvent(database, event, sql`${exists} and ${isSome(differing)}`),
    database.update(userAttributes).set(changes).where(isThis).returning(),
  ])
  await readDefinitions(accounts)
  return updated === undefined ? null : definitionOf(updated)
}

/** As events show the fields that can change. */
const asJson: SQL = sql`json_object('label', label, 'options', json(options),
  'required', json(iif(required, 'true', 'false')), 'user_editable', json(iif(user_editable, 'true', 'false')))`

/** The values stay where they are, and are seen no more. False: there is no such definition. */
export async function deleteDefinition(accounts: D1Database, key: string, actor: Actor): Promise<boolean> {
  const database = drizzle(accounts)
  const isThis = eq(userAttributes.key, key)
  const event = { ...eventOf('user_attribute.deleted', key, actor), data: {} }
  const [, deleted] = await database.batch([
    appendEvent(database, event, sql`exists (select 1 from ${userAttributes} where ${isThis})`),
    database.delete(userAttributes).where(isThis).returning(),
  ])
  await readDefinitions(accounts)
  return deleted.length > 0
}

type DefinitionEvent = 'user_attribute.created' | 'user_attribute.updated' | 'user_attribute.deleted'

const eventOf = (type: DefinitionEvent, key: string, actor: Actor) => ({
  id: typeidUnboxed('evt'),
  type,
  occurredAt: Date.now(),
  actor,
  target: { type: 'user_attribute', id: key } as const,
})

const definitionOf = ({
  createdAt: _,
  updatedAt: __,
  ...definition
}: typeof userAttributes.$inferSelect): AttributeDefinition => definition
