import type { OrganizationMessage } from '../contract/mail-message.ts'
import { apiKeys, invitations, members, organizations, roles } from '../records/organization-tables.ts'
import { type Projected, type Projection, RELAYED_TABLES, type RelayedTable } from '../records/projection.ts'
import { fitting, jsonRowSql } from '../records/upsert.ts'
import { BYTES_PER_CALL, MESSAGES_PER_CALL } from './parcels.ts'

export interface RelayDependencies {
  readonly storage: DurableObjectStorage
  readonly organizationId: string
  /** Brings rows to the directory; must be safe to repeat and in any order. */
  readonly project: (projection: Projection) => Promise<Projected>
  readonly enqueue: (messages: readonly OrganizationMessage[]) => Promise<void>
  readonly clock: () => number
}

/** Per table and batch, fewer when they are large. */
const ROWS_PER_TABLE = 1_000
/** Calls of the queue under way together; a worker may have six connections open (limit of the platform). */
const CALLS_AT_ONCE = 5
/** Changes of this span share a batch; the first after a quiet time goes at once. */
const PAUSE_BETWEEN_BATCHES_MS = 100
const FIRST_RETRY_MS = 2_000
const LAST_RETRY_MS = 5 * 60_000

/** What SQLite makes of a row, and where it stands in each table's order. */
const SOURCES: { readonly [table in RelayedTable]: { row: string; version: string; id: string } } = {
  organizations: { row: jsonRowSql(organizations), version: 'version', id: 'id' },
  members: { row: jsonRowSql(members), version: 'version', id: 'id' },
  invitations: { row: jsonRowSql(invitations), version: 'version', id: 'id' },
  roles: { row: jsonRowSql(roles), version: 'version', id: 'key' },
  api_keys: { row: jsonRowSql(apiKeys), version: 'version', id: 'id' },
}

/** Where the ledger stands, and the last entry of the log. */
type Head = { readonly version: number; readonly revision: number; readonly seq: number; readonly hash: string }

/** A row that has not arrived, as text, and its position. */
type RowBehind = { readonly row: string; readonly version: number; readonly id: string }

/**
 * Brings what was committed to the directory and the queue: at least once, in the order of versions, many changes in one
 * batch. Progress is written down only after success, so a crash at any line repeats work and never loses any. A row
 * changed again moves ahead of the cursor with its new version.
 */
export class Relay {
  readonly #dependencies: RelayDependencies
  #running: Promise<void> | null = null
  #failures = 0
  #notBefore = 0
  /** Raised by a restart, so that a batch still under way does not move the cursors ahead again. */
  #generation = 0

  constructor(dependencies: RelayDependencies) {
    this.#dependencies = dependencies
  }

