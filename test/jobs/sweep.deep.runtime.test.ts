import { env } from 'cloudflare:workers'
import { beforeEach, expect, test, vi } from 'vitest'
import type { OrganizationChore } from '../../src/contract/organization-chore.ts'
import { sweep } from '../../src/jobs/sweep.ts'
import { heldQueue } from '../support/cron.ts'

/* Twenty thousand organizations, as rows in the databases. The queue only counts what cron finds. */

const ORGANIZATIONS = 20_000
const ROWS_AT_ONCE = 2_000
const RUN_EVERY_MS = 5 * 60_000

beforeEach(() => {
  vi.spyOn(console, 'info').mockImplementation(() => undefined)
})

const ids = Array.from({ length: ORGANIZATIONS }, (_, index) => `org_deep${String(index).padStart(22, '0')}`)

/** Each organization has three overdue invitations and a claim; every fourth one lags and has mails that wait. */
async function fill(): Promise<void> {
  for (let start = 0; start < ORGANIZATIONS; start += ROWS_AT_ONCE) {
    const rows = JSON.stringify(ids.slice(start, start + ROWS_AT_ONCE))
    const insert = (database: D1Database, query: string) => database.prepare(query).bind(rows)
    await env.DIRECTORY.batch([
      insert(
        env.DIRECTORY,
        `insert into organizations (id, name, name_key, slug, ownership, created_at, updated_at, revision, version)
         select value, 'A', 'a', value, 'multiple', 0, 0, 1, 1 from json_each(?)`,
      ),
      insert(
        env.DIRECTORY,
        `insert into projections (organization_id, head_version, projected_version, revision, projected_at, log_seq, log_hash,
           mail_waiting_since)
         select value, iif(key % 4 = 0, 2, 1), 1, 1, key, 1, '', iif(key % 4 = 0, key + 1, null) from json_each(?)`,
      ),
      insert(
        env.DIRECTORY,
        `insert into invitations (id, organization_id, email, name_key, role, status, send_count, delivery,
           invited_by_type, expires_at, sent_at, created_at, revision, version)
         select organization.value || number.value, organization.value, 'a@x.test', 'a', 'member', 'pending', 1, 'none',
           'operator', organization.key, 0, 0, 1, 1
         from json_each(?) as organization, json_each('["1","2","3"]') as number`,
      ),
    ])
    await env.ACCOUNTS.batch([
      insert(
        env.ACCOUNTS,
        `insert into creation_claims (organization_id, directory, claimed_at, confirmed)
         select value, 'DIRECTORY', 1, 1 from json_each(?)`,
      ),
      insert(
        env.ACCOUNTS,
        'insert into slug_claims (slug, organization_id, claimed_at) select value, value, 1 from json_each(?)',
      ),
    ])
  }
}

/** Collects the statements that a database is asked. */
function watched(database: D1Database, statements: Set<string>): D1Database {
  return new Proxy(database, {
    get(target, name) {
      const value = Reflect.get(target, name) as unknown
      if (typeof value !== 'function') return value
      if (name !== 'prepare') return value.bind(target)
      return (query: string) => {
        statements.add(query)
        return target.prepare(query)
      }
    },
  })
}

async function planOf(database: D1Database, statement: string): Promise<string[]> {
  const numbered = [...statement.matchAll(/\?(\d+)/g)].map(([, number]) => Number(number))
  const count = numbered.length > 0 ? Math.max(...numbered) : (statement.match(/\?/g) ?? []).length
  const explained = database.prepare(`explain query plan ${statement}`).bind(...Array.from({ length: count }, () => 0))
  return (await explained.all<{ detail: string }>()).results.map(({ detail }) => detail)
}

/** Tables of one row, lists in a parameter, and pages of limited size that an index found. */
const SMALL =
  /^SCAN (json_each|value|scanned|settled|person|organization|sweeps|settings|\(subquery|[a-z_]+ VIRTUAL TABLE|CONSTANT)/

test('cron finds all of 20,000 organizations by indexes, each once, in a number of bounded runs', async () => {
  await fill()
  const found = new Map<string, string[]>()
  const [inAccounts, inDirectory] = [new Set<string>(), new Set<string>()]
  const { queue, take } = heldQueue<OrganizationChore>()
  const bindings = {
    ...env,
    ACCOUNTS: watched(env.ACCOUNTS, inAccounts),
    DIRECTORY: watched(env.DIRECTORY, inDirectory),
    ORGANIZATIONS_QUEUE: queue,
  }
  const start = Date.now() + 60 * 60_000
  for (let run = 0; run < 6; run += 1) {
    await sweep(bindings, start + run * RUN_EVERY_MS)
    const messages = take()
    for (const { chore, organizationId } of messages) {
      found.set(chore, [...(found.get(chore) ?? []), organizationId])
    }
  }

  const overdue = found.get('expire_invitations') ?? []
  expect(overdue).toHaveLength(ORGANIZATIONS)
  expect(new Set(overdue).size).toBe(ORGANIZATIONS)
  expect(new Set(found.get('wake')).size).toBe(ORGANIZATIONS)

  // Delayed mails are sorted by recipient: at most ten thousand of them, which an index finds.
  const asked = (statements: Set<string>) => [...statements].filter((statement) => !statement.includes('delayed_mails'))
  const plans = [
    ...asked(inAccounts).map((statement) => [env.ACCOUNTS, statement] as const),
    ...asked(inDirectory).map((statement) => [env.DIRECTORY, statement] as const),
  ]
  const scans: string[] = []
  for (const [database, statement] of plans) {
    const plan = await planOf(database, statement)
    const bad = plan.filter(
      (step) =>
        (/^SCAN/.test(step) && !SMALL.test(step) && !/USING (COVERING )?INDEX/.test(step)) || /TEMP B-TREE/.test(step),
    )
    if (bad.length > 0) scans.push(`${bad.join('; ')} of ${statement.replace(/\s+/g, ' ')}`)
  }
  expect(scans).toEqual([])
})
