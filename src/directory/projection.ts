import { type SQL, sql } from 'drizzle-orm'
import { SQLiteAsyncDialect, type SQLiteTable } from 'drizzle-orm/sqlite-core'
import {
  apiKeys,
  invitations,
  logCheckpoints,
  members,
  organizations,
  projections,
  roles,
} from '../records/directory-tables.ts'
import { blockOf, type Projection, RELAYED_TABLES, type RelayedTable } from '../records/projection.ts'
import { upsertFromJson } from '../records/upsert.ts'

const TABLES: { readonly [table in RelayedTable]: SQLiteTable } = {
  organizations,
  members,
  invitations,
  roles,
  api_keys: apiKeys,
}

/**
 * Brings an organization's rows into the directory: one batch, which is one transaction. A row gets in only when it is
 * newer than the one there, so batches may be repeated and may overtake each other.
 */
export function projectInto(directory: D1Database): (projection: Projection) => Promise<void> {
  const dialect = new SQLiteAsyncDialect()
  // Drizzle's own batch cannot carry raw statements, so it writes them and D1 runs them.
  const statement = (query: SQL): D1PreparedStatement => {
    const { sql: text, params } = dialect.sqlToQuery(query)
    return directory.prepare(text).bind(...params)
  }
  return async (projection) => {
    const { rows } = projection
    const upserts = RELAYED_TABLES.filter((table) => rows[table].length > 0).map((table) =>
      statement(upsertFromJson(TABLES[table], rows[table])),
    )
    await directory.batch([statement(progress(projection)), statement(checkpoint(projection)), ...upserts])
  }
}

const progress = ({ organizationId, headVersion, projectedVersion, revision, logHead }: Projection): SQL => sql`
  insert into ${projections}
    (organization_id, head_version, projected_version, revision, projected_at, log_seq, log_hash)
  values
    (${organizationId}, ${headVersion}, ${projectedVersion}, ${revision}, ${Date.now()}, ${logHead.seq}, ${logHead.hash})
  on conflict (organization_id) do update set
    head_version = max(head_version, excluded.head_version),
    projected_version = max(projected_version, excluded.projected_version),
    revision = max(revision, excluded.revision),
    projected_at = excluded.projected_at,
    log_hash = iif(excluded.log_seq > log_seq, excluded.log_hash, log_hash),
    log_seq = max(log_seq, excluded.log_seq)`

/** Only the first one of a block gets in: what is there already is what the organization once said. */
const checkpoint = ({ organizationId, logHead: { seq, hash } }: Projection): SQL => sql`
  insert into ${logCheckpoints} (organization_id, block, seq, hash)
  values (${organizationId}, ${blockOf(seq)}, ${seq}, ${hash}) on conflict do nothing`
