import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { users } from '../../src/records/account-tables.ts'
import { everythingOf } from '../features/storage.ts'
import { type Answer, as, bearer, expectInvalid, expectProblem, nobody, onBehalfOf, operator } from '../support/api.ts'
import {
  created,
  followed,
  type Invited,
  newInvitation,
  newOrganization,
  newUser,
  type Person,
  reseam,
  type Team,
} from '../support/api-builders.ts'
import { broken, organizationsVia } from '../support/api-faults.ts'
import { newSession } from '../support/api-world.ts'
import { runCron } from '../support/cron.ts'
import { directoryRowsOf } from '../support/organization-rows.ts'
import { projectInto } from '../support/projecting.ts'

/* What must be known of people before they join, and what becomes of them when their account changes at that moment. */

beforeAll(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})

const accept = ({ token }: Pick<Invited, 'token'>, client = as(nobody)): Promise<Answer> =>
  client.post(`/v1/invitations/${token}/accept`)
const statusOf = async ({ path }: Invited) => (await as(operator).get(path)).body.status
const userOf = async (email: string) =>
  (await as(operator).get(`/v1/users?email=${encodeURIComponent(email)}`)).body.data[0]
const define = async (key: string, fields: object = {}) =>
  created(await as(operator).post('/v1/user-attributes', { key, label: key, type: 'string', ...fields }))
const undefine = (key: string) => as(operator).delete(`/v1/user-attributes/${key}`)

type Way = (invited: Invited, said?: object) => Promise<Answer>

/** Each for an address of its own, into an organization whose last seat the invitation takes. */
const WAYS: readonly [string, (team: Team) => Promise<{ readonly invited: Invited; readonly accepting: Way }>][] = [
  [
    'by link, as nobody yet',
    async (team) => ({
      invited: await newInvitation(team),
      accepting: ({ token }, said) => as(nobody).post(`/v1/invitations/${token}/accept`, said),
    }),
  ],
  [
    'by link, with a session',
    async (team) => {
      const user = await newUser()
      const { token: session } = await newSession(user)
      return {
        invited: await newInvitation(team, { email: user.email }),
        accepting: ({ token }, said) => as(bearer(session)).post(`/v1/invitations/${token}/accept`, said),
      }
    },
  ],
  [
    'by the verified address',
    async (team) => {
      const user = await newUser('Ann Lee', { email_verified: true })
      const invited = await newInvitation(team, { email: user.email })
      await followed(team)
      const path = `/v1/users/me/invitations/${invited.id}/accept`
      const { token } = await newSession(user)
      return { invited, accepting: (_, said) => as(bearer(token)).post(path, said) }
    },
  ],
]

describe.each(WAYS)('what is required of whoever joins %s', (_, invitedTo) => {
  const required = { required: true, user_editable: true }
  afterEach(async () => {
    for (const key of ['cost_center', 'starts_on', 'plan']) await undefine(key)
  })

  test('must be there, of the right kind, and theirs to say; before that nothing is taken', async () => {
    const team = await newOrganization({ seat_limit: 2 })
    const { invited, accepting } = await invitedTo(team)
    await define('cost_center', { ...required, type: 'number' })
    await define('starts_on', { ...required, type: 'date' })
    await define('plan', { required: true })
    const all = { cost_center: 7, starts_on: '2026-03-02' }
    const seats = async () => (await as(operator).get(`${team.path}/seats`)).body
    const { revision } = (await as(operator).get(team.path)).body
    const before = await userOf(invited.email)

    const named = (...keys: string[]) => ({ attributes: keys.map((key) => ({ object: 'user_attribute', key })) })
    const missing = [undefined, {}, { attributes: {} }, { name: 'Ida Lind', attributes: { cost_center: 7 } }]
    const keys = [
      ['cost_center', 'starts_on'],
      ['cost_center', 'starts_on'],
      ['cost_center', 'starts_on'],
      ['starts_on'],
    ]
    for (const [index, said] of missing.entries()) {
      const answer = await accepting(invited, said)
      expectProblem(answer, 422, 'attributes_required', named(...(keys[index] ?? [])))
    }
    const wrong: readonly [object, ...string[]][] = [
      [{ cost_center: '7', starts_on: '2026-02-30' }, 'attributes.cost_center', 'attributes.starts_on'],
      [{ ...all, cost_center: null }, 'attributes.cost_center'],
      [{ ...all, shoe_size: 43 }, 'attributes.shoe_size'],
      [{ ...all, plan: 'pro' }, 'attributes.plan'],
    ]
    for (const [attributes, ...paths] of wrong) expectInvalid(await accepting(invited, { attributes }), ...paths)

    expect(await seats()).toMatchObject({ used: 2, active: 1, pending: 1 })
    expect((await as(operator).get(team.path)).body.revision).toBe(revision)
    expect(await userOf(invited.email)).toEqual(before)

    expect((await accepting(invited, { attributes: all })).body.member.attributes).toEqual(all)
    expect((await userOf(invited.email)).attributes).toEqual(all)
    expect(await seats()).toMatchObject({ used: 2, active: 2, pending: 0 })
  })
})

