import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { directoriesOf, directoryNamed, directoryOf } from '../../src/directory/directories.ts'
import { pendingInvitations } from '../../src/directory/invitations-of-address.ts'
import { listOrganizations } from '../../src/directory/organizations.ts'
import { listOwnOrganizations } from '../../src/directory/own-organizations.ts'
import type { Page, Slice } from '../../src/membership/queries.ts'
import type { Result } from '../../src/membership/result.ts'
import { inAccounts, inside } from '../features/storage.ts'
import { as, bearer, expectInvalid, expectProblem, idsOf, onBehalfOf, operator } from '../support/api.ts'
import { created, followed, newUser, reseam, type Team } from '../support/api-builders.ts'
import { broken, databaseThat } from '../support/api-faults.ts'
import { newApiKey, someId } from '../support/api-world.ts'
import { runCron } from '../support/cron.ts'

/* Three directories are bound in the tests. Organizations go to the one that the configuration names. */

const NAMES = ['DIRECTORY', 'DIRECTORY_2', 'DIRECTORY_3']
const DAY = 24 * 60 * 60_000

afterEach(() => vi.restoreAllMocks())

test('are found by their names, one or several', () => {
  expect(directoriesOf(env).map(({ name }) => name)).toEqual(NAMES)
  expect(directoriesOf({ DIRECTORY: env.DIRECTORY }).map(({ name }) => name)).toEqual(['DIRECTORY'])
  expect(() => directoryNamed(env, 'DIRECTORY_4')).toThrow('DIRECTORY_4')
})

describe('pages over three directories', () => {
  const userId = someId('usr')
  const email = `everywhere-${userId}@x.test`
  // U+FF5E comes before U+1D4D0 in UTF-8 and after it in UTF-16.
  const KEYS = ['a', 'a', 'a', 'ab', 'é', '\uff5e', '\u{1d4d0}', 'z', 'a%b', 'b']
  const rows = Array.from({ length: 40 }, (_, index) => ({
    id: someId('org'),
    nameKey: `${KEYS[index % KEYS.length]}${index % 3 === 0 ? '' : index % 4}`,
    at: 1_000 + (index % 5),
    directory: NAMES[(index * 7) % 3] as string,
  }))

  beforeAll(async () => {
    for (const { name, database } of directoriesOf(env)) {
      const own = rows.filter(({ directory }) => directory === name)
      await database.batch(own.flatMap((row) => statementsFor(database, row, { userId, email })))
    }
  })

  const bytes = (text: string) => Buffer.from(text)
  const byName = rows.toSorted(
    (one, other) =>
      Buffer.compare(bytes(one.nameKey), bytes(other.nameKey)) || Buffer.compare(bytes(one.id), bytes(other.id)),
  )
  const newest = rows.toSorted(
    (one, other) => other.at - one.at || Buffer.compare(bytes(invitationOf(other)), bytes(invitationOf(one))),
  )

  async function walk<Item>(
    list: (page: Page) => Promise<Result<Slice<Item>, unknown>>,
    limit: number,
  ): Promise<Item[]> {
    const items: Item[] = []
    for (let cursor: string | null = null; ; ) {
      const page = await list({ limit, cursor })
      if (!page.ok) throw new Error('The cursor is broken')
      items.push(...page.value.items)
      expect(page.value.items.length).toBeLessThanOrEqual(limit)
      cursor = page.value.nextCursor
      if (cursor === null) return items
      expect(page.value.items).toHaveLength(limit)
    }
  }

  const all = { externalId: null, of: { userId } }

  test.each([1, 3, 7, 40, 100])(
    'have every organization once and in the order of one database, %i at a time',
    async (limit) => {
      const query = (page: Page) => listOrganizations(directoriesOf(env), { ...all, search: null, page })
      expect((await walk(query, limit)).map(({ organization }) => organization.id)).toEqual(byName.map(({ id }) => id))
      const own = (page: Page) => listOwnOrganizations(directoriesOf(env), { userId, search: null, page })
      expect((await walk(own, limit)).map(({ organization }) => organization.id)).toEqual(byName.map(({ id }) => id))
    },
  )

  test('of a search have the best matches of all directories first', async () => {
    const query = (page: Page) => listOrganizations(directoriesOf(env), { ...all, search: 'a', page })
    const found = (await walk(query, 4)).map(({ organization }) => organization.id)
    const [first, later] = [
      byName.filter(({ nameKey }) => nameKey.startsWith('a')),
      byName.filter(({ nameKey }) => !nameKey.startsWith('a') && nameKey.includes('a')),
    ]
    expect(found).toEqual([...first, ...later].map(({ id }) => id))
  })

  test('of invitations come newest first', async () => {
    const query = (page: Page) => pendingInvitations(directoriesOf(env), email, page, 0)
    expect((await walk(query, 6)).map(({ id }) => id)).toEqual(newest.map(invitationOf))
  })

  test('of one directory have what that one has', async () => {
    const query = (page: Page) =>
      listOrganizations(directoriesOf({ DIRECTORY: env.DIRECTORY }), { ...all, search: null, page })
    const here = byName.filter(({ directory }) => directory === 'DIRECTORY')
    expect((await walk(query, 3)).map(({ organization }) => organization.id)).toEqual(here.map(({ id }) => id))
  })
})

