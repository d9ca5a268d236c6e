import { env } from 'cloudflare:workers'
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { api } from '../../src/http/app.ts'
import { type Answer, as, type Client, expectProblem, operator } from '../support/api.ts'
import { newOrganization } from '../support/api-builders.ts'
import { type Cast, newCast } from './cast.ts'
import { standing } from './standing.ts'
import { ROWS, type Row } from './table.ts'
import { ACTORS, type Actor, expected, PERMISSIONS } from './who.ts'

/* Every route of the application times everybody who might call it, against what rules.md and api.md say. */

let shared: Cast
beforeAll(async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  await newOrganization({ name: 'Taken', slug: 'taken-slug' })
  shared = await newCast()
})

/** So many attempts from one place would be too many; and a code that is under way is wrong rather than unknown. */
beforeEach(() => env.ACCOUNTS.exec('delete from attempts\ndelete from email_challenges'))

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

describe.each(named)('%s', (_, row) => {
  const cells = ACTORS.map((actor) => {
    const outcome = expected(row.who, actor)
    return [actor, Object.values(outcome).join(' '), outcome] as const
  })
  test.each(cells)('%s: %s', async (actor, _, outcome) => {
    if (outcome.status === 'allowed') return expectAllowed(row, actor)
    const client = await shared.client(actor, row)
    const before = await standing(shared.team)
    const answer = await call(client, shared, row)
    const { status, ...problem } = outcome
    expectProblem(answer, status, problem.code, problem)
    expect(await standing(shared.team), 'whoever is refused changes nothing').toEqual(before)
  })
})

/** What changes an organization, or somebody in it, is done to one of its own. */
async function expectAllowed(row: Row, actor: Actor): Promise<void> {
  const changes = row.method !== 'GET' && /:(organization|token)|users\/(me|:user)$/.test(row.path)
  const cast = changes ? await newCast() : shared
  await row.prepare(cast)
  const { status, text } = await call(await cast.client(actor, row), cast, row)
  if (row.body !== undefined && row.about === 'a slug that another one has') expect(text).toContain('slug_taken')
  else if (row.about === 'unless a last owner' && status === 409) expect(text).toContain('last_owner')
  else expect([200, 201, 202, 204], text).toContain(status)
}

async function call(client: Client, cast: Cast, row: Row): Promise<Answer> {
  const fill = (text: string) => text.replace(/:([a-zA-Z]+)/g, (whole, name: string) => cast.parameters[name] ?? whole)
  const body = row.body === undefined ? {} : { body: JSON.parse(fill(JSON.stringify(row.body))) }
  return client.call(row.method, fill(row.path + row.query), body)
}