test('who signs up founds an organization once all that is required is said', async () => {
  await define('cost_center', { required: true, user_editable: true, type: 'number' })
  try {
    const user = await newUser()
    const client = as(bearer((await newSession(user)).token))
    const found = () => client.post('/v1/organizations', { name: 'Acme' })
    expectProblem(await found(), 422, 'attributes_required', { attributes: [{ key: 'cost_center' }] })
    expect((await client.get('/v1/organizations')).body.data).toEqual([])
    expectInvalid(
      await client.patch('/v1/users/me', { attributes: { cost_center: 'seven' } }),
      'attributes.cost_center',
    )
    await client.patch('/v1/users/me', { attributes: { cost_center: 7 } })
    expect((await found()).status).toBe(201)
  } finally {
    await undefine('cost_center')
  }
})

describe('an account that changes while its person joins', () => {
  /** The organizations, on the way to which this happens, once the account was read and before it joins. */
  const meanwhile = (happens: () => Promise<unknown>) =>
    broken({
      ORGANIZATION: organizationsVia((object) => ({
        read: (request) => object.read(request),
        execute: async (request) => {
          if ('type' in request.command && request.command.type === 'AcceptInvitation') await happens()
          return object.execute(request)
        },
      })),
    })
  const personal = async (team: Team, ...texts: string[]) => {
    await followed(team)
    const own = await everythingOf(team)
    const inD1 = await directoryRowsOf(env.DIRECTORY, team.id)
    return [own, inD1].map((rows) => texts.filter((text) => JSON.stringify(rows).includes(text)))
  }
  const namedUser = () => newUser('Quintus Wexford')

  test.each([
    ['a session', (user: Person) => onBehalfOf(user.id)],
    ['a link alone', () => nobody],
  ])('by %s: the member has name, address and values as they are', async (_, credentialOf) => {
    await define('floor', { user_editable: true })
    const [team, user] = [await newOrganization(), await namedUser()]
    const invited = await newInvitation(team, { email: user.email })
    const changes = { name: 'Rhea Wexford', email: `now-${user.email}`, attributes: { floor: 'third' } }
    const change = () => as(operator).patch(`/v1/users/${user.id}`, changes)

    const { member } = (await accept(invited, as(credentialOf(user), meanwhile(change)))).body

    const shown = (await as(operator).get(`${team.path}/members/${member.id}`)).body
    const { name, email, attributes } = changes
    expect(shown).toMatchObject({ user_id: user.id, status: 'active', name, email, attributes })
    expect(await statusOf(invited)).toBe('accepted')
    await undefine('floor')
  })

  test.each([
    ['a session', (user: Person) => onBehalfOf(user.id)],
    ['a link alone', () => nobody],
  ])('by %s: it is deleted, joins nothing and leaves nothing', async (_, credentialOf) => {
    const [team, user] = [await newOrganization({ seat_limit: 2 }), await namedUser()]
    const invited = await newInvitation(team, { email: user.email })
    await followed(team)
    const remove = () => as(operator).delete(`/v1/users/${user.id}`)
    await followed(team)

    const answer = await accept(invited, as(credentialOf(user), meanwhile(remove)))

    // The deletion has canceled the invitation by then.
    expectProblem(answer, 410, 'invitation_canceled')
    expect(await personal(team, 'Quintus', user.email)).toEqual([[], []])
    expect((await as(operator).get(`${team.path}/seats`)).body).toMatchObject({ used: 1, active: 1, pending: 0 })
    expect((await as(operator).get(`${team.path}/events/verify`)).body).toMatchObject({ valid: true })
    expect((await as(operator).get(`/v1/users/${user.id}`)).status).toBe(404)
  })

  test('and closes before it says who it is: nothing is taken', async () => {
    const [team, user] = [await newOrganization(), await namedUser()]
    const invited = await newInvitation(team, { email: user.email })
    const close = () => drizzle(env.ACCOUNTS).update(users).set({ closingAt: 1 }).where(eq(users.id, user.id))
    const ACCOUNTS = new Proxy(env.ACCOUNTS, {
      get(target, name) {
        const value = Reflect.get(target, name) as unknown
        if (name === 'batch') return (all: D1PreparedStatement[]) => close().then(() => target.batch(all))
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
    expectProblem(await accept(invited, as(onBehalfOf(user.id), broken({ ACCOUNTS }))), 409, 'account_closing')
    expect(await statusOf(invited)).toBe('pending')
    expect(await userOf(user.email)).toMatchObject({ name: user.name, email_verified: false })
  })

  test('is found by the sweep where nobody could follow any more', async () => {
    const [team, user] = [await newOrganization(), await namedUser()]
    // The directory knows nothing of invitation and member while the account is deleted.
    await reseam(team, { project: () => Promise.reject(new Error('D1_ERROR: Network connection lost.')) })
    const invited = await newInvitation(team, { email: user.email })
    expect((await accept(invited, user.api)).status).toBe(200)
    expect((await user.api.delete('/v1/users/me')).status).toBe(204)
    await reseam(team, { project: projectInto(env.DIRECTORY) })
    expect(await personal(team, 'Quintus')).toEqual([['Quintus'], ['Quintus']])

    await runCron(Date.now())

    expect(await personal(team, 'Quintus', user.email)).toEqual([[], []])
    expect((await as(operator).get(`${team.path}/members`)).body.data).toHaveLength(1)
  })

  test('and founds an organization is nobody’s owner once it closes', async () => {
    const user = await newUser()
    await drizzle(env.ACCOUNTS).update(users).set({ closingAt: 1 }).where(eq(users.id, user.id))
    expectInvalid(await user.api.post('/v1/organizations', { name: 'Acme' }), 'Muster-On-Behalf-Of')
    const body = { name: 'Acme', owner_user_id: user.id }
    expectInvalid(await as(operator).post('/v1/organizations', body), 'owner_user_id')
  })
})
