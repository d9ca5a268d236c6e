import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { signInvitationLink } from '../../src/accounts/invitation-link.ts'
import { users } from '../../src/records/account-tables.ts'
import { type Answer, as, bearer, expectInvalid, expectProblem, nobody, onBehalfOf, operator } from '../support/api.ts'
import {
  created,
  type Invited,
  newInvitation,
  newOrganization,
  newUser,
  type Person,
  type Team,
} from '../support/api-builders.ts'
import { broken, databasesThat, organizationsVia, unreachableDatabases } from '../support/api-faults.ts'
import { newApiKey, newSession, someId } from '../support/api-world.ts'

beforeAll(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})

const K1 = { id: 'k1', secret: '9f1c4e7ab2d80635e1fa47c9d3b826507c5e9a1f4d3b8e6027ac91f5d0e3b684' }

const accept = ({ token }: Pick<Invited, 'token'>, client = as(nobody)): Promise<Answer> =>
  client.post(`/v1/invitations/${token}/accept`)

const statusOf = async ({ path }: Invited) => (await as(operator).get(path)).body.status
const membersOf = async (team: Team) => (await as(operator).get(`${team.path}/members`)).body.data
const userOf = async (email: string) =>
  (await as(operator).get(`/v1/users?email=${encodeURIComponent(email)}`)).body.data[0]
const sessionsOf = async (userId: string) =>
  (await env.ACCOUNTS.prepare('select * from sessions where user_id = ?').bind(userId).all()).results

const define = async (key: string, fields: object = {}) =>
  created(await as(operator).post('/v1/user-attributes', { key, label: key, type: 'string', ...fields }))
const undefine = (key: string) => as(operator).delete(`/v1/user-attributes/${key}`)

/** As the owner invites: by mail, whose link nobody else sees; or without one, with the link in the answer. */
async function invitedByOwner(team: Team, email: string, { mailed }: { mailed: boolean }): Promise<Invited> {
  const { id, url } = created<{ id: string; url?: string }>(
    await team.owner.api.post(`${team.path}/invitations`, { email, send_email: mailed }),
  )
  const link = { organizationId: team.id, invitationId: id, sendNumber: 1 }
  expect(url === undefined).toBe(mailed)
  return { id, email, path: `${team.path}/invitations/${id}`, token: signInvitationLink(link, [K1]) }
}

describe('accepting while signed out', () => {
  test('signs in to the account of the address, in the organization that was joined', async () => {
    const team = await newOrganization()
    const { member, session } = (await accept(await newInvitation(team))).body
    expect(session).toMatchObject({ object: 'session', user_id: member.user_id, organization_id: team.id })
    const { data } = (await as(bearer(session.token)).get(`${team.path}/members`)).body
    expect(data).toHaveLength(2)
    expect(await sessionsOf(member.user_id)).toMatchObject([{ method: 'invitation', organization_id: team.id }])
  })

  test('signs in once: an old mail is no key', async () => {
    const invited = await newInvitation(await newOrganization())
    const { session, ...first } = (await accept(invited)).body
    expect((await accept(invited)).body).toEqual(first)
    expect(await sessionsOf(first.member.user_id)).toHaveLength(1)
  })

  test('ten times at once signs in once, and makes one member', async () => {
    const team = await newOrganization()
    const invited = await newInvitation(team)
    const answers = await Promise.all(Array.from({ length: 10 }, () => accept(invited)))
    expect(answers.filter(({ body }) => body.session !== undefined)).toHaveLength(1)
    expect(new Set(answers.map(({ body }) => body.member.id)).size).toBe(1)
    expect(await sessionsOf(answers[0]?.body.member.user_id)).toHaveLength(1)
    expect(await membersOf(team)).toHaveLength(2)
  })

  test('is refused to an account that is being deleted', async () => {
    const user = await newUser()
    const invited = await newInvitation(await newOrganization(), { email: user.email })
    await drizzle(env.ACCOUNTS).update(users).set({ closingAt: 1 }).where(eq(users.id, user.id))
    expectProblem(await accept(invited), 409, 'account_closing')
    expect(await statusOf(invited)).toBe('pending')
  })
})

