import { globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { generateSQLiteDrizzleJson, generateSQLiteMigration } from 'drizzle-kit/api'
import { describe, expect, test } from 'vitest'
import * as accountTables from '../src/records/account-tables.ts'
import * as directoryTables from '../src/records/directory-tables.ts'
import * as logTables from '../src/records/log-tables.ts'
import * as organizationTables from '../src/records/organization-tables.ts'

const migrations = resolve(import.meta.dirname, '../migrations')
const read = (path: string) => readFileSync(resolve(migrations, path), 'utf8')

interface Journal {
  readonly entries: readonly { readonly tag: string }[]
}

type Snapshot = Awaited<ReturnType<typeof generateSQLiteDrizzleJson>>

describe.each([
  ['accounts', accountTables],
  ['directory', directoryTables],
  ['logs', logTables],
  ['organization', organizationTables],
])('the migrations of the %s database', (database, tables) => {
  const tags = (JSON.parse(read(`${database}/meta/_journal.json`)) as Journal).entries.map(({ tag }) => tag)

  test('lead to the tables in the code; else run `npm run migrations`', async () => {
    const last = tags.at(-1)?.slice(0, 4)
    const snapshot = JSON.parse(read(`${database}/meta/${last}_snapshot.json`)) as Snapshot
    expect(await generateSQLiteMigration(snapshot, await generateSQLiteDrizzleJson(tables, snapshot.id))).toEqual([])
  })

  test('are all in the journal', () => {
    expect(globSync('*.sql', { cwd: resolve(migrations, database) }).sort()).toEqual(tags.map((tag) => `${tag}.sql`))
  })
})

test('the object carries all of its migrations', () => {
  const carried = read('organization/migrations.js').matchAll(/^import m\d+ from '\.\/(.+)';$/gm)
  expect([...carried].map(([, file]) => file)).toEqual(globSync('*.sql', { cwd: `${migrations}/organization` }).sort())
})
