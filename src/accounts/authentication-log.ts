import { typeidUnboxed } from 'typeid-js'
import type { Caller } from '../membership/actor.ts'
import type { AuthenticationMethod, EndReason, RefusalReason, SignInType } from '../membership/authentication.ts'
import { failureOf } from '../records/failure.ts'
import { deviceName } from './device-name.ts'
import { shortenedNetwork } from './network.ts'

/*
 * The authentication log, in the database `LOGS`: sign-ins with what followed from them, and refusals as counts.
 *
 * Noting something never delays or fails the caller. Rows are written after the answer, one write at a time per isolate, so
 * that a flood of refusals becomes a few writes. What cannot be written is dropped and counted.
 */

/** Waiting to be written; anything beyond is dropped. */
const MAX_PENDING = 1_000
const ROWS_AT_ONCE = 200
/** Refusals wait this long for others to be counted with them. */
const REFUSALS_GATHERED_MS = 1_000
/** The platform ends work after the answer at 30 s. */
const WRITING_FOR_MS = 20_000
const HOUR_MS = 60 * 60_000

/** Where a request comes from, and how to go on working after its answer. */
export interface RequestOrigin {
  readonly userAgent: string | null
  readonly ip: string | undefined
  readonly keepAlive: (work: Promise<unknown>) => void
}

export interface LogEntry {
  readonly type: SignInType
  /** Null for the operator. */
  readonly userId: string | null
  readonly sessionId?: string | null
  /** Of the operator: null for the root key. */
  readonly operatorKeyId?: string | null
  /** Only where the person is known to be a member. */
  readonly organizationId?: string | null
  readonly method?: AuthenticationMethod
  readonly reason?: EndReason
}

export interface AuthenticationLog {
  note(...entries: readonly LogEntry[]): void
  refuse(reason: RefusalReason): void
}

/** The log as one request writes to it. */
export function authenticationLog(logs: D1Database, { userAgent, ip, keepAlive }: RequestOrigin): AuthenticationLog {
  const network = shortenedNetwork(ip)
  return {
    note(...entries) {
      const from = { occurredAt: Date.now(), device: userAgent === null ? null : deviceName(userAgent), network }
      writerOf(logs).add(
        entries.map((entry) => ({ id: typeidUnboxed('sgn'), ...from, ...entry })),
        keepAlive,
      )
    },
    refuse(reason) {
      writerOf(logs).count(network ?? 'unknown', reason, keepAlive)
    },
  }
}

/** What a request shows of its origin, in the API and the portal alike. */
export interface RequestContext {
  readonly env: { readonly LOGS: D1Database }
  readonly req: { header(name: string): string | undefined }
  readonly executionCtx: { waitUntil(work: Promise<unknown>): void }
}

export const logOf = (c: RequestContext): AuthenticationLog =>
  authenticationLog(c.env.LOGS, {
    userAgent: c.req.header('User-Agent') ?? null,
    ip: c.req.header('CF-Connecting-IP'),
    keepAlive: (work) => c.executionCtx.waitUntil(work),
  })

/** As people can recognize it: the device in plain words, the network without its last part. */
export const originOf = ({ req }: Pick<RequestContext, 'req'>): { device: string | null; network: string | null } => {
  const userAgent = req.header('User-Agent')
  const device = userAgent === undefined ? null : deviceName(userAgent)
  return { device, network: shortenedNetwork(req.header('CF-Connecting-IP')) }
}

/** For commands that may mail where they came from. What the operator does on behalf of a person does not say. */
export const withOrigin = (c: Pick<RequestContext, 'req'>, caller: Caller): Caller =>
  caller.type === 'user' && caller.via === undefined ? { ...caller, origin: originOf(c) } : caller

/** Counts a refusal by its code. Most codes have nothing to do with authentication. */
export function countRefusal(c: RequestContext, code: string): void {
  const reason = REFUSALS.get(code)
  if (reason !== undefined) logOf(c).refuse(reason)
}

const REFUSALS: ReadonlyMap<string, RefusalReason> = new Map([
  ['sign_in_code_wrong', 'wrong_code'],
  ['sign_in_code_expired', 'expired_code'],
  ['sign_in_rate_limited', 'rate_limited'],
  ['operator_key_wrong', 'wrong_operator_key'],
  ['operator_sign_in_rate_limited', 'rate_limited'],
  ['sign_up_disabled', 'sign_up_disabled'],
  ['email_unverified', 'email_unverified'],
  ['account_closing', 'account_closing'],
])