  /** After a commit: starts unless it runs already or waits after a failure. Failures are left to the alarm. */
  nudge(): void {
    if (this.#running !== null || this.#dependencies.clock() < this.#notBefore) return
    this.run().catch((error: unknown) => console.warn({ message: 'relay failed', ...this.#failure(error) }))
  }

  /** Runs until all that is committed has arrived; rejects when something could not. One run at a time. */
  run(): Promise<void> {
    this.#running ??= this.#drain().finally(() => {
      this.#running = null
    })
    return this.#running
  }

  /** How long the alarm waits before it tries again: doubling from 2 s to 5 min. */
  retryDelayMs(): number {
    return Math.min(FIRST_RETRY_MS * 2 ** Math.max(0, this.#failures - 1), LAST_RETRY_MS)
  }

  async #drain(): Promise<void> {
    for (;;) {
      const results = await Promise.allSettled([
        whileMore(() => this.#projectOnce()),
        whileMore(() => this.#enqueueOnce()),
      ])
      const failed = results.find((result) => result.status === 'rejected')
      if (failed !== undefined) {
        this.#failures += 1
        this.#notBefore = this.#dependencies.clock() + this.retryDelayMs()
        throw failed.reason
      }
      this.#failures = 0
      this.#notBefore = 0
      if (!this.isBehind()) return
      await new Promise((resolve) => setTimeout(resolve, PAUSE_BETWEEN_BATCHES_MS))
    }
  }

  /** Is anything committed that has not arrived? */
  isBehind(): boolean {
    const { sql } = this.#dependencies.storage
    const waiting = sql.exec('select 1 from outbox limit 1').toArray().length > 0
    return waiting || RELAYED_TABLES.some((table) => this.#rowsBehind(table, 1).length > 0)
  }

  /** Answers whether some table had more rows than a batch takes. */
  async #projectOnce(): Promise<boolean> {
    const { storage, organizationId, project } = this.#dependencies
    const generation = this.#generation
    const { version: headVersion, revision, ...logHead } = this.#head()
    const batches = RELAYED_TABLES.map((table) => batchOf(table, this.#rowsBehind(table, ROWS_PER_TABLE + 1)))
    if (batches.every(({ rows }) => rows.length === 0)) return false
    const rows = Object.fromEntries(batches.map(({ table, rows }) => [table, rows])) as unknown as Projection['rows']
    const projectedVersion = reached(headVersion, batches)
    await project({ organizationId, rows, headVersion, projectedVersion, revision, logHead })
    if (generation !== this.#generation) return true
    storage.transactionSync(() => {
      for (const { table, last } of batches) if (last !== undefined) this.#advance(table, last)
    })
    return batches.some(({ cut }) => cut)
  }

  #head(): Head {
    const [head] = this.#dependencies.storage.sql
      .exec<Head>('select version, revision, event_seq as seq, event_hash as hash from ledger')
      .toArray()
    return head ?? { version: 0, revision: 0, seq: 0, hash: '' }
  }

  #rowsBehind(table: RelayedTable, limit: number): RowBehind[] {
    const { row, version, id } = SOURCES[table]
    return this.#dependencies.storage.sql
      .exec<RowBehind>(
        `select ${row} as row, "${version}" as version, "${id}" as id from "${table}" where ("${version}", "${id}") >
           (coalesce((select version from relay_cursors where source = ?1), 0),
            coalesce((select row_id from relay_cursors where source = ?1), ''))
         order by "${version}", "${id}" limit ?2`,
        table,
        limit,
      )
      .toArray()
  }

  #advance(table: RelayedTable, last: RowBehind): void {
    this.#dependencies.storage.sql.exec(
      `insert into relay_cursors (source, version, row_id) values (?, ?, ?)
       on conflict (source) do update set version = excluded.version, row_id = excluded.row_id`,
      table,
      last.version,
      last.id,
    )
  }

  /** Answers whether more messages wait than these calls took. What stands before a call that failed need not go again. */
  async #enqueueOnce(): Promise<boolean> {
    const { calls, more } = this.#waiting()
    if (calls.length === 0) return false
    const results = await Promise.allSettled(calls.map(({ messages }) => this.#dependencies.enqueue(messages)))
    const failed = results.find((result) => result.status === 'rejected')
    const taken = failed === undefined ? calls.at(-1) : calls[results.indexOf(failed) - 1]
    if (taken !== undefined) this.#dependencies.storage.sql.exec('delete from outbox where id <= ?', taken.last)
    if (failed !== undefined) throw failed.reason
    return more
  }

  /** The first rows of the outbox, by calls that are as full as the queue takes them. */
  #waiting(): { calls: readonly QueueCall[]; more: boolean } {
    const calls: QueueCall[] = []
    const rows = this.#dependencies.storage.sql.exec<{ id: number; messages: string }>(
      'select id, messages from outbox order by id',
    )
    for (const row of rows) {
      const messages = JSON.parse(row.messages) as OrganizationMessage[]
      const bytes = Buffer.byteLength(row.messages)
      const call = calls.at(-1)
      if (call !== undefined && fits(call, messages, bytes)) {
        call.messages.push(...messages)
        call.bytes += bytes
        call.last = row.id
      } else if (calls.length === CALLS_AT_ONCE) {
        return { calls, more: true }
      } else {
        calls.push({ messages, bytes, last: row.id })
      }
    }
    return { calls, more: false }
  }

  /** Everything is sent anew; what the directory has already it ignores. */
  restart(): void {
    this.#dependencies.storage.sql.exec('delete from relay_cursors')
    this.#generation += 1
    this.#notBefore = 0
  }

  #failure(error: unknown) {
    const { organizationId } = this.#dependencies
    return { organization: organizationId, failures: this.#failures, error: String(error) }
  }
}

/** What goes to the queue in one call: whole rows of the outbox, up to `last`. */
interface QueueCall {
  readonly messages: OrganizationMessage[]
  bytes: number
  last: number
}

const fits = (call: QueueCall, messages: readonly OrganizationMessage[], bytes: number): boolean =>
  call.messages.length + messages.length <= MESSAGES_PER_CALL && call.bytes + bytes <= BYTES_PER_CALL

/** The two ways do not wait for each other: while one is out of order the other brings all that it has. */
async function whileMore(step: () => Promise<boolean>): Promise<void> {
  while (await step());
}

/** What a batch takes of one table. */
interface Batch {
  readonly table: RelayedTable
  readonly rows: readonly string[]
  readonly last: RowBehind | undefined
  readonly cut: boolean
}

function batchOf(table: RelayedTable, behind: readonly RowBehind[]): Batch {
  const rows = behind.slice(0, ROWS_PER_TABLE).map(({ row }) => row)
  const taken = rows.slice(0, fitting(rows))
  return { table, rows: taken, last: behind[taken.length - 1], cut: behind.length > taken.length }
}

/** Up to which version a batch is complete: before the last row of a table that was cut. */
function reached(headVersion: number, batches: readonly Batch[]): number {
  const cut = batches.flatMap(({ last, cut }) => (cut && last !== undefined ? [last] : []))
  return Math.min(headVersion, ...cut.map(({ version }) => version - 1))
}