const invitationOf = ({ id }: { id: string }) => id.replace('org', 'inv')

interface Seeded {
  readonly id: string
  readonly nameKey: string
  readonly at: number
}

function statementsFor(database: D1Database, { id, nameKey, at }: Seeded, { userId, email }: Record<string, string>) {
  const insert = (table: string, row: Record<string, unknown>) =>
    database
      .prepare(`insert into ${table} (${Object.keys(row)}) values (${Object.keys(row).map(() => '?')})`)
      .bind(...Object.values(row))
  const stamp = { revision: 1, version: 1 }
  const organization = {
    id,
    name: nameKey,
    name_key: nameKey,
    slug: `s-${id.length}-${at}-${nameKey.length}`,
    ownership: 'multiple',
  }
  const member = { id: id.replace('org', 'mem'), organization_id: id, user_id: userId, email, role: 'member' }
  const invitation = { id: invitationOf({ id }), organization_id: id, email, name_key: email, role: 'member' }
  return [
    insert('organizations', { ...organization, created_at: at, updated_at: at, ...stamp }),
    insert('projections', {
      ...{ organization_id: id, head_version: 1, projected_version: 1, revision: 1, projected_at: at },
      ...{ log_seq: 1, log_hash: '' },
    }),
    insert('members', {
      ...member,
      ...{ status: 'active', source: 'added', profile: '{}', attributes: '{}', person_revision: 0, name_key: email },
      ...{ joined_at: at, created_at: at, updated_at: at, ...stamp },
    }),
    insert('invitations', {
      ...invitation,
      ...{ status: 'pending', send_count: 1, delivery: 'sent', invited_by_type: 'operator', expires_at: 9_999 },
      ...{ sent_at: at, created_at: at, ...stamp },
    }),
  ]
}

/** The API of a deployment that creates organizations in this directory. */
const creatingIn = (name: string) => broken({ CURRENT_DIRECTORY: name })

async function teamIn(name: string, ownerId?: string): Promise<Team> {
  const owner = ownerId === undefined ? await newUser() : { id: ownerId }
  const api = as(onBehalfOf(owner.id), creatingIn(name))
  const { id, slug } = created(await api.post('/v1/organizations', { name: `In ${name}` }))
  const team = { id, slug, path: `/v1/organizations/${id}`, owner: { ...owner, api } } as unknown as Team
  await followed(team)
  return team
}

const placesOf = async ({ id }: Team): Promise<string[]> => {
  const found = directoriesOf(env).map(async ({ name, database }) =>
    (await database.prepare('select 1 from organizations where id = ?').bind(id).first()) === null ? [] : [name],
  )
  return (await Promise.all(found)).flat()
}

describe('an organization', () => {
  test.each(NAMES)('is copied to the directory that was current when it was created: %s', async (name) => {
    const team = await teamIn(name)
    expect(await placesOf(team)).toEqual([name])
    const claims = await inAccounts('select directory from creation_claims where organization_id = ?', team.id)
    expect(claims).toEqual([{ directory: name }])
    expect(await directoryOf(env, team.id)).toBe(directoryNamed(env, name))
    // Later changes go there as well, whatever is current by then.
    await as(operator).patch(team.path, { name: 'Renamed' })
    await followed(team)
    expect(await placesOf(team)).toEqual([name])
    const eventual = await as(operator).get(`${team.path}/members?consistency=eventual`)
    expect(eventual.body.data).toHaveLength(1)
  })

  test('stays with the directory of its first call when it is created again after the configuration has changed', async () => {
    const key = { 'Idempotency-Key': crypto.randomUUID() }
    const body = { name: 'Twice', slug: `twice-${crypto.randomUUID()}` }
    const { id } = created(await as(operator, creatingIn('DIRECTORY_2')).post('/v1/organizations', body, key))
    await inAccounts('update creation_answers set answer = null where resource_id = ?', id)
    await inAccounts('update creation_claims set confirmed = 0 where organization_id = ?', id)
    created(await as(operator, creatingIn('DIRECTORY_3')).post('/v1/organizations', body, key))
    const claims = await inAccounts('select directory from creation_claims where organization_id = ?', id)
    expect(claims).toEqual([{ directory: 'DIRECTORY_2' }])
    expect(await inside({ id }, ({ sql }) => sql.exec('select directory from placement').toArray())).toEqual([
      { directory: 'DIRECTORY_2' },
    ])
  })

  test('is found by its copy when its claim is lost', async () => {
    const team = await teamIn('DIRECTORY_3')
    await inAccounts('delete from creation_claims where organization_id = ?', team.id)
    expect(await directoryOf({ ...env, ACCOUNTS: new Proxy(env.ACCOUNTS, {}) }, team.id)).toBe(
      directoryNamed(env, 'DIRECTORY_3'),
    )
  })

  test('is rebuilt where it belongs', async () => {
    const team = await teamIn('DIRECTORY_2')
    const directory = directoryNamed(env, 'DIRECTORY_2')
    await directory.prepare('delete from organizations where id = ?').bind(team.id).run()
    expect((await as(operator).post(`${team.path}/rebuild`)).status).toBe(200)
    expect(await placesOf(team)).toEqual(['DIRECTORY_2'])
  })

  test('is erased there once it has been deleted for long', async () => {
    const team = await teamIn('DIRECTORY_2')
    await team.owner.api.delete(team.path)
    await followed(team)
    await reseam(team, { clock: () => Date.now() + 31 * DAY })
    await runCron(Date.now() + 31 * DAY)
    expect(await placesOf(team)).toEqual([])
    const members = directoryNamed(env, 'DIRECTORY_2').prepare('select 1 from members where organization_id = ?')
    expect(await members.bind(team.id).first()).toBeNull()
  })
})

