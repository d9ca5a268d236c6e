import { env } from 'cloudflare:workers'
import { beforeAll, expect, test, vi } from 'vitest'
import { newCast } from '../matrix/cast.ts'
import { ROWS, type Row } from '../matrix/table.ts'
import { followed } from '../support/api-builders.ts'
import { runCron } from '../support/cron.ts'
import { isLong, type Plan } from '../support/query-plan.ts'

/*
 * Asks D1 how it carries out each statement that the calls of the authorization matrix and a sweep lead to. Without statistics
 * the plan depends on tables and indexes alone, however many rows there are.
 */

type Explain = () => Promise<string[]>
const statements = new Map<string, Explain>()

function recordD1(prototype: Pick<D1Database, 'prepare'>): void {
  const prepare = prototype.prepare
  prototype.prepare = function (this: D1Database, text: string) {
    const statement = prepare.call(this, text)
    const explain =
      (values: unknown[]): Explain =>
      async () => {
        const { results } = await prepare
          .call(this, `explain query plan ${text}`)
          .bind(...values)
          .all<Plan>()
        return results.map(({ detail }) => detail)
      }
    const bind = statement.bind.bind(statement)
    statement.bind = (...values: unknown[]) => {
      statements.set(text, explain(values))
      return bind(...values)
    }
    if (!text.includes('?')) statements.set(text, explain([]))
    return statement
  }
}

beforeAll(async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  recordD1(Object.getPrototypeOf(env.ACCOUNTS))
  recordD1(Object.getPrototypeOf(env.DIRECTORY.withSession()))
  for (const row of ROWS.filter(({ path }) => path.startsWith('/v1'))) {
    const here = await newCast()
    await row.prepare(here)
    await call(here, row)
    await followed(here.team)
  }
  // Later than a change of a person is left to its own message.
  await runCron(Date.now() + 3 * 60_000)
})

async function call(cast: Awaited<ReturnType<typeof newCast>>, row: Row): Promise<void> {
  const person = 'is' in row.who && !['deployment', 'creator', 'lister', 'public'].includes(row.who.is)
  const client = await cast.client(person ? 'owner' : 'operator', row)
  const fill = (text: string) => text.replace(/:([a-zA-Z]+)/g, (whole, name: string) => cast.parameters[name] ?? whole)
  const body = row.body === undefined ? {} : { body: JSON.parse(fill(JSON.stringify(row.body))) }
  await client.call(row.method, fill(row.path + row.query), body)
}

/** Statements that scan or sort all the same, by a part of their text, and why they may. */
const ALLOWED: readonly (readonly [part: RegExp, why: string])[] = [
  [/"user_attributes"|"operator_keys"/, 'the operator defines these one by one'],
  [/from "refusals"/, 'sorts the refusals of one hour'],
  [/from "(sessions|identities)" where \("(sessions|identities)"."user_id" = \?/, 'sorts those of one person'],
  [/"members"."user_id" = \?|from members where user_id = \?1/, 'sorts the memberships of one person'],
  [/from "invitations" where \("invitations"."email" = \?/, 'sorts the invitations of one person'],
  [/from "delayed_mails"/, 'sorts as many mails as one run sends'],
  [/person.value ->> 'after'/, 'sorts the memberships of the people that one batch of messages is about'],
]

test('no statement scans or sorts what grows, except for a reason', async () => {
  expect(statements.size).toBeGreaterThan(80)
  const found: string[] = []
  const used = new Set<string>()
  for (const [text, explain] of statements) {
    const details = await explain()
    if (!isLong(text, details, 'all')) continue
    const allowed = ALLOWED.find(([part]) => part.test(text))
    if (allowed === undefined) found.push(`${details.join(', ')}\n    ${text.slice(0, 600)}`)
    else used.add(allowed[1])
  }
  expect(found).toEqual([])
  expect(ALLOWED.map(([, why]) => why).filter((why) => !used.has(why))).toEqual([])
})
