import { evictDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { eraseOrganization } from '../../src/directory/erasure.ts'
import { MARKED_FOR_MS } from '../../src/directory/sweep-marks.ts'
import { as, expectProblem, operator } from '../support/api.ts'
import {
  created,
  followed,
  newInvitation,
  newMember,
  newOrganization,
  reseam,
  type Team,
} from '../support/api-builders.ts'
import { newApiKey } from '../support/api-world.ts'
import { runCron } from '../support/cron.ts'
import { inAccounts, inD1, inDirectory, inside, tamper } from './storage.ts'

/* Thirty days after its deletion nothing of an organization is left, wherever the erasure was interrupted. */

const DAY_MS = 24 * 60 * 60_000

beforeAll(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
})

/** With rows in every table, deleted so many days ago. */
async function givenDeleted(daysAgo: number): Promise<Team> {
  const team = await newOrganization({ slug: `s-${crypto.randomUUID()}` })
  created(await team.owner.api.post(`${team.path}/roles`, { key: 'reader', name: 'Reader', permissions: [] }))
  await newMember(team, 'reader')
  await newInvitation(team)
  await newApiKey(team)
  await team.owner.api.delete(team.path)
  await followed(team)
  const deletedAt = Date.now() - daysAgo * DAY_MS
  await tamper(team, 'update organizations set deleted_at = ?', deletedAt)
  await inDirectory('update organizations set deleted_at = ? where id = ?', deletedAt, team.id)
  return team
}

const OWNED = [
  'members',
  'invitations',
  'roles',
  'api_keys',
  'projections',
  'log_checkpoints',
  'slug_claims',
  'creation_claims',
]

const CLAIMS = ['slug_claims', 'creation_claims']

/** The id is remembered for a day, by cron for half an hour, by sent mails for a month, and the mailbox exists on this machine only. */
const REMEMBERED = ['erased_organizations', 'sweep_marks', 'mail_attempts', 'mailbox']

/** Where in D1 there is still something of an organization. */
async function tracesOf({ id }: Team): Promise<string[]> {
  const tables = await inD1()
  const traces = tables.flatMap(([name, rows]) =>
    JSON.stringify(rows).includes(id) && !REMEMBERED.includes(name) ? [name] : [],
  )
  return traces.sort()
}

const TABLES = "select name from sqlite_master where type = 'table' and name not like '\\_cf%' escape '\\'"

/** The tables that an organization's own storage has. */
const tablesOf = (team: Team): Promise<string[]> =>
  inside(team, ({ sql }) =>
    sql
      .exec<{ name: string }>(TABLES)
      .toArray()
      .map(({ name }) => name),
  )

async function expectErased(team: Team): Promise<void> {
  expect(await tracesOf(team)).toEqual([])
  expect(await tablesOf(team)).toEqual([])
  expect(await inside(team, (storage) => storage.getAlarm())).toBeNull()
}

const run = () => runCron(Date.now())
/** Once an organization that failed is queued again. */
const runLater = () => runCron(Date.now() + MARKED_FOR_MS)

test('thirty days after its deletion an organization leaves no row in the directory and none of its own', async () => {
  const team = await givenDeleted(30)
  expect(await tracesOf(team)).toEqual(expect.arrayContaining([...OWNED, 'organizations'].sort()))

  await run()

  await expectErased(team)
})

test('erased, an organization is one that never was', async () => {
  const team = await givenDeleted(31)
  await run()
  for (const api of [team.owner.api, as(operator)]) expectProblem(await api.get(team.path), 404, 'not_found')
  expectProblem(await as(operator).post(`${team.path}/restore`), 404, 'not_found')
  expectProblem(await as(operator).post(`${team.path}/rebuild`), 404, 'not_found')
  await expectErased(team)
})

test('its slug is free again, and was not a day before', async () => {
  const [old, young] = [await givenDeleted(30), await givenDeleted(29)]
  await run()
  const create = ({ slug }: Team) => as(operator).post('/v1/organizations', { name: 'Acme', slug })
  expect((await create(old)).status).toBe(201)
  expectProblem(await create(young), 409, 'slug_taken')
})

test('one of its people keeps their account, and their other organizations', async () => {
  const team = await givenDeleted(30)
  const other = await newOrganization()
  created(await as(operator).post(`${other.path}/members`, { user_id: team.owner.id }))
  await run()
  expect((await as(operator).get(`/v1/users/${team.owner.id}`)).body.email).toBe(team.owner.email)
  expect((await team.owner.api.get(other.path)).status).toBe(200)
})

test('a living organization, and one deleted less than thirty days ago, are left alone', async () => {
  const [living, young] = [await newOrganization(), await givenDeleted(29)]
  await run()
  expect((await living.owner.api.get(living.path)).status).toBe(200)
  expect((await as(operator).post(`${young.path}/restore`)).status).toBe(200)
})

test('the organization decides by its own clock, whatever cron takes for now', async () => {
  const team = await givenDeleted(0)
  await runCron(Date.now() + 31 * DAY_MS)
  expect((await as(operator).post(`${team.path}/restore`)).status).toBe(200)

  await team.owner.api.delete(team.path)
  await followed(team)
  await reseam(team, { clock: () => Date.now() + 30 * DAY_MS })
  await runCron(Date.now() + 31 * DAY_MS + MARKED_FOR_MS)
  await expectErased(team)
})

test('an organization restored in the directory’s absence is not erased for what the directory still says', async () => {
  const team = await givenDeleted(30)
  await tamper(team, 'update organizations set deleted_at = null')
  await run()
  expect((await team.owner.api.get(team.path)).status).toBe(200)
})

test('two sweeps, one after the other or at once, come to the same end', async () => {
  const team = await givenDeleted(30)
  await Promise.all([run(), run()])
  await run()
  await expectErased(team)
})

describe('an erasure that was cut off is finished by the next sweep:', () => {
  const crash = () => Promise.reject(new Error('gone'))

  async function cutOff(erase: (id: string) => Promise<void>): Promise<Team> {
    const team = await givenDeleted(30)
    await reseam(team, { erase })
    await run()
    expect(await tablesOf(team)).not.toEqual([])
    await evictDurableObject(env.ORGANIZATION.getByName(team.id))
    return team
  }

  test('and until then the organization knows of itself, and of its directory', async () => {
    const team = await givenDeleted(30)
    await reseam(team, { erase: crash })
    await run()
    const held = await inside(team, (_, object) => object.claims())
    expect(held).toMatchObject({ organizationId: team.id, directory: 'DIRECTORY' })
  })

  test('before it has begun', async () => {
    const team = await cutOff(crash)
    await runLater()
    await expectErased(team)
  })

  test.each(OWNED)('after it emptied %s', async (last) => {
    const team = await cutOff(async (id) => {
      for (const table of OWNED.slice(0, OWNED.indexOf(last) + 1)) {
        const inD1 = CLAIMS.includes(table) ? inAccounts : inDirectory
        await inD1(`delete from ${table} where organization_id = ?`, id)
      }
      await crash()
    })
    await runLater()
    await expectErased(team)
  })

  test('after it emptied the directory, before the organization emptied itself', async () => {
    const team = await cutOff(async (id) => {
      await eraseOrganization(env.DIRECTORY, id, Date.now())
      await crash()
    })
    await runLater()
    await expectErased(team)
  })

  test('after the organization emptied itself', async () => {
    const team = await givenDeleted(30)
    await inside(team, (storage) => storage.deleteAll())
    await evictDurableObject(env.ORGANIZATION.getByName(team.id))
    await runLater()
    await expectErased(team)
  })
})
