import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'

const fileOf = (name: string): string =>
  readFileSync(resolve(import.meta.dirname, '../../migrations/organization', name), 'utf8')
const { entries } = JSON.parse(fileOf('meta/_journal.json')) as { entries: readonly { tag: string }[] }

/** Carries out the migrations of an organization's object from one (included) to another (excluded). */
function migrate(database: DatabaseSync, from: string | undefined, to: string | undefined): void {
  const tags = entries.map(({ tag }) => tag)
  const end = to === undefined ? tags.length : tags.indexOf(to)
  for (const tag of tags.slice(from === undefined ? 0 : tags.indexOf(from), end)) {
    for (const statement of fileOf(`${tag}.sql`).split('--> statement-breakpoint')) {
      database.exec(statement)
    }
  }
}

test('mails that wait while the outbox learns to hold several to a row go on waiting', () => {
  const database = new DatabaseSync(':memory:')
  migrate(database, undefined, '0005_outbox_batches')
  const messages = ['ann@x.test', 'bob@x.test'].map((email) => ({ version: 1, email, name: 'a "name"' }))
  const insert = database.prepare('insert into outbox (message) values (?)')
  for (const message of messages) insert.run(JSON.stringify(message))

  migrate(database, '0005_outbox_batches', undefined)

  const rows = database.prepare('select messages from outbox order by id').all() as { messages: string }[]
  expect(rows.map((row) => JSON.parse(row.messages))).toEqual(messages.map((message) => [message]))
})
