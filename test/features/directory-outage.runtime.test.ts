import { runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { api } from '../../src/http/app.ts'
import type { Projection } from '../../src/records/projection.ts'
import {
  as,
  type Client,
  type Credential,
  expectProblem,
  type Fetch,
  nobody,
  onBehalfOf,
  operator,
} from '../support/api.ts'
import {
  created,
  followed,
  newInvitation,
  newMember,
  newOrganization,
  newUser,
  reseam,
  type Team,
} from '../support/api-builders.ts'
import { directoryRowsOf } from '../support/organization-rows.ts'
import { projectInto } from '../support/projecting.ts'
import { everythingOf, inAccounts, inDirectory, inside } from './storage.ts'

/* An hour without the directory: organizations go on, and afterwards the directory knows all of it. */

const GONE = new Error('D1_ERROR: Network connection lost.')
const rejects = () => Promise.reject(GONE)

/** As the binding behaves while D1 is out of reach: statements are prepared, and none is carried out. */
function unreachable(): D1Database {
  const statement = { bind: () => statement, all: rejects, first: rejects, raw: rejects, run: rejects }
  const directory = { prepare: () => statement, batch: rejects, exec: rejects, withSession: () => directory }
  return directory as unknown as D1Database
}

const app = api()
const cutOff: Fetch = async (request) =>
  app.fetch(request, { ...env, ACCOUNTS: unreachable(), DIRECTORY: unreachable() })
const during = (credential: Credential): Client => as(credential, cutOff)

beforeAll(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})

/** An organization whose way to the directory is cut, with a clock of its own. */
async function given() {
  const team = await newOrganization()
  created(await team.owner.api.post(`${team.path}/roles`, { key: 'reader', name: 'Reader', permissions: [] }))
  const [bob, cat] = [await newMember(team), await newMember(team, 'reader')]
  const invited = await newInvitation(team)
  await followed(team)
  const clock = { now: Date.now() }
  await reseam(team, { clock: () => clock.now, project: rejects })
  return { team, bob, cat, invited, clock, owner: during(onBehalfOf(team.owner.id)), operator: during(operator) }
}

type Given = Awaited<ReturnType<typeof given>>
type Act = (acme: Given) => Promise<{ status: number; text: string }>

const member = ({ path }: Team, { memberId }: { memberId: string }) => `${path}/members/${memberId}`

const CHANGES: Readonly<Record<string, Act>> = {
  'an invitation': ({ owner, team }) => owner.post(`${team.path}/invitations`, { email: 'ida@x.test' }),
  'a bulk of them': ({ owner, team }) => owner.post(`${team.path}/invitations/bulk`, { emails: ['a@x.test'] }),
  'a cancellation': ({ owner, invited }) => owner.post(`${invited.path}/cancel`),
  'another role': ({ owner, team, bob }) => owner.patch(member(team, bob), { role: 'admin' }),
  'a suspension': ({ owner, team, bob }) => owner.post(`${member(team, bob)}/suspend`),
  'a removal': ({ owner, team, bob }) => owner.delete(member(team, bob)),
  'a departure': ({ team, bob }) => during(onBehalfOf(bob.id)).post(`${team.path}/leave`),
  'a transfer': ({ owner, team, bob }) => owner.post(`${team.path}/ownership-transfer`, { member_id: bob.memberId }),
  'a new name': ({ owner, team }) => owner.patch(team.path, { name: 'Renamed' }),
  'a seat limit': ({ operator, team }) => operator.patch(team.path, { seat_limit: 50 }),
  'a new role': ({ owner, team }) => owner.post(`${team.path}/roles`, { key: 'ab', name: 'A', permissions: [] }),
  'a role less': ({ owner, team }) => owner.delete(`${team.path}/roles/reader?reassign_to=member`),
  'a new key': ({ owner, team }) => owner.post(`${team.path}/api-keys`, { name: 'K', permissions: ['members:read'] }),
  'a refusal of an invitation': ({ invited }) => during(nobody).post(`/v1/invitations/${invited.token}/decline`),
  'a deletion': ({ owner, team }) => owner.delete(team.path),
}

