import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { OrganizationChore } from '../../src/contract/organization-chore.ts'
import { claimCreation, confirmCreation } from '../../src/directory/claims.ts'
import { MARKED_FOR_MS, mark } from '../../src/directory/sweep-marks.ts'
import { lastSweep } from '../../src/directory/sweeps.ts'
import { ROUND_AT_LEAST_MS } from '../../src/jobs/chores/wake-in-turn.ts'
import { type SweepOptions, sweep } from '../../src/jobs/sweep.ts'
import { as, nobody } from '../support/api.ts'
import { followed, newInvitation, newOrganization, reseam } from '../support/api-builders.ts'
import { organizationsVia } from '../support/api-faults.ts'
import { someId } from '../support/api-world.ts'
import { heldQueue, runCron } from '../support/cron.ts'
import { projected } from '../support/projecting.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

beforeEach(async () => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  await env.ACCOUNTS.batch(
    ['sweep_positions', 'sweep_marks', 'waiting_organizations'].map((table) =>
      env.ACCOUNTS.prepare(`delete from ${table}`),
    ),
  )
})

/** A database whose statements with this text do as told, and do not reach it. */
const whenAsked = (database: D1Database, text: string, act: () => Promise<never>): D1Database => {
  const instead = { bind: () => instead, all: act, first: act, run: act, raw: act }
  return new Proxy(database, {
    get(target, name) {
      const value = Reflect.get(target, name) as unknown
      if (typeof value !== 'function') return value
      if (name !== 'prepare') return value.bind(target)
      return (query: string) => (query.includes(text) ? instead : target.prepare(query))
    },
  })
}
const fail = () => Promise.reject(new Error('D1_ERROR: Network connection lost.'))
const hang = () => new Promise<never>(() => undefined)

/** What each chore asks D1 for, and no other chore does. */
const CHORES = [
  ['expireInvitations@DIRECTORY', 'DIRECTORY', `"invitations"."status" = 'pending'`],
  ['wakeLagging@DIRECTORY', 'DIRECTORY', '"projections"."projected_at" as "at"'],
  ['eraseDeleted@DIRECTORY', 'DIRECTORY', '"organizations"."deleted_at" as "at"'],
  ['forgetErased@DIRECTORY', 'DIRECTORY', 'delete from "erased_organizations"'],
  ['settleClaims', 'ACCOUNTS', '"creation_claims"."claimed_at" as "at"'],
  ['wakeWaiting', 'ACCOUNTS', '"waiting_organizations"."woken_at" as "at"'],
  ['wakeInTurn', 'ACCOUNTS', 'order by "creation_claims"."organization_id"'],
  ['followUnsettled', 'ACCOUNTS', 'settled_revision < revision'],
  ['finishClosings', 'ACCOUNTS', '"users"."closing_at" as "at"'],
  ['sendAccountMails', 'ACCOUNTS', '"account_mails"'],
  ['sendDelayedMails', 'ACCOUNTS', '"delayed_mails"'],
  ['forgetOld', 'ACCOUNTS', 'delete from "mail_attempts"'],
] as const

describe('a chore that cannot reach its database', () => {
  test.each(CHORES)(
    '%s: the others have their turn, and the run says which one failed',
    async (name, binding, text) => {
      const database = whenAsked(env[binding], text, fail)
      await runCron(Date.now(), { [binding]: database })
      expect(await lastSweep(env.ACCOUNTS)).toMatchObject({ failed: [name], unfinished: [] })
    },
  )

  test('whatever hangs holds up itself only', async () => {
    const database = whenAsked(env.ACCOUNTS, 'settled_revision < revision', hang)
    await runCron(Date.now(), { ACCOUNTS: database }, { limits: { ms: 5_000, calls: 900 }, graceMs: 0 })
    expect(await lastSweep(env.ACCOUNTS)).toMatchObject({ failed: ['followUnsettled'] })
  })

  test('at the end of the run does not keep the run from its end', async () => {
    const told = vi.spyOn(console, 'info').mockImplementation(() => undefined)
    const database = whenAsked(env.ACCOUNTS, 'into "sweeps"', hang)
    const ended = runCron(Date.now(), { ACCOUNTS: database }, { graceMs: 1_000 }).then(() => 'ended')
    const late = new Promise<string>((resolve) => setTimeout(() => resolve('hangs'), 20_000))
    expect(await Promise.race([ended, late])).toBe('ended')
    expect(told).toHaveBeenCalledWith(expect.objectContaining({ message: 'swept', failed: [] }))
  })
})

