import { createHmac } from 'node:crypto'
import { ok, type Result, refuse } from '../membership/result.ts'
import type { LinkKey } from './signed-token.ts'

/** How often something may be tried within a time that begins with the first try. `subject` is whom the tries count for. */
export interface Cap {
  readonly name: string
  readonly subject: string
  readonly limit: number
  readonly windowMs: number
}

/** What a try has used of its caps; to be given back if it should not count after all. */
export type Charge = readonly {
  readonly key: string
  readonly expiresAt: number
  /** How many tries this cap still allows. */
  readonly left: number
}[]

export interface UsedUp {
  /** The name of the cap that allows the next try last. */
  readonly cap: string
  readonly retryAfterSeconds: number
}

/**
 * Counts a try against all of its caps, or against none when one of them is used up. One statement, so that of tries at the
 * same moment exactly as many get through as are left.
 */
export async function attempt(
  accounts: D1Database,
  caps: readonly Cap[],
  keys: readonly LinkKey[],
  now: number,
): Promise<Result<Charge, UsedUp>> {
  const rows = JSON.stringify(caps.map((cap) => ({ key: keyOf(cap, keys), ...cap, subject: undefined })))
  const charged = await accounts
    .prepare(
      `insert into attempts (key, count, expires_at)
       select value ->> 'key', 1, ?2 + (value ->> 'windowMs') from json_each(?1)
       where not exists (select 1 from json_each(?1) as cap left join attempts on attempts.key = cap.value ->> 'key'
         where iif(attempts.expires_at > ?2, attempts.count, 0) >= cap.value ->> 'limit')
       on conflict (key) do update set
         count = case when attempts.expires_at <= ?2 then 1 else attempts.count + 1 end,
         expires_at = case when attempts.expires_at <= ?2 then excluded.expires_at else attempts.expires_at end
       returning key, expires_at as "expiresAt",
         (select value ->> 'limit' from json_each(?1) where value ->> 'key' = attempts.key) - count as "left"`,
    )
    .bind(rows, now)
    .all<Charge[number]>()
  if (charged.results.length > 0) return ok(charged.results)
  const used = await accounts
    .prepare(
      `select cap.value ->> 'name' as "cap", coalesce(attempts.expires_at, ?2 + (cap.value ->> 'windowMs')) as "until"
       from json_each(?1) as cap left join attempts on attempts.key = cap.value ->> 'key'
       where coalesce(attempts.count, 0) >= cap.value ->> 'limit' order by "until" desc limit 1`,
    )
    .bind(rows, now)
    .first<{ cap: string; until: number }>()
  const { cap = '', until = now } = used ?? {}
  return refuse({ cap, retryAfterSeconds: Math.max(1, Math.ceil((until - now) / 1000)) })
}

/** Whether a try would be refused now. Only `attempt` decides. */
export async function isUsedUp(
  accounts: D1Database,
  { limit, ...cap }: Cap,
  keys: readonly LinkKey[],
  now: number,
): Promise<boolean> {
  const used = await accounts
    .prepare('select 1 from attempts where key = ?1 and expires_at > ?2 and count >= ?3')
    .bind(keyOf(cap, keys), now, limit)
    .first()
  return used !== null
}

/** A count that has started anew in the meantime is left alone. */
export async function giveBack(accounts: D1Database, charge: Charge): Promise<void> {
  await accounts
    .prepare(
      `update attempts set count = count - 1 where count > 0 and (key, expires_at) in
         (select value ->> 'key', value ->> 'expiresAt' from json_each(?1))`,
    )
    .bind(JSON.stringify(charge))
    .run()
}

/** Drops counts that are over, a bounded number at a time. */
export async function forgetAttempts(accounts: D1Database, now: number, limit: number): Promise<number> {
  const { meta } = await accounts
    .prepare('delete from attempts where key in (select key from attempts where expires_at <= ?1 limit ?2)')
    .bind(now, limit)
    .run()
  return meta.changes
}

/** Keyed, since addresses and networks are few enough to be found from a plain hash. */
function keyOf({ name, subject }: Pick<Cap, 'name' | 'subject'>, [key]: readonly LinkKey[]): string {
  if (key === undefined) throw new Error('No key to count tries with')
  return createHmac('sha256', key.secret).update(`muster.attempts.v1:${name}:${subject}`).digest('base64url')
}