describe('a person', () => {
  test('sees their organizations of all directories, and deleted ones of any do not count', async () => {
    const person = await newUser()
    const teams: Team[] = []
    for (const name of NAMES) teams.push(await teamIn(name, person.id))
    const listed = await as(onBehalfOf(person.id)).get('/v1/users/me/organizations')
    expect(listed.body.data.map((one: { organization: { id: string } }) => one.organization.id).sort()).toEqual(
      teams.map(({ id }) => id).sort(),
    )
    await as(operator).patch('/v1/settings', { max_organizations_per_user: 3 })
    const again = () => person.api.post('/v1/organizations', { name: 'One more' })
    expectProblem(await again(), 409, 'organization_limit_reached')
    await teams[2]?.owner.api.delete(teams[2].path)
    await followed(teams[2] as Team)
    created(await again())
    await as(operator).patch('/v1/settings', { max_organizations_per_user: null })
  })
})

describe('an API key', () => {
  test('lists its own organization while every directory is out of reach', async () => {
    const team = await teamIn('DIRECTORY_2')
    await as(operator).patch(team.path, { name: 'Étoile Nord', external_id: 'etoile-1' })
    const { secret } = await newApiKey(team, ['organization:read'])
    const unreachable = directoriesOf(env).map(({ name, database }) => [name, databaseThat(database, () => true)])
    const api = as(bearer(secret), broken(Object.fromEntries(unreachable)))
    const found = async (search: string) => (await api.get(`/v1/organizations?${search}`)).body.data.length
    expect(idsOf(await api.get('/v1/organizations'))).toEqual([team.id])
    expect(await Promise.all(['query=%C3%89TOILE', 'query=nowhere'].map(found))).toEqual([1, 0])
    expect(await Promise.all(['external_id=etoile-1', 'external_id=other'].map(found))).toEqual([1, 0])
    expectInvalid(await api.get('/v1/organizations?cursor=abc'), 'cursor')
  })
})

describe('a directory out of reach', () => {
  const withoutSecond = () => broken({ DIRECTORY_2: databaseThat(directoryNamed(env, 'DIRECTORY_2'), () => true) })

  test('fails lists clearly, while access and the organizations go on', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    const team = await teamIn('DIRECTORY_2')
    const api = as(operator, withoutSecond())
    for (const path of ['/v1/organizations', `/v1/users/me/organizations`]) {
      const caller = path.includes('/me/') ? as(onBehalfOf(team.owner.id), withoutSecond()) : api
      expectProblem(await caller.get(path), 503, 'unavailable')
    }
    expect((await api.get(team.path)).status).toBe(200)
    const access = `${team.path}/access?user_id=${team.owner.id}&permission=members:read`
    expect((await api.get(access)).status).toBe(200)
    expect((await api.get(`${team.path}/members`)).status).toBe(200)
    expect((await api.get(`${team.path}/members?consistency=eventual`)).body.data).toHaveLength(1)
    expect((await api.get('/health')).body).toMatchObject({
      status: 'degraded',
      directory: 'unreachable',
      databases: [
        { name: 'ACCOUNTS', state: 'ok' },
        { state: 'ok' },
        { name: 'DIRECTORY_2', state: 'unreachable' },
        {},
        {},
      ],
    })
  })
})
