import { type SQL, sql } from 'drizzle-orm'
import { SQLiteAsyncDialect, type SQLiteTable } from 'drizzle-orm/sqlite-core'
import {
  apiKeys,
  events,
  invitations,
  members,
  organizations,
  projections,
  roles,
} from '../records/directory-tables.ts'
import { type Projection, RELAYED_TABLES, type RelayedTable } from '../records/projection.ts'
import { upsertFromJson } from '../records/upsert.ts'

const TABLES: { readonly [table in RelayedTable]: SQLiteTable } = {
  organizations,
  members,
  invitations,
  roles,
  api_keys: apiKeys,
  events,
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
  return async ({ organizationId, rows, headRevision, projectedRevision }) => {
    const upserts = RELAYED_TABLES.filter((table) => rows[table].length > 0).map((table) =>
      statement(upsertFromJson(TABLES[table], rows[table])),
    )
    await directory.batch([statement(progress(organizationId, headRevision, projectedRevision)), ...upserts])
  }
}

const progress = (organizationId: string, head: number, projected: number): SQL => sql`
  insert into ${projections} (organization_id, head_revision, projected_revision, projected_at)
  values (${organizationId}, ${head}, ${projected}, ${Date.now()})
  on conflict (organization_id) do update set
    head_revision = max(head_revision, excluded.head_revision),
    projected_revision = max(projected_revision, excluded.projected_revision),
    projected_at = excluded.projected_at`
