import { createScheduledController } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import worker from '../../src/index.ts'
import { followed, newInvitation, newOrganization, reseam, type Team } from '../support/api-builders.ts'
import { bulk } from '../support/api-bulk.ts'
import { organizationsVia } from '../support/api-faults.ts'
import { runCron } from '../support/cron.ts'
import { projectInto } from '../support/projecting.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})

const eventually = { timeout: 90_000, interval: 20 }
const inDays = (days: number) => new Date(Date.now() + days * DAY).toISOString()

/** An organization with an invitation that was good for a day, two days later by its own clock. */
async function overdueTeam(): Promise<Team> {
  const team = await newOrganization()
  await newInvitation(team, { expires_at: inDays(1) })
  await reseam(team, { clock: () => Date.now() + 2 * DAY })
  await followed(team)
  return team
}

const expiredEvents = async (team: Team): Promise<number> =>
  (await team.owner.api.get(`${team.path}/events?type=invitation.expired&limit=100`)).body.data.length

/** As the rows say, not as the clock does. */
const statusesInDirectory = async ({ id }: Team): Promise<string[]> => {
  const query = 'select status from invitations where organization_id = ? order by created_at, id'
  const { results } = await env.DIRECTORY.prepare(query).bind(id).all<{ status: string }>()
  return results.map(({ status }) => status)
}

describe('a run', () => {
  test('writes down which invitations have expired, and leaves the others', async () => {
    const team = await overdueTeam()
    await newInvitation(team, { expires_at: inDays(9) })
    await followed(team)

    await runCron(Date.now() + 2 * DAY)
    await followed(team)

    expect(await statusesInDirectory(team)).toEqual(['expired', 'pending'])
    expect(await expiredEvents(team)).toBe(1)
  })

  test('twice, or an hour late, leads to the same end', async () => {
    const [team, late] = [await overdueTeam(), await overdueTeam()]
    await Promise.all([runCron(Date.now() + 2 * DAY), runCron(Date.now() + 2 * DAY)])
    await runCron(Date.now() + 2 * DAY + HOUR)
    for (const one of [team, late]) {
      expect(await expiredEvents(one)).toBe(1)
      await followed(one)
      expect(await statusesInDirectory(one)).toEqual(['expired'])
    }
  })

  test('believes the organization’s clock, not its own', async () => {
    const team = await newOrganization()
    await newInvitation(team, { expires_at: inDays(1) })
    await followed(team)
    await runCron(Date.now() + 2 * DAY)
    expect(await expiredEvents(team)).toBe(0)
  })

  test('goes on past an organization that fails', async () => {
    const [broken, fine] = [await overdueTeam(), await overdueTeam()]
    const partly = organizationsVia((object, id) => {
      const fail = () => Promise.reject(new Error('This object is broken'))
      return id === broken.id ? { execute: fail, wake: fail } : object
    })

    await runCron(Date.now() + 2 * DAY, { ORGANIZATION: partly })

    expect(await expiredEvents(fine)).toBe(1)
    expect(await expiredEvents(broken)).toBe(0)
    await runCron(Date.now() + 2 * DAY + HOUR)
    expect(await expiredEvents(broken)).toBe(1)
  })

  test('expires more invitations of one organization than fit into a step', async () => {
    const team = await newOrganization()
    await bulk(team, 450)
    await reseam(team, { clock: () => Date.now() + 16 * DAY })
    await followed(team)

    await runCron(Date.now() + 16 * DAY)
    await followed(team)

    expect(new Set(await statusesInDirectory(team))).toEqual(new Set(['expired']))
    expect(await statusesInDirectory(team)).toHaveLength(450)
  })

  test('leaves a deleted organization alone', async () => {
    const team = await overdueTeam()
    await team.owner.api.delete(team.path)
    await followed(team)
    let asked = 0
    const counting = organizationsVia((object, id) => ({
      execute: (request) => {
        if (id === team.id) asked += 1
        return object.execute(request)
      },
      wake: () => object.wake(),
    }))
    await runCron(Date.now() + 2 * DAY, { ORGANIZATION: counting })
    expect(asked).toBe(0)
  })
})

describe('a relay that lags', () => {
  test('is woken, and what it held back arrives', async () => {
    const team = await newOrganization()
    await followed(team)
    await reseam(team, { project: () => Promise.reject(new Error('D1_ERROR: Network connection lost.')) })
    await newInvitation(team)
    expect(await statusesInDirectory(team)).toEqual([])
    await reseam(team, { project: projectInto(env.DIRECTORY) })
    await env.DIRECTORY.prepare('update projections set head_version = head_version + 1 where organization_id = ?')
      .bind(team.id)
      .run()

    await runCron(Date.now() + HOUR)

    expect(await statusesInDirectory(team)).toEqual(['pending'])
  })

  test('is woken when it should have expired something that is expired already', async () => {
    const team = await overdueTeam()
    await reseam(team, { project: () => Promise.reject(new Error('D1_ERROR: Network connection lost.')) })
    await runCron(Date.now() + 2 * DAY)
    expect(await statusesInDirectory(team)).toEqual(['pending'])
    await reseam(team, { project: projectInto(env.DIRECTORY) })

    await runCron(Date.now() + 2 * DAY)

    expect(await statusesInDirectory(team)).toEqual(['expired'])
  })
})

describe('cron', () => {
  test('sweeps by the clock when it runs late', async () => {
    const team = await newOrganization()
    const { path } = await newInvitation(team, { expires_at: new Date(Date.now() + 300).toISOString() })
    await followed(team)
    await vi.waitFor(async () => {
      expect((await team.owner.api.get(path)).body.status).toBe('expired')
    }, eventually)

    await worker.scheduled(createScheduledController({ scheduledTime: new Date(Date.now() - HOUR) }), env)

    await vi.waitFor(async () => expect(await expiredEvents(team)).toBe(1), eventually)
  })
})
