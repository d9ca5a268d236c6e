import { applyD1Migrations, type D1Migration, reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { vi } from 'vitest'

/*
 * Runs before each test file, because files share a worker: its database, its objects, their alarms and the messages in
 * its queues are gone, and every module is evaluated anew, so that no file can tell what ran before it.
 */

const { DIRECTORY_MIGRATIONS, LOGS_MIGRATIONS } = env as unknown as {
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
await env.DIRECTORY.exec('select 1')
await env.LOGS.exec('select 1')
await reset()
await applyD1Migrations(env.DIRECTORY, DIRECTORY_MIGRATIONS)
await applyD1Migrations(env.LOGS, LOGS_MIGRATIONS)
await emptied(env.DIRECTORY)
await emptied(env.LOGS)
vi.resetModules()
