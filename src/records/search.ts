import { type SQL, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { fold } from './rows.ts'

/** Anywhere in any of the columns, case-folded. `instr`, since D1 limits a LIKE pattern to 50 bytes. */
export function matches(search: string | null, ...columns: SQLiteColumn[]): SQL | undefined {
  if (search === null || search.trim() === '') return undefined
  const text = fold(search.trim())
  return sql`(${sql.join(
    columns.map((column) => sql`instr(${column}, ${text}) > 0`),
    sql` or `,
  )})`
}