/** Writes that were dropped since this isolate started. */
export const droppedWrites = (logs: D1Database): number => writerOf(logs).dropped

type Row = LogEntry & { readonly id: string; readonly occurredAt: number; readonly device: string | null }

interface Refusals {
  readonly hour: number
  readonly network: string
  readonly reason: RefusalReason
  count: number
}

class LogWriter {
  readonly #logs: D1Database
  #entries: Row[] = []
  readonly #refusals = new Map<string, Refusals>()
  /** Of the request whose work after its answer writes for all; it may be cut off. */
  #writingSince: number | null = null
  dropped = 0

  constructor(logs: D1Database) {
    this.#logs = logs
  }

  add(rows: readonly Row[], keepAlive: RequestOrigin['keepAlive']): void {
    const taken = rows.slice(0, Math.max(0, MAX_PENDING - this.#entries.length))
    this.dropped += rows.length - taken.length
    this.#entries.push(...taken)
    this.#start(keepAlive)
  }

  count(network: string, reason: RefusalReason, keepAlive: RequestOrigin['keepAlive']): void {
    const hour = Math.floor(Date.now() / HOUR_MS) * HOUR_MS
    const key = `${hour} ${reason} ${network}`
    const known = this.#refusals.get(key)
    if (known !== undefined) known.count += 1
    else if (this.#refusals.size < MAX_PENDING) this.#refusals.set(key, { hour, network, reason, count: 1 })
    else this.dropped += 1
    this.#start(keepAlive)
  }

  #start(keepAlive: RequestOrigin['keepAlive']): void {
    if (this.#writingSince !== null && Date.now() - this.#writingSince < WRITING_FOR_MS) return
    const since = Date.now()
    this.#writingSince = since
    keepAlive(this.#write(since))
  }

  async #write(since: number): Promise<void> {
    while (this.#writingSince === since && Date.now() - since < WRITING_FOR_MS) {
      const entries = this.#entries.splice(0, ROWS_AT_ONCE)
      const refusals = [...this.#refusals].slice(0, ROWS_AT_ONCE)
      for (const [key] of refusals) this.#refusals.delete(key)
      if (entries.length + refusals.length === 0) break
      await this.#commit(
        entries,
        refusals.map(([, refusal]) => refusal),
      )
      if (this.#entries.length === 0 && this.#refusals.size > 0) await scheduler.wait(REFUSALS_GATHERED_MS)
    }
    if (this.#writingSince === since) this.#writingSince = null
  }

  async #commit(entries: readonly Row[], refusals: readonly Refusals[]): Promise<void> {
    try {
      await this.#logs.batch([
        ...(entries.length === 0 ? [] : [this.#logs.prepare(INSERT_ENTRIES).bind(JSON.stringify(entries))]),
        ...(refusals.length === 0 ? [] : [this.#logs.prepare(ADD_REFUSALS).bind(JSON.stringify(refusals))]),
      ])
    } catch (error) {
      this.dropped += entries.length + refusals.reduce((sum, { count }) => sum + count, 0)
      console.warn({ message: 'authentication log not written', dropped: this.dropped, error: failureOf(error) })
    }
  }
}

const INSERT_ENTRIES = `
  insert into sign_ins (id, type, occurred_at, user_id, session_id, operator_key_id, organization_id, method, device, network, reason)
  select value ->> 'id', value ->> 'type', value ->> 'occurredAt', value ->> 'userId', value ->> 'sessionId', value ->> 'operatorKeyId',
    value ->> 'organizationId', value ->> 'method', value ->> 'device', value ->> 'network', value ->> 'reason'
  from json_each(?1) where true on conflict (id) do nothing`

const ADD_REFUSALS = `
  insert into refusals (hour, network, reason, count)
  select value ->> 'hour', value ->> 'network', value ->> 'reason', value ->> 'count' from json_each(?1) where true
  on conflict (hour, network, reason) do update set count = count + excluded.count`

const writers = new WeakMap<D1Database, LogWriter>()

function writerOf(logs: D1Database): LogWriter {
  let writer = writers.get(logs)
  if (writer === undefined) {
    writer = new LogWriter(logs)
    writers.set(logs, writer)
  }
  return writer
}