const QUESTIONS: Readonly<Record<string, Act>> = {
  'the organization': ({ owner, team }) => owner.get(team.path),
  'the seats': ({ owner, team }) => owner.get(`${team.path}/seats`),
  'what somebody may do': ({ operator, team, bob }) =>
    operator.get(`${team.path}/access?user_id=${bob.id}&permission=products:use`),
  'what many may do': ({ operator, team, bob }) =>
    operator.post(`${team.path}/access/batch`, { checks: [{ user_id: bob.id, permission: 'products:use' }] }),
  'the members': ({ owner, team }) => owner.get(`${team.path}/members?query=bob`),
  'members nearby': ({ owner, team }) => owner.get(`${team.path}/members?consistency=eventual`),
  'what somebody may do, nearby': ({ operator, team, bob }) =>
    operator.get(`${team.path}/access?user_id=${bob.id}&consistency=eventual`),
  'a member': ({ owner, team, bob }) => owner.get(member(team, bob)),
  'the roster': ({ owner, team }) => owner.get(`${team.path}/roster`),
  'the invitations': ({ owner, team }) => owner.get(`${team.path}/invitations`),
  'the roles': ({ owner, team }) => owner.get(`${team.path}/roles`),
  'the keys': ({ owner, team }) => owner.get(`${team.path}/api-keys`),
  'the log': ({ owner, team }) => owner.get(`${team.path}/events`),
  'whether the log is intact': ({ owner, team }) => owner.get(`${team.path}/events/verify`),
  'an invitation, by its link': ({ invited }) => during(nobody).get(`/v1/invitations/${invited.token}`),
}

describe('while the directory is out of reach, an organization takes', () => {
  test.each(Object.entries(CHANGES))('%s', async (_, act) => {
    const acme = await given()
    const answer = await act(acme)
    expect([200, 201, 204], answer.text).toContain(answer.status)
  })
})

describe('while the directory is out of reach, an organization answers', () => {
  let acme: Given
  beforeAll(async () => {
    acme = await given()
  })
  test.each(Object.entries(QUESTIONS))('%s', async (_, ask) => {
    expect((await ask(acme)).status).toBe(200)
  })
})

describe('while the directory is out of reach, nothing is promised that needs it:', () => {
  let acme: Given
  beforeAll(async () => {
    acme = await given()
  })

  const NEEDS_IT: Readonly<Record<string, Act>> = {
    'all organizations': ({ operator }) => operator.get('/v1/organizations'),
    'my organizations': ({ owner }) => owner.get('/v1/organizations'),
    users: ({ operator }) => operator.get('/v1/users'),
    settings: ({ operator }) => operator.get('/v1/settings'),
    'a new organization': ({ operator }) => operator.post('/v1/organizations', { name: 'New' }),
    'a new user': ({ operator }) => operator.post('/v1/users', { email: 'new@x.test' }),
    'another slug': ({ owner, team }) => owner.patch(team.path, { slug: 'another-slug' }),
    'a member added by address': ({ operator, team }) => operator.post(`${team.path}/members`, { email: 'a@x.test' }),
    'an acceptance, which needs an account': ({ invited }) =>
      during(nobody).post(`/v1/invitations/${invited.token}/accept`),
  }

  test.each(Object.entries(NEEDS_IT))('%s', async (_, ask) => {
    const before = await everythingOf(acme.team)
    const answer = await ask(acme)
    expectProblem(answer as Parameters<typeof expectProblem>[0], 503, 'unavailable', { retry_after: 5 })
    expect(await everythingOf(acme.team)).toEqual(before)
  })

  test('and whoever looks after the service is told', async () => {
    const { body } = await during(operator).get('/health')
    expect(body).toMatchObject({ status: 'degraded', directory: 'unreachable' })
  })
})

