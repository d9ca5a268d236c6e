import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { type Answer, as, expectInvalid, expectProblem, operator } from '../support/api.ts'
import {
  created,
  followed,
  newInvitation,
  newMember,
  newOrganization,
  remove,
  reseam,
  suspend,
  type Team,
} from '../support/api-builders.ts'
import { newApiKey, someId } from '../support/api-world.ts'
import { directoryRowsOf } from '../support/organization-rows.ts'
import { everythingOf, inAccounts, inDirectory } from './storage.ts'

/* The directory made anew from the organizations, whatever has become of it. */

beforeAll(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})

/** With rows of every kind in every table. */
async function given(): Promise<Team> {
  const team = await newOrganization()
  created(await team.owner.api.post(`${team.path}/roles`, { key: 'reader', name: 'Reader', permissions: [] }))
  const [member, suspended, removed] = [await newMember(team, 'reader'), await newMember(team), await newMember(team)]
  await suspend(team, suspended)
  await remove(team, removed)
  await newInvitation(team)
  await newApiKey(team)
  await team.owner.api.patch(`${team.path}/members/${member.memberId}`, { profile: { name: 'Ärne "é" 李' } })
  await followed(team)
  return team
}

const TABLES = ['organizations', 'members', 'invitations', 'roles', 'api_keys', 'projections'] as const
const ownerColumn = (table: string) => (table === 'organizations' ? 'id' : 'organization_id')

const rebuild = ({ path }: Team): Promise<Answer> => as(operator).post(`${path}/rebuild`)

/** The directory has of the organization what the organization has of itself: no more, no less, nothing else. */
async function expectSame(team: Team): Promise<void> {
  const { ledger, events: _, outbox: __, ...rows } = await everythingOf(team)
  expect(await directoryRowsOf(env.DIRECTORY, team.id)).toEqual(rows)
  const progress = 'select revision, head_version, projected_version from projections where organization_id = ?'
  const { revision, version } = ledger
  expect(await inDirectory(progress, team.id)).toEqual([
    { revision, head_version: version, projected_version: version },
  ])
}

describe('rebuilding an organization', () => {
  test('brings back all its rows when the directory has none', async () => {
    const team = await given()
    for (const table of TABLES) await inDirectory(`delete from ${table} where ${ownerColumn(table)} = ?`, team.id)

    const answer = await rebuild(team)

    const { revision } = (await everythingOf(team)).ledger
    expect(answer.body).toEqual({ object: 'rebuild', organization_id: team.id, revision })
    await expectSame(team)
  })

  test.each(TABLES)('brings back what is missing in %s', async (table) => {
    const team = await given()
    await inDirectory(`delete from ${table} where ${ownerColumn(table)} = ?`, team.id)
    await rebuild(team)
    await expectSame(team)
  })

  const CORRUPTIONS: readonly (readonly [what: string, statement: string])[] = [
    ['the name of the organization', "update organizations set name = 'Forged', name_key = 'forged' where id = ?"],
    ['its deletion', 'update organizations set deleted_at = 1 where id = ?'],
    ['roles of members', "update members set role = 'owner' where organization_id = ?"],
    ['addresses of members', "update members set email = 'x' || email where organization_id = ?"],
    ['the status of invitations', "update invitations set status = 'accepted' where organization_id = ?"],
    ['permissions of roles', `update roles set permissions = '["members:manage"]' where organization_id = ?`],
    ['secrets of keys', "update api_keys set secret_hash = 'x', revoked_at = 1 where organization_id = ?"],
    ['how far it has come', 'update projections set projected_version = 1, head_version = 1 where organization_id = ?'],
  ]
  test.each(CORRUPTIONS)('puts right %s', async (_, statement) => {
    const team = await given()
    await inDirectory(statement, team.id)
    await rebuild(team)
    await expectSame(team)
  })

  test.each(['organizations', 'members', 'invitations', 'roles', 'api_keys'])(
    'puts right rows of %s that pretend to be newer than they can be',
    async (table) => {
      const team = await given()
      await inDirectory(`update ${table} set version = 1000000 where ${ownerColumn(table)} = ?`, team.id)
      await rebuild(team)
      await expectSame(team)
    },
  )

  test('puts right a progress that pretends to be further than it can be', async () => {
    const team = await given()
    const forged =
      'update projections set projected_version = 99, head_version = 99, revision = 99 where organization_id = ?'
    await inDirectory(forged, team.id)
    await rebuild(team)
    await expectSame(team)
  })

  test.each([
    ['a member', 'members', 'id', "'mem_forged'"],
    ['an invitation', 'invitations', 'id', "'inv_forged'"],
    ['a role', 'roles', 'key', "'forged'"],
    ['a key', 'api_keys', 'id', "'key_forged'"],
  ])('takes away %s that the organization does not have', async (_, table, column, value) => {
    const team = await given()
    const columns = await inDirectory<{ name: string }>(`select name from pragma_table_info('${table}')`)
    const copied = columns.map(({ name }) => (name === column ? value : name)).join()
    await inDirectory(`insert into ${table} select ${copied} from ${table} where organization_id = ? limit 1`, team.id)

    await rebuild(team)

    await expectSame(team)
  })

  test('leaves other organizations as they are', async () => {
    const [team, other] = [await given(), await given()]
    await inDirectory("update members set role = 'forged' where organization_id = ?", other.id)
    const before = await directoryRowsOf(env.DIRECTORY, other.id)
    await rebuild(team)
    expect(await directoryRowsOf(env.DIRECTORY, other.id)).toEqual(before)
  })

  test('hides nobody while it runs', async () => {
    const team = await given()
    const path = `${team.path}/members?consistency=eventual&status=active,suspended,removed`
    const before = (await team.owner.api.get(path)).body
    const running = rebuild(team)
    const seen = await Promise.all(Array.from({ length: 20 }, () => team.owner.api.get(path)))
    await running
    for (const answer of seen) expect(answer.body).toEqual(before)
  })

  test('of thousands of rows is complete', async () => {
    const team = await given()
    const emails = Array.from({ length: 1_000 }, (_, index) => `many-${index}@x.test`)
    await team.owner.api.post(`${team.path}/invitations/bulk`, { emails })
    await followed(team)
    for (const table of TABLES) await inDirectory(`delete from ${table} where ${ownerColumn(table)} = ?`, team.id)
    await rebuild(team)
    // While mails are being delivered, both still move on.
    await vi.waitFor(() => expectSame(team), { timeout: 90_000, interval: 500 })
    expect((await directoryRowsOf(env.DIRECTORY, team.id)).invitations).toHaveLength(1_001)
  })

  test('while it is being changed ends with what it is then', async () => {
    const team = await given()
    for (const table of TABLES) await inDirectory(`delete from ${table} where ${ownerColumn(table)} = ?`, team.id)
    const changes = Array.from({ length: 20 }, () => newMember(team))
    await Promise.all([rebuild(team), ...changes, rebuild(team)])
    await followed(team)
    await expectSame(team)
  })

  test('leaves a deleted one deleted', async () => {
    const team = await given()
    await team.owner.api.delete(team.path)
    for (const table of TABLES) await inDirectory(`delete from ${table} where ${ownerColumn(table)} = ?`, team.id)
    await rebuild(team)
    await expectSame(team)
    expectProblem(await team.owner.api.get(`${team.path}?consistency=eventual`), 404, 'not_found')
  })

  test('that never was is refused, and touches nothing', async () => {
    const id = someId('org')
    expectProblem(await as(operator).post(`/v1/organizations/${id}/rebuild`), 404, 'not_found')
  })
})