/** With a session, or by the operator on their behalf: signed in is signed in. */
describe.each([
  ['by a session', async (person: Person) => as(bearer((await newSession(person)).token))],
  ['on behalf', async (person: Person) => as(onBehalfOf(person.id))],
])('accepting while signed in %s', (_, clientOf) => {
  test('as the account of the address joins, verifies it, and starts no other session', async () => {
    const user = await newUser()
    const client = await clientOf(user)
    const before = await sessionsOf(user.id)
    const invited = await newInvitation(await newOrganization(), { email: user.email })
    const { member, session } = (await accept(invited, client)).body
    expect([member.user_id, session]).toEqual([user.id, undefined])
    expect(await sessionsOf(user.id)).toEqual(before)
    expect(await userOf(user.email)).toMatchObject({ id: user.id, email_verified: true })
    expect((await accept(invited, client)).body.member).toEqual(member)
  })

  test('as someone else changes nothing, and the link still works', async () => {
    const team = await newOrganization()
    const invited = await newInvitation(team)
    expectProblem(await accept(invited, await clientOf(await newUser())), 409, 'email_mismatch')
    expect(await statusOf(invited)).toBe('pending')
    expect(await membersOf(team)).toHaveLength(1)
    expect(await userOf(invited.email)).toBeUndefined()
    expect((await accept(invited)).status).toBe(200)
  })

  test('as someone else comes too late after the invitee', async () => {
    const invited = await newInvitation(await newOrganization())
    await accept(invited)
    expectProblem(await accept(invited, await clientOf(await newUser())), 409, 'invitation_not_pending')
  })
})

describe('a credential', () => {
  test('that does not hold is refused, and not taken for none', async () => {
    const invited = await newInvitation(await newOrganization())
    const { session, token } = await newSession(await newUser())
    await env.ACCOUNTS.prepare('delete from sessions where id = ?').bind(session.id).run()
    const unheld = [bearer(token), bearer('nonsense'), { Authorization: 'Basic eDp5' }]
    for (const credential of unheld) {
      expectProblem(await accept(invited, as(credential)), 401, 'unauthenticated')
    }
    expectInvalid(await accept(invited, as(onBehalfOf(someId('usr')))), 'Muster-On-Behalf-Of')
    expect(await statusOf(invited)).toBe('pending')
  })

  test('of no person leaves it to the link', async () => {
    const key = (await newApiKey(await newOrganization())).api
    for (const client of [as(operator), key]) {
      const invited = await newInvitation(await newOrganization())
      const { member, session } = (await accept(invited, client)).body
      expect(member).toMatchObject({ email: invited.email })
      expect(session.user_id).toBe(member.user_id)
    }
  })
})

describe('a link of somebody who invites', () => {
  test('handed to them rather than mailed opens nobody’s account, and makes none', async () => {
    const team = await newOrganization()
    const victim = await newUser('Victim', { email_verified: true })
    for (const email of [victim.email, 'unheard-of@x.test']) {
      const invited = await invitedByOwner(team, email, { mailed: false })
      expectProblem(await accept(invited), 403, 'email_unproven')
      expect(await statusOf(invited)).toBe('pending')
    }
    expect(await sessionsOf(victim.id)).toEqual([])
    expect(await userOf('unheard-of@x.test')).toBeUndefined()
  })

  test('handed to them is accepted by a verified account of the address', async () => {
    const team = await newOrganization()
    const user = await newUser()
    const invited = await invitedByOwner(team, user.email, { mailed: false })
    expectProblem(await accept(invited, user.api), 403, 'email_unproven')
    await as(operator).patch(`/v1/users/${user.id}`, { email_verified: true })
    expect((await accept(invited, user.api)).body.member.user_id).toBe(user.id)
    expectProblem(await accept(invited), 409, 'invitation_not_pending')
  })

  test('that was mailed proves the address', async () => {
    const invited = await invitedByOwner(await newOrganization(), 'mailed@x.test', { mailed: true })
    expect((await accept(invited)).body.session).toMatchObject({ object: 'session' })
  })
})

