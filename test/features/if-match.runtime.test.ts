import { beforeAll, describe, expect, test, vi } from 'vitest'
import { type Cast, newCast } from '../matrix/cast.ts'
import { ROWS, type Row } from '../matrix/table.ts'
import { type Answer, as, expectProblem, operator } from '../support/api.ts'
import { everythingOf } from './storage.ts'

/* Every write to an organization, under the condition that the organization is as the caller has seen it. */

/** Asking many questions at once is no write, and projecting anew changes nothing of the organization. */
const NO_WRITES = /\/(access\/batch|rebuild)$/

const isWrite = ({ method, path, about }: Row) =>
  method !== 'GET' && path.includes(':organization') && !NO_WRITES.test(path) && !/another one has|a try/.test(about)

const WRITES = ROWS.filter(isWrite)

beforeAll(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})

test('the writes are those of the authorization matrix', () => {
  expect(WRITES.length).toBeGreaterThan(25)
})

const named = WRITES.map((row) => [`${row.method} ${row.path} ${row.about}`.trim(), row] as const)

describe.each(named)('%s', (_, row) => {
  test('is done at the revision that the caller has seen', async () => {
    const cast = await prepared(row)
    const answer = await call(cast, row, `"${await revisionOf(cast)}"`)
    expect([200, 201, 204], answer.text).toContain(answer.status)
  })

  test('is refused at any other, with the one that there is, and changes nothing', async () => {
    const cast = await prepared(row)
    const revision = await revisionOf(cast)
    const before = await writtenIn(cast)
    for (const stale of [revision - 1, revision + 1, 0]) {
      const answer = await call(cast, row, `"${stale}"`)
      expectProblem(answer, 412, 'revision_mismatch', { revision })
      expect(answer.headers.get('Muster-Revision')).toBe(String(revision))
    }
    expect(await writtenIn(cast)).toEqual(before)
  })
})

test('of many kinds of writes at one revision, one is done', async () => {
  const cast = await newCast()
  const revision = await revisionOf(cast)
  const writes = WRITES.filter(({ path }) => /:organization$|\/invitations$|\/roles$|\/api-keys$/.test(path))
  const answers = await Promise.all(writes.map((row) => call(cast, row, `"${revision}"`)))
  const refused = answers.filter(({ status }) => status === 412)
  const isKept = ({ headers }: Answer) => headers.get('Muster-Revision') === String(revision)
  const changed = answers.filter((answer) => answer.status < 300 && !isKept(answer))
  expect(changed).toHaveLength(1)
  expect(refused.length + answers.filter(({ status }) => status < 300).length).toBe(answers.length)
})

/** Everything but the outbox: its mails leave meanwhile. */
async function writtenIn({ team }: Cast) {
  const { outbox: _, ...rows } = await everythingOf(team)
  return rows
}

async function prepared(row: Row): Promise<Cast> {
  const cast = await newCast()
  await row.prepare(cast)
  return cast
}

const revisionOf = async ({ team }: Cast): Promise<number> =>
  Number((await as(operator).get(team.path)).headers.get('Muster-Revision'))

async function call(cast: Cast, row: Row, ifMatch: string): Promise<Answer> {
  const client = await cast.client('is' in row.who ? 'owner' : 'operator', row)
  const fill = (text: string) => text.replace(/:([a-z]+)/g, (whole, name: string) => cast.parameters[name] ?? whole)
  const body = row.body === undefined ? {} : { body: JSON.parse(fill(JSON.stringify(row.body))) }
  return client.call(row.method, fill(row.path + row.query), { ...body, headers: { 'If-Match': ifMatch } })
}
