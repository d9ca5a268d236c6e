import { type SQL, sql } from 'drizzle-orm'
import { getTableConfig, SQLiteAsyncDialect, type SQLiteTable } from 'drizzle-orm/sqlite-core'
import {
  apiKeys,
  erasedOrganizations,
  invitations,
  logCheckpoints,
  members,
  organizations,
  projections,
  roles,
} from '../records/directory-tables.ts'
import { blockOf, type Projected, type Projection, RELAYED_TABLES, type RelayedTable } from '../records/projection.ts'
import { jsonParameters, upsertFromJson } from '../records/upsert.ts'

const TABLES: { readonly [table in RelayedTable]: SQLiteTable } = {
  organizations,
  members,
  invitations,
  roles,
  api_keys: apiKeys,
}

/** Writes projections of any organizations in one transaction. Answers in their order. */
export type ProjectTogether = (projections: readonly Projection[]) => Promise<readonly Projected[]>

/**
 * Brings rows of any number of organizations into the directory: one D1 batch, which is one transaction, with one statement
 * per table (more only if its rows exceed the limit on a parameter). A row gets in only if it is not older than the one there,
 * so projections may be repeated and may overtake each other, also within a batch. Nothing gets in of an organization that
 * was erased.
 */
export function projectTogether(directory: D1Database): ProjectTogether {
  return async (together) => {
    const now = Date.now()
    const ids = [...new Set(together.map(({ organizationId }) => organizationId))]
    const upserts = RELAYED_TABLES.flatMap((table) =>
      jsonParameters(together.flatMap(({ rows }) => rows[table])).map((rows) =>
        directory.prepare(STATEMENTS[table]).bind(rows),
      ),
    )
    const [standings] = await directory.batch<Standing>([
      directory.prepare(STANDINGS).bind(JSON.stringify(ids)),
      directory.prepare(PROGRESS).bind(JSON.stringify(together.map((projection) => progressRow(projection, now)))),
      directory.prepare(CHECKPOINTS).bind(JSON.stringify(together.map(checkpointRow))),
      ...upserts,
    ])
    const known = new Map(standings?.results.map((standing) => [standing.id, standing]))
    return together.map((projection) => answer(projection, known.get(projection.organizationId)))
  }
}

/** In characters, about what the rows take in memory and in the statements. */
export const projectionBytes = ({ rows }: Projection): number =>
  RELAYED_TABLES.reduce((sum, table) => sum + rows[table].reduce((bytes, row) => bytes + Buffer.byteLength(row), 0), 0)

interface Standing {
  readonly id: string
  readonly known: number | null
  readonly erased: number
}

/** An erased organization is told that the directory has everything, so that it sends nothing again. */
const answer = ({ projectedVersion }: Projection, standing: Standing | undefined): Projected => ({
  knownVersion: standing?.erased === 1 ? projectedVersion : (standing?.known ?? null),
})

const isErased = (id: SQL): SQL =>
  sql`exists (select 1 from ${erasedOrganizations} where ${erasedOrganizations.organizationId} = ${id})`

/** Rows are arrays here (`jsonRow`). */
const column = (index: number): SQL => sql.raw(`json_extract(value, '$[${index}]')`)

const dialect = new SQLiteAsyncDialect()
/** Drizzle's own batch cannot carry raw statements, so Drizzle writes their text and D1 runs it. */
const text = (query: SQL): string => dialect.sqlToQuery(query).sql

function upsert(table: SQLiteTable): string {
  const { columns } = getTableConfig(table)
  const own = columns.findIndex(({ name }) => name === 'organization_id')
  const id = own === -1 ? columns.findIndex(({ name }) => name === 'id') : own
  return text(upsertFromJson(table, [], sql`not ${isErased(column(id))}`))
}

const STATEMENTS = Object.fromEntries(RELAYED_TABLES.map((table) => [table, upsert(TABLES[table])])) as {
  readonly [table in RelayedTable]: string
}

const STANDINGS = text(sql`
  select value as id, ${isErased(sql`value`)} as erased,
    (select projected_version from ${projections} where organization_id = value) as known
  from json_each(${'[]'})`)

const progressRow = ({ logHead, ...projection }: Projection, now: number) => [
  projection.organizationId,
  projection.headVersion,
  projection.projectedVersion,
  projection.revision,
  now,
  logHead.seq,
  logHead.hash,
  projection.mailWaitingSince,
  projection.fromVersion,
]

/** The directory has everything up to the new version only if it had everything that the projection leaves out. */
const projectedVersion = sql`iif(
  coalesce((select projected_version from ${projections} where organization_id = ${column(0)}), 0) >= ${column(8)},
  ${column(2)}, 0)`

const PROGRESS = text(sql`
  insert into ${projections}
    (organization_id, head_version, projected_version, revision, projected_at, log_seq, log_hash, mail_waiting_since)
  select ${sql.join([column(0), column(1), projectedVersion, ...[3, 4, 5, 6, 7].map(column)], sql`, `)}
  from jsonb_each(${'[]'})
  where not ${isErased(column(0))}
  on conflict (organization_id) do update set
    head_version = max(head_version, excluded.head_version),
    projected_version = max(projected_version, excluded.projected_version),
    revision = max(revision, excluded.revision),
    projected_at = excluded.projected_at,
    mail_waiting_since = excluded.mail_waiting_since,
    log_hash = iif(excluded.log_seq > log_seq, excluded.log_hash, log_hash),
    log_seq = max(log_seq, excluded.log_seq)`)

const checkpointRow = ({ organizationId, logHead: { seq, hash } }: Projection) => [
  organizationId,
  blockOf(seq),
  seq,
  hash,
]

/** Only the first one of a block gets in: what is there already is what the organization once said. */
const CHECKPOINTS = text(sql`
  insert into ${logCheckpoints} (organization_id, block, seq, hash)
  select ${sql.join([0, 1, 2, 3].map(column), sql`, `)} from jsonb_each(${'[]'})
  where not ${isErased(column(0))}
  on conflict do nothing`)
