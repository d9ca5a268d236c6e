import type { InvitationMessage } from '../contract/mail-message.ts'
import { type Projection, type RawRow, RELAYED_TABLES, type RelayedTable } from '../records/projection.ts'
import { fitting } from '../records/upsert.ts'

export interface RelayDependencies {
  readonly storage: DurableObjectStorage
  readonly organizationId: string
  /** Brings rows to the directory; must be safe to repeat and in any order. */
  readonly project: (projection: Projection) => Promise<void>
  readonly enqueue: (messages: readonly InvitationMessage[]) => Promise<void>
  readonly clock: () => number
}

/** Per table and batch, fewer when they are large. */
const ROWS_PER_TABLE = 400
/** They are small: their values have been replaced. */
const REDACTIONS_AT_ONCE = 200
/** 50 messages of at most 4 KB stay below the queue's 256 KB per call. */
const MESSAGES_AT_ONCE = 50
/** Changes of this span share a batch; the first after a quiet time goes at once. */
const PAUSE_BETWEEN_BATCHES_MS = 100
const FIRST_RETRY_MS = 2_000
const LAST_RETRY_MS = 5 * 60_000

/** How the position of a row is named in each table; the log is ordered by its own number. */
const POSITION: { readonly [table in RelayedTable]: { readonly revision: string; readonly id: string } } = {
  organizations: { revision: 'revision', id: 'id' },
  members: { revision: 'revision', id: 'id' },
  invitations: { revision: 'revision', id: 'id' },
  roles: { revision: 'revision', id: 'key' },
  api_keys: { revision: 'revision', id: 'id' },
  events: { revision: 'seq', id: 'id' },
}

/**
 * Brings what was committed to the directory and the queue: at least once, in the order of revisions, many changes in one
 * batch. Progress is written down only after success, so a crash at any line repeats work and never loses any. A row
 * changed again moves ahead of the cursor with its new revision.
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
      const [projected, enqueued] = await Promise.allSettled([this.#projectOnce(), this.#enqueueOnce()])
      const failed = [projected, enqueued].find((result) => result.status === 'rejected')
      if (failed !== undefined) {
        this.#failures += 1
        this.#notBefore = this.#dependencies.clock() + this.retryDelayMs()
        throw failed.reason
      }
      this.#failures = 0
      this.#notBefore = 0
      if (!this.isBehind()) return
      const full = [projected, enqueued].some((result) => result.status === 'fulfilled' && result.value)
      if (!full) await new Promise((resolve) => setTimeout(resolve, PAUSE_BETWEEN_BATCHES_MS))
    }
  }

  /** Is anything committed that has not arrived? */
  isBehind(): boolean {
    const { sql } = this.#dependencies.storage
    const waiting = sql.exec('select 1 from outbox union all select 1 from redactions limit 1').toArray().length > 0
    return waiting || RELAYED_TABLES.some((table) => this.#rowsBehind(table, 1).length > 0)
  }

  /** Answers whether some table had more rows than a batch takes. */
  async #projectOnce(): Promise<boolean> {
    const { storage, organizationId, project } = this.#dependencies
    const generation = this.#generation
    const headRevision =
      storage.sql.exec<{ revision: number }>('select revision from ledger').toArray()[0]?.revision ?? 0
    const behind = RELAYED_TABLES.map((table) => [table, this.#rowsBehind(table, ROWS_PER_TABLE + 1)] as const)
    const batches = behind.map(
      ([table, rows]) => [table, rows.slice(0, fitting(rows.slice(0, ROWS_PER_TABLE)))] as const,
    )
    const redacted = this.#redactedEvents()
    if (batches.every(([, batch]) => batch.length === 0) && redacted.length === 0) return false
    const rows = Object.fromEntries(batches) as unknown as Projection['rows']
    const cut = behind.filter(([table, all]) => all.length > rows[table].length).map(([table]) => table)
    const sent = { ...rows, events: [...rows.events, ...redacted] }
    await project({ organizationId, rows: sent, headRevision, projectedRevision: reached(headRevision, rows, cut) })
    if (generation !== this.#generation) return true
    storage.transactionSync(() => {
      for (const [table, batch] of batches) this.#advance(table, batch.at(-1))
      for (const { seq } of redacted) storage.sql.exec('delete from redactions where seq = ?', seq ?? 0)
    })
    return cut.length > 0 || redacted.length === REDACTIONS_AT_ONCE
  }

  /** Entries that the cursor has passed already, and that have been redacted since. */
  #redactedEvents(): RawRow[] {
    return this.#dependencies.storage.sql
      .exec<RawRow>(
        'select events.* from redactions join events on events.seq = redactions.seq order by redactions.seq limit ?',
        REDACTIONS_AT_ONCE,
      )
      .toArray()
  }

  #rowsBehind(table: RelayedTable, limit: number): RawRow[] {
    const { revision, id } = POSITION[table]
    return this.#dependencies.storage.sql
      .exec<RawRow>(
        `select * from "${table}" where ("${revision}", "${id}") >
           (coalesce((select revision from relay_cursors where source = ?1), 0),
            coalesce((select row_id from relay_cursors where source = ?1), ''))
         order by "${revision}", "${id}" limit ?2`,
        table,
        limit,
      )
      .toArray()
  }

  #advance(table: RelayedTable, last: RawRow | undefined): void {
    if (last === undefined) return
    const { revision, id } = POSITION[table]
    this.#dependencies.storage.sql.exec(
      `insert into relay_cursors (source, revision, row_id) values (?, ?, ?)
       on conflict (source) do update set revision = excluded.revision, row_id = excluded.row_id`,
      table,
      last[revision] ?? 0,
      last[id] ?? '',
    )
  }

  /** Answers whether more messages wait than one call takes. */
  async #enqueueOnce(): Promise<boolean> {
    const { storage, enqueue } = this.#dependencies
    const rows = storage.sql
      .exec<{ id: number; message: string }>('select id, message from outbox order by id limit ?', MESSAGES_AT_ONCE)
      .toArray()
    const last = rows.at(-1)
    if (last === undefined) return false
    await enqueue(rows.map(({ message }) => JSON.parse(message) as InvitationMessage))
    storage.sql.exec('delete from outbox where id <= ?', last.id)
    return rows.length === MESSAGES_AT_ONCE
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

/** Up to which revision a batch is complete: before the last row of a table that was cut. Events tell no revision. */
function reached(headRevision: number, rows: Projection['rows'], cut: readonly RelayedTable[]): number {
  if (cut.includes('events')) return 0
  return Math.min(headRevision, ...cut.map((table) => Number(rows[table].at(-1)?.revision) - 1))
}
