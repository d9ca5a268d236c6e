import { apiKeys, invitations, members, organizations, roles } from '../../records/organization-tables.ts'
import { type Projected, type Projection, RELAYED_TABLES, type RelayedTable } from '../../records/projection.ts'
import { fitting, jsonRowSql } from '../../records/upsert.ts'
import type { Lane } from './lane.ts'

export interface DirectoryLaneDependencies {
  readonly storage: DurableObjectStorage
  readonly organizationId: string
  /** Brings rows to the directory; must be safe to repeat and in any order. */
  readonly project: (projection: Projection) => Promise<Projected>
  /** What the directory is to show: since when mails wait that cannot be sent; null: none do. */
  readonly mailWaitingSince: () => number | null
}

/** What the directory says of an organization. */
export interface Known {
  /** Zero: nothing of it has arrived. */
  readonly projectedVersion: number
  readonly mailWaitingSince: number | null
}

/** Per table and batch, fewer when they are large. */
const ROWS_PER_TABLE = 1_000

/** What SQLite makes of a row, and where it stands in each table's order. */
const SOURCES: { readonly [table in RelayedTable]: { row: string; id: string } } = {
  organizations: { row: jsonRowSql(organizations), id: 'id' },
  members: { row: jsonRowSql(members), id: 'id' },
  invitations: { row: jsonRowSql(invitations), id: 'id' },
  roles: { row: jsonRowSql(roles), id: 'key' },
  api_keys: { row: jsonRowSql(apiKeys), id: 'id' },
}

/** A row's place in the order of its table. */
type Position = { readonly version: number; readonly id: string }
/** A row that has not arrived, as text, and its position. */
type RowBehind = Position & { readonly row: string }
type Positions = { readonly [table in RelayedTable]?: Position }

/** Where the ledger stands, and the last entry of the log. */
type Head = { readonly version: number; readonly revision: number; readonly seq: number; readonly hash: string }

/**
 * Brings rows to the directory in the order of versions, many changes in one batch. Rows carry the version of their last
 * change, and the directory takes only what is newer, so sending something again does no harm. A row that is changed again
 * moves to the end of the order.
 */
export class DirectoryLane implements Lane {
  readonly name = 'directory'
  readonly #dependencies: DirectoryLaneDependencies
  /** The directory has everything up to this version. */
  #arrived = 0
  /** Of a large change that goes in several batches: which of its rows have arrived. */
  #positions: Positions = {}
  #hasProgress = false
  /** The directory may have lost rows: only its next answer tells. */
  #doubted = false
  /** What the directory shows of waiting mails. Undefined: unknown. */
  #told: number | null | undefined
  /** Raised by each new start, so that a batch still under way does not count any more. */
  #generation = 0

  constructor(dependencies: DirectoryLaneDependencies) {
    this.#dependencies = dependencies
  }

  load(isUnfinished: boolean): void {
    const [progress] = this.#dependencies.storage.sql
      .exec<{ version: number; positions: string }>('select version, positions from directory_progress')
      .toArray()
    this.#arrived = progress?.version ?? 0
    this.#positions = JSON.parse(progress?.positions ?? '{}') as Positions
    this.#hasProgress = false
    this.#doubted = false
    this.#told = isUnfinished ? undefined : null
    this.#generation += 1
  }

  /** The directory has everything up to this version, as far as is known here. */
  get arrived(): number {
    return this.#arrived
  }

  isBehind(): boolean {
    return this.#doubted || this.head().version > this.#arrived || this.#told !== this.#dependencies.mailWaitingSince()
  }

