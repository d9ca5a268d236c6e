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
 * A row as text: a JSON array of its columns in the order of the table's definition, with JSON as text and booleans as
 * numbers, as SQLite has them.
 */
export function jsonRow(table: SQLiteTable): (row: Record<string, unknown>) => string {
  const columns = Object.entries(getTableColumns(table))
  return (row) => JSON.stringify(columns.map(([name, column]) => driverValue(column, row[name])))
}

const driverValue = (column: SQLiteColumn, value: unknown): unknown =>
  value == null ? null : column.mapToDriverValue(value)

/** The same of a row that is there, as an expression to select. */
export const jsonRowSql = (table: SQLiteTable): string =>
  `json_array(${getTableConfig(table)
    .columns.map(({ name }) => `"${name}"`)
    .join(', ')})`

/**
 * One statement that takes any number of such rows as one JSON array (D1 binds at most 100 parameters), and lets a row in
 * only when it is not older than the one that is there. `jsonb_each` (SQLite 3.51) hands on a row in its binary form, where `json_each`
 * would write it out as text that each `json_extract` parses again: half the time of the whole statement. `condition` is asked
 * for each row, which is `value` there.
 */
export function upsertFromJson(table: SQLiteTable, rows: readonly string[], condition: SQL = sql`true`): SQL {
  const { columns } = getTableConfig(table)
  const key = keyOf(table)
  const rest = columns.filter((column) => !key.includes(column))
  const set = listed(rest.map((column) => sql`${named(column)} = ${excluded(column)}`))
  const age = columns.find(({ name }) => name === 'version')
  const guard = age === undefined ? sql.empty() : sql` where ${excluded(age)} >= ${age}`
  return sql`insert into ${table} (${listed(columns.map(named))}) ${selectFromJson(table, rows, condition)}
    on conflict (${listed(key.map(named))}) do update set ${set}${guard}`
}

/** Such rows, as what an insert into the table selects. */
export function selectFromJson(table: SQLiteTable, rows: readonly string[], condition: SQL = sql`true`): SQL {
  const { columns } = getTableConfig(table)
  const values = listed(columns.map((_, index) => sql.raw(`json_extract(value, '$[${index}]')`)))
  return sql`select ${values} from jsonb_each(${jsonArray(rows)}) where ${condition}`
}

/** Rows as text, as the one parameter of such a statement. */
export const jsonArray = (rows: readonly string[]): string => `[${rows.join(',')}]`

/** The JSON parameters of the statements for these rows: as few as the limit on one parameter allows. */
export function jsonParameters(rows: readonly string[]): string[] {
  const parameters: string[] = []
  for (let start = 0; start < rows.length; ) {
    const rest = rows.slice(start)
    const count = fitting(rest)
    parameters.push(jsonArray(rest.slice(0, count)))
    start += count
  }
  return parameters
}

/** A bound value may have 2 MB in D1 and in the object's SQLite (limits of both; not enforced locally). */
const MAX_JSON_BYTES = 1_000_000

/** How many of the first rows go into one such statement; at least one. */
export function fitting(rows: readonly string[]): number {
  let bytes = 0
  for (const [index, row] of rows.entries()) {
    bytes += Buffer.byteLength(row) + 1
    if (bytes > MAX_JSON_BYTES && index > 0) return index
  }
  return rows.length
}

const listed = (parts: SQL[]): SQL => sql.join(parts, sql.raw(', '))
const named = (column: SQLiteColumn): SQL => sql`${sql.identifier(column.name)}`
