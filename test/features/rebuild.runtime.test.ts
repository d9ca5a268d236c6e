import { createMessageBatch, evictDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { consumeOrganizations } from '../../src/jobs/organizations-consumer.ts'
import { organizationClient } from '../../src/organization/client.ts'
import { type Answer, as, expectInvalid, expectProblem, operator } from '../support/api.ts'
import {
  created,
  followed,
  newInvitation,
  newMember,
  newOrganization,
  newUser,
  remove,
  reseam,
  suspend,
  type Team,
} from '../support/api-builders.ts'
import { holdMails } from '../support/api-mail.ts'
import { newApiKey, someId } from '../support/api-world.ts'
import { directoryRowsOf } from '../support/organization-rows.ts'
import { everythingOf, inAccounts, inDirectory, inside } from './storage.ts'

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
  const { ledger, events: _, outbox: __, external_ids: ___, ...rows } = await everythingOf(team)
  expect(await directoryRowsOf(env.DIRECTORY, team.id)).toEqual(rows)
  const progress = 'select revision, head_version, projected_version from projections where organization_id = ?'
  const { revision, version } = ledger
  expect(await inDirectory(progress, team.id)).toEqual([
    { revision, head_version: version, projected_version: version },
  ])
}

describe('rebuilding an organization', () => {
  let team: Team
  beforeAll(async () => {
    team = await given()
  })

  test('brings back all its rows when the directory has none', async () => {
    for (const table of TABLES) await inDirectory(`delete from ${table} where ${ownerColumn(table)} = ?`, team.id)

    const answer = await rebuild(team)

    const { revision } = (await everythingOf(team)).ledger
    expect(answer.body).toEqual({ object: 'rebuild', organization_id: team.id, revision, slug_held_by: null })
    await expectSame(team)
  })

  test.each(TABLES)('brings back what is missing in %s', async (table) => {
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
    await inDirectory(statement, team.id)
    await rebuild(team)
    await expectSame(team)
  })

  test.each(['organizations', 'members', 'invitations', 'roles', 'api_keys'])(
    'puts right rows of %s that pretend to be newer than they can be',
    async (table) => {
      await inDirectory(`update ${table} set version = 1000000 where ${ownerColumn(table)} = ?`, team.id)
      await rebuild(team)
      await expectSame(team)
    },
  )

  test('puts right a progress that pretends to be further than it can be', async () => {
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
    const columns = await inDirectory<{ name: string }>(`select name from pragma_table_info('${table}')`)
    const copied = columns.map(({ name }) => (name === column ? value : name)).join()
    await inDirectory(`insert into ${table} select ${copied} from ${table} where organization_id = ? limit 1`, team.id)

    await rebuild(team)

    await expectSame(team)
  })

  test('takes them away also while the mail queue is out of reach', async () => {
    const team = await given()
    await reseam(team, { enqueue: () => Promise.reject(new Error('queue out of reach')) })
    await newInvitation(team, { send_email: true })
    const columns = await inDirectory<{ name: string }>(`select name from pragma_table_info('members')`)
    const copied = columns.map(({ name }) => (name === 'id' ? "'mem_stale'" : name)).join()
    await inDirectory(`insert into members select ${copied} from members where organization_id = ? limit 1`, team.id)

    expect((await rebuild(team)).status).toBe(200)

    await expectSame(team)
  })

  test('leaves other organizations as they are', async () => {
    const other = await given()
    await inDirectory("update members set role = 'forged' where organization_id = ?", other.id)
    const before = await directoryRowsOf(env.DIRECTORY, other.id)
    await rebuild(team)
    expect(await directoryRowsOf(env.DIRECTORY, other.id)).toEqual(before)
  })

  test('hides nobody while it runs', async () => {
    const path = `${team.path}/members?consistency=eventual&status=active,suspended,removed`
    const before = (await team.owner.api.get(path)).body
    const running = rebuild(team)
    const seen = await Promise.all(Array.from({ length: 20 }, () => team.owner.api.get(path)))
    await running
    for (const answer of seen) expect(answer.body).toEqual(before)
  })

  test('of hundreds of rows is complete', async () => {
    const team = await given()
    await holdMails(team)
    const emails = Array.from({ length: 300 }, (_, index) => `many-${index}@x.test`)
    await team.owner.api.post(`${team.path}/invitations/bulk`, { emails })
    await followed(team)
    for (const table of TABLES) await inDirectory(`delete from ${table} where ${ownerColumn(table)} = ?`, team.id)
    await rebuild(team)
    await expectSame(team)
    expect((await directoryRowsOf(env.DIRECTORY, team.id)).invitations).toHaveLength(301)
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

describe('rebuilding all organizations', () => {
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

const wakeOf = ({ id: organizationId }: Team): MessageBatch =>
  createMessageBatch('organizations', [
    { id: organizationId, timestamp: new Date(), attempts: 1, body: { version: 1, chore: 'wake', organizationId } },
  ])

describe('after D1 was restored to an earlier time', () => {
  const CLAIMS = ['creation_claims', 'slug_claims'] as const
  const claimsOf = async ({ id }: Team) => [
    await inAccounts('select created_by, owner_id, confirmed from creation_claims where organization_id = ?', id),
    await inAccounts('select slug from slug_claims where organization_id = ?', id),
  ]
  const objectIdOf = ({ id }: Team) => env.ORGANIZATION.idFromName(id).toString()
  const byObjects = (objectIds: readonly string[]): Promise<Answer> =>
    as(operator).post('/v1/rebuild/objects', { object_ids: objectIds })

  async function forget({ id }: Team): Promise<void> {
    for (const table of TABLES) await inDirectory(`delete from ${table} where ${ownerColumn(table)} = ?`, id)
    for (const table of CLAIMS) await inAccounts(`delete from ${table} where organization_id = ?`, id)
  }

  /** Created by a person, for whom it counts. */
  async function ownTeam(): Promise<Team> {
    const person = await newUser()
    const { id, slug } = created(await person.api.post('/v1/organizations', { name: `Own ${person.id}` }))
    const team = { ...(await given()), id, slug, path: `/v1/organizations/${id}` }
    await followed(team)
    return team
  }

  test('an organization of which D1 knows nothing is found by its object, with its claims and its creator', async () => {
    const teams = [await given(), await ownTeam()]
    const before = await Promise.all(teams.map(claimsOf))
    for (const team of teams) await forget(team)
    // Nothing that runs knows its name.
    for (const { id } of teams) await evictDurableObject(env.ORGANIZATION.getByName(id))

    const { body } = await byObjects([...teams.map(objectIdOf), someObjectId()])

    expect(body).toEqual({ object: 'rebuild_progress', rebuilt: 2, failed: [], no_objects: [], lost_slugs: [] })
    for (const team of teams) await expectSame(team)
    expect(await Promise.all(teams.map(claimsOf))).toEqual(before)
  })

  test('an organization that was found by its object takes commands, and its alarm brings them', async () => {
    const team = await given()
    await evictDurableObject(env.ORGANIZATION.getByName(team.id))
    await byObjects([objectIdOf(team)])

    await newInvitation(team)
    await vi.waitFor(() => expectSame(team))
    expect((await team.owner.api.get(`${team.path}/events/verify`)).body).toMatchObject({ valid: true })
  })

  test.each(CLAIMS)(
    'a lost claim in %s is asserted by the walk over all, which finds the organization by its rows',
    async (table) => {
      const team = await given()
      const before = await claimsOf(team)
      await inAccounts(`delete from ${table} where organization_id = ?`, team.id)

      await walk(null)

      expect(await claimsOf(team)).toEqual(before)
    },
  )

  test('the walk names the objects of the organizations that it found', async () => {
    const team = await given()
    const before = team.id.replace(/.$/, '0')
    const { body } = await as(operator).post('/v1/rebuild', { cursor: before })
    expect(body.object_ids).toContain(objectIdOf(team))
  })

  test('a slug that another organization has taken meanwhile stays with it, and is reported', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const loser = await given()
    await forget(loser)
    const holder = await newOrganization({ slug: loser.slug })

    const lost = { organization_id: loser.id, slug: loser.slug, held_by: holder.id }
    expect((await byObjects([objectIdOf(loser)])).body).toMatchObject({ rebuilt: 1, lost_slugs: [lost] })
    expect((await rebuild(loser)).body).toMatchObject({ slug_held_by: holder.id })
    expect((await rebuild(holder)).body).toMatchObject({ slug_held_by: null })

    expect(await claimsOf(holder)).toMatchObject([[{ confirmed: 1 }], [{ slug: loser.slug }]])
    expect(logged).toHaveBeenCalledWith(expect.objectContaining({ organizationId: loser.id, heldBy: holder.id }))
    const renamed = await as(operator).patch(loser.path, { slug: `${loser.slug}-2` })
    expect(renamed.status).toBe(200)
    expect((await rebuild(loser)).body).toMatchObject({ slug_held_by: null })
  })

  test('a slug that is claimed for nothing is taken back', async () => {
    const team = await given()
    await forget(team)
    const longAgo = Date.now() - 3_600_000
    const claim = 'insert into slug_claims (slug, organization_id, claimed_at) values (?, ?, ?)'
    await inAccounts(claim, team.slug, someId('org'), longAgo)

    expect((await rebuild(team)).body).toMatchObject({ slug_held_by: null })
  })

  test('claims of an organization that was erased since are released, unless a creation may still act on them', async () => {
    const [erased, young] = [someId('org'), someId('org')]
    const creation =
      "insert into creation_claims (organization_id, directory, claimed_at, confirmed) values (?, 'DIRECTORY', ?, 1)"
    const slug = 'insert into slug_claims (slug, organization_id, claimed_at) values (?, ?, ?)'
    for (const [id, claimedAt] of [
      [erased, Date.now() - 3_600_000],
      [young, Date.now()],
    ] as const) {
      await inAccounts(creation, id, claimedAt)
      await inAccounts(slug, id, id, claimedAt)
      expectProblem(await as(operator).post(`/v1/organizations/${id}/rebuild`), 404, 'not_found')
    }
    const held = 'select slug from slug_claims where organization_id in (?, ?)'
    expect(await inAccounts(held, erased, young)).toEqual([{ slug: young }])
    const created = 'select organization_id as id from creation_claims where organization_id in (?, ?)'
    expect(await inAccounts(created, erased, young)).toEqual([{ id: young }])
  })

  test.each(['rebuild', 'cron'])('%s removes rows and claims of an organization that was erased since', async (way) => {
    const team = await ownTeam()
    await inside(team, (storage) => storage.deleteAll())
    await evictDurableObject(env.ORGANIZATION.getByName(team.id))
    await inAccounts('update creation_claims set claimed_at = 0 where organization_id = ?', team.id)
    await inAccounts('update slug_claims set claimed_at = 0 where organization_id = ?', team.id)

    if (way === 'cron') await consumeOrganizations(wakeOf(team), env)
    else expectProblem(await rebuild(team), 404, 'not_found')

    const rows = TABLES.map((table) => inDirectory(`select 1 from ${table} where ${ownerColumn(table)} = ?`, team.id))
    expect((await Promise.all(rows)).flat()).toEqual([])
    expect(await claimsOf(team)).toEqual([[], []])
  })

  const creationOf = (id: string) => ({
    caller: { type: 'system', process: 'cron' } as const,
    command: {
      type: 'CreateOrganization',
      organizationId: id,
      name: 'Acme',
      slug: id,
      externalId: null,
      ownership: 'multiple',
      seatLimit: null,
      upgradeUrl: null,
      owner: null,
      claimedAt: 0,
    } as const,
  })

  test('a first creation that is refused leaves no storage behind', async () => {
    const id = someId('org')
    const refused = await organizationClient(env.ORGANIZATION, id).execute(creationOf(id))
    expect(refused).toMatchObject({ ok: false, error: { code: 'claim_expired' } })
    const tables = "select name from sqlite_master where name = 'ledger'"
    expect(await inside({ id }, ({ sql }) => sql.exec(tables).toArray())).toEqual([])
  })

  test('an object with storage but no organization, started by its id, neither creates nor erases one', async () => {
    const team = await given()
    await inside(team, ({ sql }) => void sql.exec('delete from organizations'))
    const client = () => organizationClient(env.ORGANIZATION, team.id)
    for (const act of [() => client().execute(creationOf(team.id)), () => client().erase()]) {
      await evictDurableObject(env.ORGANIZATION.getByName(team.id))
      expect((await byObjects([objectIdOf(team)])).body).toMatchObject({ rebuilt: 0, failed: [] })
      await expect(act()).rejects.toThrow()
    }
  })

  test('an object of another kind, or of no organization, is no organization', async () => {
    const writer = env.DIRECTORY_WRITER.idFromName('DIRECTORY.0').toString()
    const { body } = await byObjects([writer, someObjectId()])
    expect(body).toEqual({ object: 'rebuild_progress', rebuilt: 0, failed: [], no_objects: [writer], lost_slugs: [] })
    expectInvalid(await as(operator).post('/v1/rebuild/objects', { object_ids: ['x'] }), 'object_ids.0')
  })

  const someObjectId = () => env.ORGANIZATION.idFromName(someId('org')).toString()
})
