import { env } from 'cloudflare:workers'
import { beforeAll, expect, test, vi } from 'vitest'
import { api } from '../../src/http/app.ts'
import { type Answer, as, type Client, operator } from '../support/api.ts'
import { newOrganization } from '../support/api-builders.ts'
import { type Cast, newCast } from './cast.ts'
import { standing } from './standing.ts'
import { isFinal, ROWS, type Row, textOf } from './table.ts'
import { ACTORS, type Actor, expected, type Outcome, PERMISSIONS } from './who.ts'

/* Every route of the application times everybody who might call it, against what rules.md and api.md say. */

let shared: Cast
beforeAll(async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  await newOrganization({ name: 'Taken', slug: 'taken-slug' })
  shared = await newCast()
})

test('every route of the application has its row in the table, and every row its route', () => {
  const routes = api().routes.filter(({ method }) => method !== 'ALL')
  const names = (all: readonly { method: string; path: string }[]) =>
    [...new Set(all.map(({ method, path }) => `${method} ${path}`))].sort()
  expect(names(ROWS)).toEqual(names(routes))
})

test('every permission of the table is one of the product, and none is left out', async () => {
  const { body } = await as(operator).get(`${shared.team.path}/roles`)
  const [owner] = body.data
  expect([...PERMISSIONS].sort()).toEqual(owner.permissions.toSorted())
})

const named = ROWS.map((row) => [`${row.method} ${row.path} ${row.about}`.trim(), row] as const)

test.each(named)('%s is for whom the table says', async (_, row) => {
  const cells = ACTORS.map((actor) => ({ actor, outcome: expected(row.who, actor) }))
  const refused = cells.filter(({ outcome }) => outcome.status !== 'allowed')
  await shared.parametersIn(textOf(row))
  for (const { actor } of refused) await shared.client(actor, row)
  const before = await standing(shared.team)
  for (const { actor, outcome } of refused) await expectRefused(row, actor, outcome)
  expect(await standing(shared.team), 'callers who are refused change nothing').toEqual(before)

  const allowed = cells.filter(({ outcome }) => outcome.status === 'allowed')
  for (const { actor } of allowed) await expectAllowed(row, actor)
})

/** So many attempts from one place would be too many; and a code that is under way is wrong rather than unknown. */
const forgetAttempts = async ({ path }: Row) => {
  if (!/sign-in|email|reauthenticate/.test(path)) return
  await env.ACCOUNTS.exec('delete from attempts\ndelete from email_challenges')
}

async function expectRefused(row: Row, actor: Actor, { status, ...problem }: Outcome): Promise<void> {
  await forgetAttempts(row)
  const answer = await call(await shared.client(actor, row), shared, row)
  expect({ actor, status: answer.status, ...answer.body }).toMatchObject({ actor, status, ...problem })
}

async function expectAllowed(row: Row, actor: Actor): Promise<void> {
  await forgetAttempts(row)
  const cast = isFinal(row) ? await newCast() : row.method === 'GET' ? shared : await shared.afresh()
  await cast.parametersIn(textOf(row))
  await row.prepare(cast)
  const { status, text } = await call(await cast.client(actor, row), cast, row)
  if (row.body !== undefined && row.about === 'a slug that another one has') expect(text, actor).toContain('slug_taken')
  else if (row.about === 'unless a last owner' && status === 409) expect(text, actor).toContain('last_owner')
  else expect([200, 201, 202, 204], `${actor}: ${text}`).toContain(status)
}

async function call(client: Client, cast: Cast, row: Row): Promise<Answer> {
  const fill = await cast.parametersIn(textOf(row))
  const body = row.body === undefined ? {} : { body: JSON.parse(fill(JSON.stringify(row.body))) }
  return client.call(row.method, fill(row.path + row.query), body)
}