describe('rebuilding all organizations', () => {
  const next = (cursor: string | null) => as(operator).post('/v1/rebuild', { cursor })

  async function walk(from: string | null): Promise<{ rebuilt: number; calls: number; failed: string[] }> {
    const total = { rebuilt: 0, calls: 0, failed: [] as string[] }
    for (let cursor = from; cursor !== null || total.calls === 0; ) {
      const { body } = await next(cursor)
      total.rebuilt += body.rebuilt
      total.failed.push(...body.failed)
      total.calls += 1
      cursor = body.next_cursor
    }
    return total
  }

  let teams: Team[]
  let all: number
  beforeAll(async () => {
    teams = []
    for (let made = 0; made < 25; made += 1) teams.push(await newOrganization())
    const [row] = await inAccounts<{ count: number }>('select count(*) as count from creation_claims')
    all = row?.count ?? 0
  })

  async function emptied(): Promise<void> {
    for (const team of teams) await followed(team)
    for (const table of TABLES) await inDirectory(`delete from ${table}`)
  }

  test('goes through all of them, a stretch at a time, and says how far it is', async () => {
    await emptied()
    expect(await walk(null)).toEqual({ rebuilt: all, calls: Math.floor(all / 10) + 1, failed: [] })
    for (const team of teams) await expectSame(team)
  })

  test('goes on from a cursor, wherever it was left', async () => {
    await emptied()
    const { body: first } = await next(null)
    const { body: second } = await next(first.next_cursor)
    expect([first.rebuilt, second.rebuilt]).toEqual([10, 10])
    // Whoever was at it is gone; somebody else goes on with the cursor that was written down.
    const rest = await walk(second.next_cursor)
    expect(rest.rebuilt).toBe(all - 20)
    for (const team of teams) await expectSame(team)
  })

  test('names those that it could not do, does the others, and may be repeated', async () => {
    await emptied()
    const [broken] = teams as [Team]
    await reseam(broken, { project: () => Promise.reject(new Error('gone')) })
    const { rebuilt, failed } = await walk(null)
    expect({ rebuilt, failed }).toEqual({ rebuilt: all - 1, failed: [broken.id] })
    for (const team of teams.slice(1)) await expectSame(team)
  })

  test('is asked with an organization’s id, and nothing else', async () => {
    expectInvalid(await as(operator).post('/v1/rebuild', { cursor: 'x' }), 'cursor')
    expectInvalid(await as(operator).post('/v1/rebuild', { from: null }), 'from')
  })
})
