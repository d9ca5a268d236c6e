import type { DrizzleSqliteDODatabase } from 'drizzle-orm/durable-sqlite'
import type { MailMessage } from '../contract/mail-message.ts'
import { apiKeys, events, invitations, members, organizations, roles } from '../records/organization-tables.ts'
import { fitting, jsonRow, upsertFromJson } from '../records/upsert.ts'
import { parcels } from './parcels.ts'
import type { LaneName } from './relay/lane.ts'
import type { Statements } from './statements.ts'

const TABLES = { organizations, members, invitations, roles, apiKeys, events }
type Table = keyof typeof TABLES
type Row<T extends Table> = (typeof TABLES)[T]['$inferInsert']

/** From so many rows on, one statement that reads them from JSON is faster than one statement per row. */
const WORTH_ONE_STATEMENT = 8
/** More than any command makes: a parcel has 48 messages at least, unless it is the last one. */
const PARCELS_PER_COMMIT = 10_000

/**
 * The rows of one commit, written together at its end: a few by prepared statements, many (a bulk of a thousand
 * invitations is two thousand rows) by one statement per table.
 */
export class PendingRows {
  readonly #rows = new Map<Table, Record<string, unknown>[]>()
  readonly #messages: MailMessage[] = []

  put<T extends Table>(table: T, row: Row<T>): void {
    const rows = this.#rows.get(table)
    if (rows === undefined) this.#rows.set(table, [row])
    else rows.push(row)
  }

  /** How many have been sent so far. */
  get messages(): number {
    return this.#messages.length
  }

  send(message: MailMessage): void {
    this.#messages.push(message)
  }

  /** Which lanes of the relay have something to do once the rows are committed. */
  get work(): LaneName[] {
    return this.#messages.length > 0 ? ['directory', 'mail'] : ['directory']
  }

  write(database: DrizzleSqliteDODatabase, statements: Statements, version: number): void {
    for (const [table, rows] of this.#rows) {
      if (rows.length < WORTH_ONE_STATEMENT) {
        for (const row of rows) statements.put[table].run(row)
      } else {
        const texts = rows.map(jsonRow(TABLES[table]))
        while (texts.length > 0) {
          database.run(upsertFromJson(TABLES[table], texts.splice(0, fitting(texts))))
        }
      }
    }
    for (const [index, messages] of parcels(this.#messages).entries()) {
      statements.enqueue.run({ id: version * PARCELS_PER_COMMIT + index, messages })
    }
  }
}