describe('an organization that has something to do', () => {
  /** With an invitation that is overdue in two days. */
  async function overdue(): Promise<string> {
    const team = await newOrganization()
    await newInvitation(team, { expires_at: new Date(Date.now() + DAY).toISOString() })
    await followed(team)
    return team.id
  }
  /** What a run queues for the organization, and nobody takes from the queue. */
  const queuedFor = async (
    id: string,
    now: number,
    bindings: Partial<Record<keyof Env, unknown>> = {},
    options: Partial<SweepOptions> = {},
  ) => {
    const { queue, take } = heldQueue<OrganizationChore>()
    await sweep({ ...env, ORGANIZATIONS_QUEUE: queue, ...bindings } as Env, now, options)
    return take().filter(({ organizationId, chore }) => organizationId === id && chore === 'expire_invitations').length
  }

  test('is queued once by runs that overlap, and again only once its message must be lost', async () => {
    const id = await overdue()
    const now = Date.now() + 2 * DAY
    const both = await Promise.all([queuedFor(id, now), queuedFor(id, now)])
    expect(both.toSorted()).toEqual([0, 1])
    expect(await queuedFor(id, now + 5 * MINUTE)).toBe(0)
    expect(await queuedFor(id, now + MARKED_FOR_MS)).toBe(1)
  })

  test('is queued by the next run if the queue was out of order', async () => {
    const id = await overdue()
    const now = Date.now() + 2 * DAY
    const down = { sendBatch: fail, send: fail }
    expect(await queuedFor(id, now, { ORGANIZATIONS_QUEUE: down })).toBe(0)
    expect((await lastSweep(env.ACCOUNTS))?.failed).toContain('expireInvitations@DIRECTORY')
    expect(await queuedFor(id, now + 5 * MINUTE)).toBe(1)
  })
})

describe('clean-up', () => {
  test('deletes all that is over in one run, however much it is', async () => {
    const rows = JSON.stringify(Array.from({ length: 4_500 }, (_, index) => `key-${index}`))
    await env.ACCOUNTS.prepare('insert into attempts select value, 1, 1 from json_each(?)').bind(rows).run()
    await runCron(Date.now())
    expect(await env.ACCOUNTS.prepare("select 1 from attempts where key like 'key-%'").first()).toBeNull()
  })

  test('of one kind does not keep the others waiting when the budget is short', async () => {
    const rows = JSON.stringify(Array.from({ length: 6_500 }, (_, index) => `key-${index}`))
    await env.ACCOUNTS.prepare('insert into mail_attempts select value, ?1, 1 from json_each(?2)')
      .bind('sent', rows)
      .run()
    await env.ACCOUNTS.prepare("insert into attempts values ('late', 1, 1)").run()
    const run = () => runCron(Date.now(), {}, { limits: { ms: 60_000, calls: 25 * 12 } })
    await run()
    expect(await env.ACCOUNTS.prepare("select 1 from attempts where key = 'late'").first()).toBeNull()
    for (let runs = 0; runs < 4; runs += 1) await run()
    expect(await env.ACCOUNTS.prepare("select 1 from mail_attempts where message_id like 'key-%'").first()).toBeNull()
  })
})

