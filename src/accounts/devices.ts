import { createHash, randomBytes } from 'node:crypto'
import { and, eq, ne, type SQL, sql } from 'drizzle-orm'
import { devices } from '../records/account-tables.ts'
import { type LinkKey, signToken, verifyToken } from './signed-token.ts'

/*
 * Browsers and clients that have signed in before. A device holds an id that this deployment has signed; D1 holds a hash of
 * the id for each account that signed in there. The id is no credential: it gives the device its own share of the
 * limits, and shows whether a sign-in is the first one.
 */

/** A device that has not signed in for this long is forgotten. */
export const DEVICE_AGE_MS = 365 * 24 * 60 * 60_000
/** Of one account. The devices with the oldest sign-in make room. */
export const MAX_DEVICES = 20

const PURPOSE = 'device'
const CLAIM = /^[A-Za-z0-9_-]{22}$/
const ID_BYTES = 16

export interface NotedDevice {
  readonly id: string
  /** The account has not signed in on this device before. */
  readonly isNew: boolean
  /** The account has no device yet, and none was ever forgotten because the person was signed out everywhere. */
  readonly isFirst: boolean
}

export const newDeviceId = (): string => randomBytes(ID_BYTES).toString('base64url')

/** `keyId.deviceId.signature`: what the device keeps. */
export const deviceToken = (id: string, keys: readonly LinkKey[]): string => signToken(PURPOSE, id, keys)

/** The id of the device; null without a token, and for a token that none of the keys has signed. */
export const deviceOf = (token: string | undefined, keys: readonly LinkKey[]): string | null =>
  verifyToken(PURPOSE, CLAIM, token ?? '', keys)?.[0] ?? null

const hashOf = (id: string): string => createHash('sha256').update(id).digest('hex')

/** Has the account of this email signed in on this device before? One query, whether or not there is such an account. */
export async function isKnownDevice(
  accounts: D1Database,
  email: string,
  deviceId: string,
  now: number,
): Promise<boolean> {
  const known = await accounts
    .prepare(
      `select 1 from users join devices on devices.user_id = users.id
       where users.email = ?1 and devices.id_hash = ?2 and devices.last_seen_at > ?3`,
    )
    .bind(email, hashOf(deviceId), now - DEVICE_AGE_MS)
    .first()
  return known !== null
}

interface DeviceCounts {
  readonly devices: number
  readonly known: number
  /** SQLite's boolean; null without a session. */
  readonly cutOff: 0 | 1 | null
}

/**
 * Notes that the account of a session signed in on this device: statements for the batch that starts the session, behind
 * its insert. `noted` reads what the first of them answered.
 */
export function noteDevice(accounts: D1Database, sessionId: string, deviceId: string, now: number) {
  const hash = hashOf(deviceId)
  const ofAccount = 'user_id = (select user_id from sessions where id = ?1)'
  const statements = [
    accounts
      .prepare(
        `select count(*) as devices, count(*) filter (where id_hash = ?2) as known,
           (select tokens_valid_from is not null from users where id = (select user_id from sessions where id = ?1)) as "cutOff"
         from devices where ${ofAccount}`,
      )
      .bind(sessionId, hash),
    accounts
      .prepare(
        `insert into devices (user_id, id_hash, first_seen_at, last_seen_at)
         select user_id, ?2, ?3, ?3 from sessions where id = ?1
         on conflict (user_id, id_hash) do update set last_seen_at = excluded.last_seen_at`,
      )
      .bind(sessionId, hash, now),
    accounts
      .prepare(
        `delete from devices where ${ofAccount} and id_hash not in
           (select id_hash from devices where ${ofAccount} order by last_seen_at desc, first_seen_at desc limit ?2)`,
      )
      .bind(sessionId, MAX_DEVICES),
  ]
  const noted = (result: D1Result | undefined): NotedDevice => {
    const { devices, known, cutOff } = (result?.results[0] ?? { devices: 0, known: 0, cutOff: null }) as DeviceCounts
    return { id: deviceId, isNew: known === 0, isFirst: devices === 0 && cutOff !== 1 }
  }
  return { statements, noted }
}

/**
 * Before the device is noted, and behind the insert of the session: is it new to an account that has signed in elsewhere
 * before? An account that was signed out everywhere has, though its devices are forgotten.
 */
export const isNewToAccount = (sessionId: string, deviceId: string): SQL => {
  const userId = sql`(select user_id from sessions where id = ${sessionId})`
  const ofAccount = sql`devices.user_id = ${userId}`
  return sql`(exists (select 1 from devices where ${ofAccount})
      or exists (select 1 from users where users.id = ${userId} and users.tokens_valid_from is not null))
    and not exists (select 1 from devices where ${ofAccount} and id_hash = ${hashOf(deviceId)})`
}

/** What a person who signs out everywhere forgets: all devices but the one that is kept, if any. */
export const isForgotten = (userId: string, keptDeviceId: string | null): SQL | undefined =>
  and(eq(devices.userId, userId), keptDeviceId === null ? undefined : ne(devices.idHash, hashOf(keptDeviceId)))

/** Drops devices that have not signed in for a year, a bounded number at a time. */
export async function forgetDevices(accounts: D1Database, now: number, limit: number): Promise<number> {
  const { meta } = await accounts
    .prepare('delete from devices where rowid in (select rowid from devices where last_seen_at <= ?1 limit ?2)')
    .bind(now - DEVICE_AGE_MS, limit)
    .run()
  return meta.changes
}