  /** Compares with a row of `projections` that was read a moment ago. If the row seems old, the directory is asked again. */
  compare({ projectedVersion, mailWaitingSince }: Known): void {
    if (projectedVersion < this.#arrived || mailWaitingSince !== this.#told) this.#doubted = true
  }

  /** Everything is sent again; the directory ignores what it has already. */
  startOver(): void {
    this.#dependencies.storage.sql.exec('delete from directory_progress')
    this.#arrived = 0
    this.#positions = {}
    this.#hasProgress = false
    this.#generation += 1
  }

  async step(): Promise<boolean> {
    const { organizationId, project, mailWaitingSince } = this.#dependencies
    const generation = this.#generation
    const { version: headVersion, revision, ...logHead } = this.head()
    const batches = RELAYED_TABLES.map((table) => batchOf(table, this.#rowsBehind(table)))
    const rows = Object.fromEntries(batches.map(({ table, rows }) => [table, rows])) as unknown as Projection['rows']
    const fromVersion = this.#arrived
    const projectedVersion = reached(headVersion, batches)
    const told = mailWaitingSince()
    // Without an answer the directory may show the one or the other.
    if (told !== this.#told) this.#told = undefined
    const { knownVersion } = await project({
      ...{ organizationId, rows, revision, logHead },
      ...{ fromVersion, projectedVersion, headVersion },
      mailWaitingSince: told,
    })
    if (generation !== this.#generation) return true
    this.#doubted = false
    if ((knownVersion ?? 0) < fromVersion) {
      console.warn({ message: 'directory was restored to an earlier time', organization: organizationId })
      this.startOver()
      return true
    }
    this.#told = told
    this.#advance(projectedVersion, batches)
    return batches.some(({ cut }) => cut)
  }

  hasProgress(): boolean {
    return this.#hasProgress
  }

  writeProgress(): () => void {
    const generation = this.#generation
    this.#dependencies.storage.sql.exec(
      `insert into directory_progress (id, version, positions) values (1, ?, ?)
       on conflict (id) do update set version = excluded.version, positions = excluded.positions`,
      this.#arrived,
      JSON.stringify(this.#positions),
    )
    return () => {
      if (generation === this.#generation) this.#hasProgress = false
    }
  }

  /** An answer that comes after that of a later batch says nothing new. */
  #advance(projectedVersion: number, batches: readonly Batch[]): void {
    if (projectedVersion < this.#arrived) return
    const isComplete = !batches.some(({ cut }) => cut)
    const sent = batches.flatMap(({ table, last }) => (last === undefined ? [] : [[table, last] as const]))
    this.#positions = isComplete ? {} : { ...this.#positions, ...Object.fromEntries(sent) }
    this.#arrived = projectedVersion
    this.#hasProgress = true
  }

  head(): Head {
    const [head] = this.#dependencies.storage.sql
      .exec<Head>('select version, revision, event_seq as seq, event_hash as hash from ledger')
      .toArray()
    return head ?? { version: 0, revision: 0, seq: 0, hash: '' }
  }

  #rowsBehind(table: RelayedTable): RowBehind[] {
    const { row, id } = SOURCES[table]
    // No id is empty, so these are all rows of later versions.
    const after = this.#positions[table] ?? { version: this.#arrived + 1, id: '' }
    return this.#dependencies.storage.sql
      .exec<RowBehind>(
        `select ${row} as row, version, "${id}" as id from "${table}" where (version, "${id}") > (?, ?)
         order by version, "${id}" limit ?`,
        after.version,
        after.id,
        ROWS_PER_TABLE + 1,
      )
      .toArray()
  }
}

/** What a batch takes of one table. */
interface Batch {
  readonly table: RelayedTable
  readonly rows: readonly string[]
  readonly last: Position | undefined
  readonly cut: boolean
}

function batchOf(table: RelayedTable, behind: readonly RowBehind[]): Batch {
  const rows = behind.slice(0, ROWS_PER_TABLE).map(({ row }) => row)
  const taken = rows.slice(0, fitting(rows))
  const last = behind[taken.length - 1]
  return { table, rows: taken, last: last && { version: last.version, id: last.id }, cut: behind.length > taken.length }
}

/** Up to which version a batch is complete: before the last row of a table that was cut. */
function reached(headVersion: number, batches: readonly Batch[]): number {
  const cut = batches.flatMap(({ last, cut }) => (cut && last !== undefined ? [last] : []))
  return Math.min(headVersion, ...cut.map(({ version }) => version - 1))
}