describe('what people say of themselves when they join', () => {
  const acceptSaying = ({ token }: Invited, said: object, client = as(nobody)) =>
    client.post(`/v1/invitations/${token}/accept`, said)

  afterAll(async () => {
    for (const key of ['department', 'plan']) await undefine(key)
  })

  test('is taken over by the account, whose name is the one they give', async () => {
    const invited = await newInvitation(await newOrganization(), { name: 'A Guess' })
    const { member } = (await acceptSaying(invited, { name: 'Ida Lind' })).body
    expect(member.name).toBe('Ida Lind')
    expect(await userOf(invited.email)).toMatchObject({ name: 'Ida Lind' })
  })

  test('must hold all that is required of them, or nothing changes', async () => {
    await define('department', { required: true, user_editable: true })
    await define('plan')
    const team = await newOrganization()
    const known = await newUser()
    const invited = await newInvitation(team)
    const toKnown = await newInvitation(team, { email: known.email })

    for (const answer of [await accept(invited), await acceptSaying(toKnown, { name: 'Another' }, known.api)]) {
      expectProblem(answer, 422, 'attributes_required', { attributes: [{ key: 'department', required: true }] })
    }
    expectInvalid(await acceptSaying(invited, { attributes: { department: 'Sales', plan: 'pro' } }), 'attributes.plan')
    expectInvalid(await acceptSaying(invited, { attributes: { department: '' } }), 'attributes.department')
    expectInvalid(await acceptSaying(invited, { role: 'owner' }), 'role')
    expect([await statusOf(invited), await statusOf(toKnown)]).toEqual(['pending', 'pending'])
    expect(await userOf(invited.email)).toBeUndefined()
    expect(await userOf(known.email)).toMatchObject({ name: known.name, email_verified: false })

    const { member } = (await acceptSaying(invited, { attributes: { department: 'Sales' } })).body
    expect(member.attributes).toEqual({ department: 'Sales' })
    expect(await userOf(invited.email)).toMatchObject({ attributes: { department: 'Sales' } })
  })

  test('is not asked again of an account that has it, nor of somebody whom the invitation is not for', async () => {
    const user = await newUser('Ann', { attributes: { department: 'Support' } })
    const invited = await newInvitation(await newOrganization(), { email: user.email })
    expectProblem(await accept(invited, (await newUser()).api), 409, 'email_mismatch')
    expect((await accept(invited, user.api)).body.member.attributes).toEqual({ department: 'Support' })
  })
})

describe('while the directory is out of reach', () => {
  test('nothing is accepted, and nothing changes', async () => {
    const user = await newUser()
    const invited = await newInvitation(await newOrganization(), { email: user.email })
    const cutOff = broken(unreachableDatabases())
    for (const credential of [nobody, onBehalfOf(user.id)]) {
      expectProblem(await accept(invited, as(credential, cutOff)), 503, 'unavailable')
    }
    expect(await statusOf(invited)).toBe('pending')
  })

  test('from the moment of acceptance on, the member stands, and signs in later', async () => {
    const team = await newOrganization()
    const invited = await newInvitation(team)
    let isDown = false
    const ORGANIZATION = organizationsVia((object) => ({
      read: (request) => object.read(request),
      execute: async (request) => {
        const executed = await object.execute(request)
        isDown = true
        return executed
      },
    }))
    const failing = broken({ ...databasesThat(() => isDown), ORGANIZATION })
    const answer = await accept(invited, as(nobody, failing))
    expect([answer.status, answer.body.session]).toEqual([200, undefined])
    expect(await membersOf(team)).toHaveLength(2)
  })
})
