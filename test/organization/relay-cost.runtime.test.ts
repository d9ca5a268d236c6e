import { env } from 'cloudflare:workers'
import { expect, test, vi } from 'vitest'
import { minutes } from '../support/commands.ts'
import { type CommitCount, countCommits } from '../support/count-commits.ts'
import { directoryEquals, settled } from '../support/directory-equals.ts'
import { foundOrganization, type LivingOrganization } from '../support/living-organization.ts'
import { projectInto } from '../support/projecting.ts'

const ORGANIZATIONS = 4
const ROUNDS = 10

interface Counted {
  readonly acme: LivingOrganization
  readonly count: CommitCount
  /** How many batches and mails have arrived and were answered. */
  readonly arrived: { batches: number; mails: number }
}

async function counted(): Promise<Counted> {
  const project = projectInto(env.DIRECTORY)
  const arrived = { batches: 0, mails: 0 }
  const acme = await foundOrganization({ owners: ['ann'] })
  await settled(acme)
  await acme.seams({
    project: async (batch) => {
      const answer = await project(batch)
      arrived.batches += 1
      return answer
    },
    enqueue: async (messages) => {
      arrived.mails += messages.length
    },
  })
  let count: CommitCount = { commits: 0 }
  await acme.inside((_, storage) => {
    count = countCommits(storage)
  })
  return { acme, count, arrived }
}

test('an invitation costs its organization two commits: the change and the report of its mail', async () => {
  const organizations = await Promise.all(Array.from({ length: ORGANIZATIONS }, counted))
  for (let round = 1; round <= ROUNDS; round += 1) {
    const email = `guest${round}@x.test`
    for (const { acme, arrived } of organizations) {
      const { batches } = arrived
      await acme.execute(acme.say.inviteMember(email))
      await vi.waitFor(() => expect(arrived).toEqual({ batches: batches + 1, mails: round }))
      await acme.execute(acme.say.recordDelivery(email, 'sent'))
      await vi.waitFor(() => expect(arrived.batches).toBe(batches + 2))
    }
  }

  for (const { count } of organizations) expect(count.commits).toBeLessThanOrEqual(2 * ROUNDS + alarmsSince())
  for (const { acme } of organizations) {
    await settled(acme)
    await directoryEquals(acme)
  }
})

const begun = Date.now()
/** One commit each, every ten seconds at most: how long the test takes is not its matter. */
const alarmsSince = (): number => Math.ceil((Date.now() - begun) / 10_000)

test('what a lane remembers of its progress is in storage after the alarm, which leaves no work behind', async () => {
  const { acme, count } = await counted()
  const time = { now: Date.now() }
  await acme.seams({ clock: () => time.now })
  await acme.execute(acme.say.inviteMember('bob@x.test'))
  await vi.waitFor(() => directoryEquals(acme))
  expect((await acme.rows()).outbox).toHaveLength(1)
  const commits = count.commits

  time.now += minutes(1)
  expect(await acme.alarm()).toBe(true)

  expect((await acme.rows()).outbox).toEqual([])
  expect(await acme.alarmTime()).toBe(null)
  // The harness takes the alarm away before it rings; the rest is one commit.
  expect(count.commits).toBe(commits + 2)
})
