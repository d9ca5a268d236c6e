import { eq, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { typeidUnboxed } from 'typeid-js'
import { DEFAULT_SETTINGS, Settings, type UpdateSettings } from '../contract/settings.ts'
import type { Actor } from '../membership/actor.ts'
import { settings } from '../records/account-tables.ts'
import { appendEvent, differences, type EnvironmentEventDraft, isSome } from '../records/environment-events.ts'
import { failureOf } from '../records/failure.ts'

/** How long an isolate answers from memory. A change reaches every isolate within this time. */
const FRESH_MS = 5_000

interface Remembered {
  readonly value: Settings
  readonly readAt: number
}

const remembered = new WeakMap<D1Database, Remembered>()

/**
 * The environment settings, at most five seconds old. While the directory is out of reach the last ones known stand, or
 * the defaults: invitations must go on working.
 */
export async function currentSettings(accounts: D1Database): Promise<Settings> {
  const known = remembered.get(accounts)
  if (known !== undefined && Date.now() - known.readAt < FRESH_MS) return known.value
  try {
    const readAt = Date.now()
    const value = await readSettings(accounts)
    remembered.set(accounts, { value, readAt })
    return value
  } catch (error) {
    console.warn({ message: 'settings could not be read, going on with the last known', error: failureOf(error) })
    const value = known?.value ?? DEFAULT_SETTINGS
    remembered.set(accounts, { value, readAt: Date.now() })
    return value
  }
}

/** From the database itself, for the operator's own view. Throws while it is out of reach. */
export async function readSettings(accounts: D1Database): Promise<Settings> {
  const row = await drizzle(accounts).select().from(settings).where(eq(settings.id, 1)).get()
  return Settings.parse({ ...DEFAULT_SETTINGS, ...row?.value })
}

/**
 * Merged inside the database, so that changes made at the same time do not undo each other. A change that changes nothing
 * is no event.
 */
export async function updateSettings(accounts: D1Database, changes: UpdateSettings, actor: Actor): Promise<Settings> {
  const database = drizzle(accounts)
  const patch = JSON.stringify(changes)
  const now = Date.now()
  const stored = sql`(select ${settings.value} from ${settings} where ${settings.id} = 1)`
  const differing = differences(sql`json_patch(${JSON.stringify(DEFAULT_SETTINGS)}, coalesce(${stored}, '{}'))`, patch)
  const event: EnvironmentEventDraft = {
    id: typeidUnboxed('evt'),
    type: 'settings.updated',
    occurredAt: now,
    actor,
    target: { type: 'settings', id: 'settings' },
    data: differing,
  }
  const upsert = database
    .insert(settings)
    .values({ id: 1, value: changes, updatedAt: now })
    .onConflictDoUpdate({
      target: settings.id,
      // RFC 7396: null removes, and what is absent has its default, which is null for all that may be null.
      set: { value: sql`json_patch(${settings.value}, ${patch})`, updatedAt: now },
    })
    .returning()
  const [, [row]] = await database.batch([appendEvent(database, event, isSome(differing)), upsert])
  const value = Settings.parse({ ...DEFAULT_SETTINGS, ...row?.value })
  remembered.set(accounts, { value, readAt: now })
  return value
}