describe('after an hour without the directory', () => {
  const STEPS = 10
  const STEP_MS = 6 * 60_000

  /** Every six minutes somebody is invited, somebody's role changes, and the alarm tries in vain to bring it there. */
  async function anHour(acme: Given): Promise<void> {
    const { team, bob, clock, owner } = acme
    for (let step = 0; step < STEPS; step += 1) {
      clock.now += STEP_MS
      created(await owner.post(`${team.path}/invitations`, { email: `hour-${team.id}-${step}@x.test` }))
      await owner.patch(member(team, bob), { role: step % 2 === 0 ? 'reader' : 'member' })
      await runDurableObjectAlarm(env.ORGANIZATION.getByName(team.id))
    }
  }

  const alarmOf = (team: Team) => inside(team, (storage) => storage.getAlarm())

  test('the mails were sent all the while, an alarm is still set, and it brings everything there', async () => {
    const acme = await given()
    await anHour(acme)
    const sent = 'select count(*) as count from mailbox where to_address like ?'
    const all = async () => expect(await inAccounts(sent, `hour-${acme.team.id}-%`)).toEqual([{ count: STEPS }])
    expect(await alarmOf(acme.team)).not.toBeNull()
    const before = await directoryRowsOf(env.DIRECTORY, acme.team.id)
    expect(before.invitations).toHaveLength(1)
    await vi.waitFor(all, { timeout: 60_000, interval: 200 })

    await reseam(acme.team, { project: projectInto(env.DIRECTORY) })
    acme.clock.now += STEP_MS
    await runDurableObjectAlarm(env.ORGANIZATION.getByName(acme.team.id))

    await vi.waitFor(async () => {
      const { ledger: _, events: __, outbox, external_ids: ___, ...rows } = await everythingOf(acme.team)
      expect(await directoryRowsOf(env.DIRECTORY, acme.team.id)).toEqual(rows)
      expect(outbox).toEqual([])
    })
  })

  test('what was committed first arrives first, and the progress never says more than is there', async () => {
    const acme = await given()
    await anHour(acme)
    const arrived: Projection[] = []
    const project = projectInto(env.DIRECTORY)
    await reseam(acme.team, {
      clock: Date.now,
      project: async (projection) => {
        arrived.push(projection)
        const projected = await project(projection)
        await expectHonest(acme.team)
        return projected
      },
    })
    await followed(acme.team)
    const versions = arrived.flatMap(({ rows }) => rows.invitations.map((row) => Number(JSON.parse(row).at(-1))))
    expect(versions.length).toBeGreaterThanOrEqual(STEPS)
    expect(versions).toEqual(versions.toSorted((one, other) => one - other))
  })

  /** Up to the version that the directory claims to have, it has every row that has not changed since. */
  async function expectHonest(team: Team): Promise<void> {
    const query = 'select projected_version as version from projections where organization_id = ?'
    const [progress] = await inDirectory<{ version: number }>(query, team.id)
    const there = await directoryRowsOf(env.DIRECTORY, team.id)
    const own = await everythingOf(team)
    for (const table of ['members', 'invitations', 'roles'] as const) {
      const settled = own[table].filter(({ version }) => Number(version) <= Number(progress?.version))
      expect(there[table]).toEqual(expect.arrayContaining(settled))
    }
  }

  test('people who came and went meanwhile are where they belong', async () => {
    const acme = await given()
    const { team, bob, cat } = acme
    const eve = await newUser()
    await during(operator).delete(member(team, bob))
    await during(operator).patch(member(team, cat), { role: 'admin' })
    created(await as(operator).post(`${team.path}/members`, { user_id: eve.id }))
    await reseam(team, { project: projectInto(env.DIRECTORY), clock: Date.now })
    await followed(team)
    for (const [person, names] of [
      [bob, []],
      [cat, ['Acme']],
      [eve, ['Acme']],
    ] as const) {
      const { body } = await person.api.get('/v1/organizations')
      expect(body.data.map(({ name }: { name: string }) => name)).toEqual(names)
    }
  })
})
