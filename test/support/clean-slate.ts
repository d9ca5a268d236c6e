import { applyD1Migrations, type D1Migration, reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { vi } from 'vitest'
import { directoriesOf } from '../../src/directory/directories.ts'

/*
 * Runs before each test file, because files share a worker: its databases, its objects, their alarms and the messages in
 * its queues are gone, and every module is evaluated anew, so that no file can tell what ran before it.
 */

const { ACCOUNTS_MIGRATIONS, DIRECTORY_MIGRATIONS, LOGS_MIGRATIONS } = env as unknown as {
  ACCOUNTS_MIGRATIONS: D1Migration[]
  DIRECTORY_MIGRATIONS: D1Migration[]
  LOGS_MIGRATIONS: D1Migration[]
}

/** Of all tables but those of the platform and of the migrations. */
const TABLES = `select name from sqlite_master where type = 'table' and name <> 'd1_migrations'
  and name not like 'sqlite\\_%' escape '\\' and name not like '\\_cf%' escape '\\'`

/** A database that a mail of the file before was still using has not been reset: its rows are deleted one table at a time. */
async function emptied(database: D1Database): Promise<void> {
  const { results } = await database.prepare(TABLES).all<{ name: string }>()
  await database.batch(results.map(({ name }) => database.prepare(`delete from "${name}"`)))
}

// `reset` empties only what is in memory, and after ten idle seconds the database's own object is not.
const databases: readonly (readonly [D1Database, D1Migration[]])[] = [
  [env.ACCOUNTS, ACCOUNTS_MIGRATIONS],
  ...directoriesOf(env).map(({ database }) => [database, DIRECTORY_MIGRATIONS] as const),
  [env.LOGS, LOGS_MIGRATIONS],
]
await Promise.all(databases.map(([database]) => database.exec('select 1')))
await reset()
await Promise.all(
  databases.map(async ([database, migrations]) => {
    await applyD1Migrations(database, migrations)
    await emptied(database)
  }),
)
// What the file before has put in place of a global goes, too.
vi.restoreAllMocks()
vi.unstubAllGlobals()
vi.useRealTimers()
vi.resetModules()
