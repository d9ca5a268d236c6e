import { RELAYED_TABLES, type RelayedTable } from '../../src/records/projection.ts'

/** A row as SQLite has it, keyed by column name. */
export type RawRow = Record<string, SqlStorageValue>

/** All rows of an organization as its own SQLite has them. */
export type Rows = { readonly [table in RelayedTable]: RawRow[] } & {
  readonly events: RawRow[]
  readonly ledger: RawRow
  readonly outbox: RawRow[]
  readonly external_ids: RawRow[]
}

const ORDER: { readonly [table in RelayedTable]: string } = {
  organizations: 'id',
  members: 'id',
  invitations: 'id',
  roles: 'key',
  api_keys: 'id',
}

/** `eventsAfter` spares reading the log again and again. */
export function rowsOf({ sql }: DurableObjectStorage, eventsAfter = 0): Rows {
  const of = (table: RelayedTable) => sql.exec<RawRow>(`select * from ${table} order by ${ORDER[table]}`).toArray()
  const tables = Object.fromEntries(RELAYED_TABLES.map((table) => [table, of(table)]))
  return {
    ...(tables as { [table in RelayedTable]: RawRow[] }),
    events: sql.exec<RawRow>('select * from events where seq > ? order by seq', eventsAfter).toArray(),
    ledger: sql.exec<RawRow>('select * from ledger').toArray()[0] ?? {},
    external_ids: sql.exec<RawRow>('select * from external_ids').toArray(),
    outbox: sql.exec<RawRow>('select * from outbox order by id').toArray(),
  }
}

/** The same rows as the directory has them. */
export async function directoryRowsOf(
  directory: D1Database,
  organizationId: string,
): Promise<{ [table in RelayedTable]: RawRow[] }> {
  const results = await directory.batch<RawRow>(
    RELAYED_TABLES.map((table) => {
      const column = table === 'organizations' ? 'id' : 'organization_id'
      return directory
        .prepare(`select * from ${table} where ${column} = ? order by ${ORDER[table]}`)
        .bind(organizationId)
    }),
  )
  return Object.fromEntries(RELAYED_TABLES.map((table, index) => [table, results[index]?.results ?? []])) as {
    [table in RelayedTable]: RawRow[]
  }
}
