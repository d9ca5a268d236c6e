import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { NOTHING_WAITS } from '../../src/organization/relay/relay.ts'
import { organizationsVia } from '../support/api-faults.ts'
import { runCron } from '../support/cron.ts'

/* What one run cannot do the next one finds. Where it takes hundreds of organizations they stand in the directory only. */

const DAY = 86_400_000
const OVERDUE = 3_007
/** So few for each chore that it takes some pages of 500 candidates at most, and one at least. */
const FEW_CALLS = 100
const RUNS = 6

/** One overdue invitation in each of so many organizations; the first is overdue the longest. */
async function overdueInDirectory(count: number): Promise<string[]> {
  const group = crypto.randomUUID().slice(0, 8)
  const ids = Array.from({ length: count }, (_, index) => `org_${group}${String(index).padStart(18, '0')}`)
  const rows = JSON.stringify(ids.map((id, index) => ({ id, expires: index })))
  await env.DIRECTORY.batch([
    env.DIRECTORY.prepare(
      `insert into organizations (id, name, name_key, slug, ownership, created_at, updated_at, revision, version)
       select value ->> 'id', 'A', 'a', value ->> 'id', 'multiple', 0, 0, 1, 1 from json_each(?)`,
    ).bind(rows),
    env.DIRECTORY.prepare(
      `insert into invitations (id, organization_id, email, name_key, role, status, send_count, delivery,
         invited_by_type, expires_at, sent_at, created_at, revision, version)
       select value ->> 'id', value ->> 'id', 'a@x.test', 'a', 'member', 'pending', 1, 'none',
         'operator', value ->> 'expires', 0, 0, 1, 1 from json_each(?)`,
    ).bind(rows),
  ])
  return ids
}

/** Organizations that expire what is overdue. Their relays are done once `arrive` is called. */
function obedient() {
  const asked: string[] = []
  const organizations = organizationsVia((_, id) => ({
    execute: async () => {
      asked.push(id)
      return { ok: true, value: { expired: 1, more: false }, revision: 2, replayed: false }
    },
    wake: async () => ({ exists: true, slug: null, version: 1, waiting: NOTHING_WAITS }),
  }))
  const arrive = () =>
    env.DIRECTORY.prepare(
      "update invitations set status = 'expired' where organization_id in (select value from json_each(?))",
    )
      .bind(JSON.stringify(asked))
      .run()
  return { asked, organizations, arrive }
}

test('more overdue organizations than one run handles are finished by the next runs, the longest overdue first', async () => {
  const ids = await overdueInDirectory(OVERDUE)
  const { asked, organizations, arrive } = obedient()
  const run = async () => {
    await runCron(Date.now(), { ORGANIZATION: organizations }, { limits: { ms: 60_000, calls: FEW_CALLS } })
    await arrive()
  }

  await run()
  expect(asked.length).toBeLessThan(OVERDUE)
  expect(asked.toSorted()).toEqual(ids.slice(0, asked.length))

  for (let runs = 0; runs < RUNS; runs += 1) await run()
  expect(asked.toSorted()).toEqual(ids)
})

test('an organization with more overdue invitations than one message handles is finished by the next message', async () => {
  const [id] = await overdueInDirectory(1)
  let steps = 0
  const patient = organizationsVia((_, organization) => ({
    execute: async () => {
      if (organization === id) steps += 1
      return {
        ok: true,
        value: { expired: 200, more: organization === id && steps < 25 },
        revision: 2,
        replayed: false,
      }
    },
    wake: async () => ({ exists: true, slug: null, version: 1, waiting: NOTHING_WAITS }),
  }))

  const { organizations } = await runCron(Date.now() + DAY, { ORGANIZATION: patient })

  const messages = organizations.filter(
    ({ chore, organizationId }) => chore === 'expire_invitations' && organizationId === id,
  )
  expect([steps, messages.length]).toEqual([25, 2])
})
