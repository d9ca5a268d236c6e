import type { DrizzleSqliteDODatabase } from 'drizzle-orm/durable-sqlite'
import { apiKeys, events, invitations, members, organizations, outbox, roles } from '../records/organization-tables.ts'
import { fitting, rawRow, upsertFromJson } from '../records/upsert.ts'
import type { Statements } from './statements.ts'

const TABLES = { organizations, members, invitations, roles, apiKeys, events, outbox }
type Table = keyof typeof TABLES
type Row<T extends Table> = (typeof TABLES)[T]['$inferInsert']

/** From so many rows on, one statement that reads them from JSON is faster than one statement per row. */
const WORTH_ONE_STATEMENT = 8

/**
 * The rows of one commit, written together at its end: a few by prepared statements, many (a bulk of a thousand
 * invitations is three thousand rows) by one statement per table.
 */
export class PendingRows {
  readonly #rows = new Map<Table, Record<string, unknown>[]>()

  put<T extends Table>(table: T, row: Row<T>): void {
    const rows = this.#rows.get(table)
    if (rows === undefined) this.#rows.set(table, [row])
    else rows.push(row)
  }

  write(database: DrizzleSqliteDODatabase, statements: Statements): void {
    for (const [table, rows] of this.#rows) {
      if (rows.length < WORTH_ONE_STATEMENT) {
        for (const row of rows) statements.put[table].run(row)
      } else {
        const raw = rows.map((row) => rawRow(TABLES[table], row))
        while (raw.length > 0) {
          database.run(upsertFromJson(TABLES[table], JSON.stringify(raw.splice(0, fitting(raw)))))
        }
      }
    }
  }
}
