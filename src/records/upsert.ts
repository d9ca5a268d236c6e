import { getTableColumns, type SQL, sql } from 'drizzle-orm'
import { getTableConfig, type SQLiteColumn, type SQLiteTable } from 'drizzle-orm/sqlite-core'

const keyOf = (table: SQLiteTable): SQLiteColumn[] => {
  const { columns, primaryKeys } = getTableConfig(table)
  return primaryKeys[0]?.columns ?? columns.filter((column) => column.primary)
}

const excluded = (column: SQLiteColumn): SQL => sql.raw(`excluded."${column.name}"`)

/** Every column as a placeholder of its own name, for an insert that is prepared once. */
export const placeholders = <T extends SQLiteTable>(table: T): T['$inferInsert'] =>
  Object.fromEntries(
    Object.keys(getTableColumns(table)).map((name) => [name, sql.placeholder(name)]),
  ) as T['$inferInsert']

/** For `onConflictDoUpdate`: the new row takes the place of the old one. */
export function replaceAll(table: SQLiteTable): { target: SQLiteColumn[]; set: Record<string, SQL> } {
  const target = keyOf(table)
  const rest = Object.entries(getTableColumns(table)).filter(([, column]) => !target.includes(column))
  return { target, set: Object.fromEntries(rest.map(([name, column]) => [name, excluded(column)])) }
}

/**
 * One statement that takes any number of rows as one JSON array of objects keyed by column name (D1 binds at most 100
 * parameters), and lets a row in only when it is newer than the one that is there. Without `revision` (events never
 * change) the first one stays.
 */
export function upsertFromJson(table: SQLiteTable, rows: string): SQL {
  const { columns } = getTableConfig(table)
  const list = (parts: SQL[]): SQL => sql.join(parts, sql.raw(', '))
  const names = list(columns.map((column) => sql.identifier(column.name) as unknown as SQL))
  const values = list(columns.map((column) => sql.raw(`json_extract(value, '$.${column.name}')`)))
  const insert = sql`insert into ${table} (${names}) select ${values} from json_each(${rows}) where true`
  if (!columns.some((column) => column.name === 'revision')) return sql`${insert} on conflict do nothing`
  const key = keyOf(table)
  const target = list(key.map((column) => sql.identifier(column.name) as unknown as SQL))
  const set = list(
    columns
      .filter((column) => !key.includes(column))
      .map((column) => sql`${sql.identifier(column.name)} = ${excluded(column)}`),
  )
  return sql`${insert} on conflict (${target}) do update set ${set} where ${sql.raw('excluded.revision')} > ${table}.revision`
}
