import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import type { OrganizationObject } from '../../src/organization/organization-object.ts'
import { type Rows, rowsOf } from '../support/organization-rows.ts'

/** What lies beneath the API: an organization's own storage, and the directory. */

interface Named {
  readonly id: string
}

export const inside = <R>(
  { id }: Named,
  run: (storage: DurableObjectStorage, object: OrganizationObject) => R | Promise<R>,
): Promise<R> => runInDurableObject(env.ORGANIZATION.getByName(id), (object, { storage }) => run(storage, object))

/** Every row, the counts and the waiting messages of an organization. */
export const everythingOf = (team: Named): Promise<Rows> => inside(team, (storage) => rowsOf(storage))

/** Writes past all rules, as only somebody with access to the storage could. */
export const tamper = (team: Named, statement: string, ...values: SqlStorageValue[]): Promise<void> =>
  inside(team, ({ sql }) => void sql.exec(statement, ...values))

const inDatabase = async <Row>(database: D1Database, statement: string, values: readonly unknown[]): Promise<Row[]> =>
  (
    await database
      .prepare(statement)
      .bind(...values)
      .all<Row>()
  ).results

export const inDirectory = <Row>(statement: string, ...values: unknown[]): Promise<Row[]> =>
  inDatabase(env.DIRECTORY, statement, values)

export const inAccounts = <Row>(statement: string, ...values: unknown[]): Promise<Row[]> =>
  inDatabase(env.ACCOUNTS, statement, values)

const TABLES = "select name from sqlite_master where type = 'table' and name not like '\\_cf%' escape '\\'"

/** All rows of every table of `ACCOUNTS` and `DIRECTORY`. */
export async function inD1(): Promise<[table: string, rows: unknown[]][]> {
  const tables: [string, unknown[]][] = []
  for (const database of [env.ACCOUNTS, env.DIRECTORY]) {
    for (const { name } of await inDatabase<{ name: string }>(database, TABLES, [])) {
      tables.push([name, await inDatabase(database, `select * from "${name}"`, [])])
    }
  }
  return tables
}
