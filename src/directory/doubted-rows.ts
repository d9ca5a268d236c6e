import { randomInt } from 'node:crypto'
import { eq, type SQL, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { apiKeys, invitations, members, organizations, projections, roles } from '../records/directory-tables.ts'

/*
 * Around a rebuild. Doubted rows stay to be read, but whatever the organization sends takes their place; those that it did
 * not send again are not its own.
 */

/** Per statement, well within what D1 does in its 30 seconds. */
const ROWS_AT_ONCE = 5_000

type Owned = SQLiteTable & { organizationId: SQLiteColumn }

/** Where a row carries the doubt: in its version. */
const DOUBTED: readonly (readonly [table: Owned, column: SQLiteColumn])[] = [
  [members, members.version],
  [invitations, invitations.version],
  [roles, roles.version],
  [apiKeys, apiKeys.version],
]

/** Below every version, and another one for each rebuild: none takes away what another one waits for. */
export type Doubt = number

export async function doubtRows(directory: D1Database, organizationId: string): Promise<Doubt> {
  const database = drizzle(directory)
  const doubt = -randomInt(1, 2 ** 47)
  await database.batch([
    database.update(organizations).set({ version: doubt }).where(eq(organizations.id, organizationId)),
    database
      .update(projections)
      .set({ headVersion: 0, projectedVersion: 0, revision: 0 })
      .where(eq(projections.organizationId, organizationId)),
  ])
  for (const [table, column] of DOUBTED) {
    const trusted = rowsOf(table, organizationId, sql`${column} <> ${doubt}`)
    await repeat(
      directory,
      sql`update ${table} set ${sql.identifier(column.name)} = ${doubt} where rowid in ${trusted}`,
    )
  }
  return doubt
}

export async function removeDoubtedRows(directory: D1Database, organizationId: string, doubt: Doubt): Promise<void> {
  for (const [table, column] of DOUBTED) {
    const doubted = rowsOf(table, organizationId, sql`${column} = ${doubt}`)
    await repeat(directory, sql`delete from ${table} where rowid in ${doubted}`)
  }
}

const rowsOf = (table: Owned, organizationId: string, condition: SQL): SQL =>
  sql`(select rowid from ${table} where ${table.organizationId} = ${organizationId} and ${condition} limit ${ROWS_AT_ONCE})`

async function repeat(directory: D1Database, statement: SQL): Promise<void> {
  for (;;) {
    const { meta } = await drizzle(directory).run(statement)
    if (meta.changes < ROWS_AT_ONCE) return
  }
}