describe('waking in turn', () => {
  const quiet = () => {
    const woken: string[] = []
    const organizations = organizationsVia((_, id) => ({
      wake: async () => {
        woken.push(id)
        return { exists: true, slug: null, version: 0, waiting: { directory: null, mail: null, endings: null } }
      },
    }))
    return { woken, organizations }
  }

  test('reaches every organization in a round of several runs, and rests before the next round', async () => {
    for (let count = 0; count < 5; count += 1) {
      const made = { organizationId: someId('org'), slug: someId('slug'), createdBy: null, ownerId: null, limit: 1 }
      const claim = { ...made, claimedAt: Date.now(), directory: 'DIRECTORY' }
      await claimCreation(env.ACCOUNTS, claim)
      await confirmCreation(env.ACCOUNTS, claim.organizationId, claim)
    }
    const known = await env.ACCOUNTS.prepare('select count(*) as count from creation_claims').first<{ count: number }>()
    const { woken, organizations } = quiet()
    const now = Date.now()
    const run = (at: number) => runCron(at, { ORGANIZATION: organizations }, { wakes: 3 })
    const runs = Math.floor((known?.count ?? 0) / 3) + 1

    for (let index = 0; index < runs; index += 1) await run(now + index)

    expect(new Set(woken).size).toBe(known?.count)
    expect(woken).toHaveLength(known?.count ?? 0)
    await run(now + ROUND_AT_LEAST_MS - 1)
    expect(woken).toHaveLength(known?.count ?? 0)
    await run(now + ROUND_AT_LEAST_MS)
    expect(woken).toHaveLength((known?.count ?? 0) + 3)
  })

  test('leaves a mark alone that another chore has set, even if the queue is out of order', async () => {
    const { id } = await newOrganization()
    await mark(env.ACCOUNTS, 'wake', [id], Date.now())
    const down = { sendBatch: fail, send: fail } as unknown as Queue
    await sweep({ ...env, ORGANIZATIONS_QUEUE: down } as Env, Date.now())
    expect((await lastSweep(env.ACCOUNTS))?.failed).toContain('wakeInTurn')
    expect(await mark(env.ACCOUNTS, 'wake', [id], Date.now())).toEqual([])
  })

  test('finds what the directory lost, and brings it there', async () => {
    const team = await newOrganization()
    await followed(team)
    await env.DIRECTORY.batch(
      ['organizations', 'projections', 'members'].map((table) =>
        env.DIRECTORY.prepare(
          `delete from ${table} where ${table === 'organizations' ? 'id' : 'organization_id'} = ?`,
        ).bind(team.id),
      ),
    )
    await runCron(Date.now())
    await followed(team)
    expect(
      await env.DIRECTORY.prepare('select id from organizations where id = ?').bind(team.id).first(),
    ).not.toBeNull()
    expect(
      await env.DIRECTORY.prepare('select id from members where organization_id = ?').bind(team.id).first(),
    ).not.toBeNull()
  })

  test('claims again what the database of the claims lost', async () => {
    const team = await newOrganization()
    await followed(team)
    await env.ACCOUNTS.batch(
      ['creation_claims', 'slug_claims'].map((table) =>
        env.ACCOUNTS.prepare(`delete from ${table} where organization_id = ?`).bind(team.id),
      ),
    )
    await runCron(Date.now())
    const held = 'select slug from slug_claims where organization_id = ?'
    expect(await env.ACCOUNTS.prepare(held).bind(team.id).first()).toEqual({ slug: team.slug })
  })
})

describe('an organization whose mails wait', () => {
  const health = async () => (await as(nobody).get('/health')).body

  test('says so when it is woken: /health and the log tell the age, until the mails have left', async () => {
    const team = await newOrganization()
    await followed(team)
    await reseam(team, {
      enqueue: () => Promise.reject(new Error('The queue is out of order')),
      project: () => Promise.reject(new Error('D1_ERROR: Network connection lost.')),
    })
    await team.owner.api.post(`${team.path}/invitations`, { email: `waits-for-${team.slug}@x.test` })
    const told = vi.spyOn(console, 'info').mockImplementation(() => undefined)

    const later = Date.now() + 20 * MINUTE
    await runCron(later - 5 * MINUTE)
    await runCron(later)

    const ages = told.mock.calls.at(-1)?.[0] as { [name: string]: number }
    expect(ages.oldest_unsent_mail_seconds).toBeGreaterThanOrEqual(19 * 60)
    expect(ages.oldest_unprojected_seconds).toBeGreaterThanOrEqual(19 * 60)
    await env.ACCOUNTS.prepare('update waiting_organizations set mail_since = mail_since - ?').bind(HOUR).run()
    const { status, relay } = await health()
    expect([status, relay.oldest_unsent_mail_seconds >= 3_600]).toEqual(['degraded', true])

    await reseam(team, { enqueue: async () => undefined, project: projected() })
    await runCron(later + 5 * MINUTE)
    await followed(team)
    await runCron(later + 10 * MINUTE)
    expect((await health()).relay.oldest_unsent_mail_seconds).toBe(0)
  })

  test('for some seconds only is busy: that is not noted', async () => {
    const { id } = await newOrganization()
    const now = Date.now()
    const since = (at: number) => ({ directory: at, mail: null, endings: null })
    const waits = (at: number) =>
      organizationsVia(() => ({ wake: async () => ({ exists: true, slug: null, waiting: since(at) }) }))
    const noted = 'select directory_since from waiting_organizations where organization_id = ?'
    await runCron(now, { ORGANIZATION: waits(now - 59_000) })
    expect(await env.ACCOUNTS.prepare(noted).bind(id).first()).toBeNull()
    await runCron(now + HOUR, { ORGANIZATION: waits(now) })
    expect(await env.ACCOUNTS.prepare(noted).bind(id).first()).toEqual({ directory_since: now })
  })
})
