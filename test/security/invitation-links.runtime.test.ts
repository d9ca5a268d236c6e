import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { signInvitationLink } from '../../src/accounts/invitation-link.ts'
import { configOf } from '../../src/env.ts'
import { tamper } from '../features/storage.ts'
import { type Answer, as, bearer, type Client, expectProblem, nobody, onBehalfOf, operator } from '../support/api.ts'
import {
  created,
  followed,
  type Invited,
  newHandedInvitation,
  newInvitation,
  newMember,
  newOrganization,
  newUser,
  type Person,
  remove,
  reseam,
  suspend,
  type Team,
} from '../support/api-builders.ts'
import { broken, unreachableDatabases } from '../support/api-faults.ts'
import { newApiKey, newSession, someId } from '../support/api-world.ts'
import { mailedTo } from '../support/sign-in.ts'

/*
 * Every way in by an invitation × every person who has no business there: each cell is a request and its exact answer.
 */

const { LINK_KEYS } = configOf(env)
const MINUTE = 60_000

let people = 0
const newEmail = () => `passer-by-${++people}@x.test`

beforeAll(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})

const accept = ({ token }: Pick<Invited, 'token'>, client: Client = as(nobody)): Promise<Answer> =>
  client.post(`/v1/invitations/${token}/accept`)

/** By the owner, with a mail whose link only the invited email gets. */
async function mailedInvitation(team: Team, email: string, sendNumber = 1): Promise<Invited> {
  const { id, url } = created<{ id: string; url?: string }>(
    await team.owner.api.post(`${team.path}/invitations`, { email }),
  )
  expect(url).toBeUndefined()
  return { id, email, path: `${team.path}/invitations/${id}`, token: tokenOf(team, id, sendNumber) }
}

const tokenOf = ({ id: organizationId }: { id: string }, invitationId: string, sendNumber: number) =>
  signInvitationLink({ organizationId, invitationId, sendNumber }, LINK_KEYS)

const count = async (sql: string, ...values: string[]) =>
  (await env.ACCOUNTS.prepare(sql)
    .bind(...values)
    .first<number>('count(*)')) ?? 0
const sessionsOf = ({ id }: { id: string }) => count('select count(*) from sessions where user_id = ?', id)
const codesFor = (email: string) => count('select count(*) from email_challenges where email = ?', email)
const statusOf = async ({ path }: Invited) => (await as(operator).get(path)).body.status
const verify = async (email: string) =>
  as(nobody).post('/v1/sign-in/email/verify', { email, code: (await mailedTo(email)).code })

/** An account with something to lose. Links to it open nothing. */
type Loser = (inviting: Team) => Promise<Person>

const joined = async (team: Team): Promise<Person> => {
  const member = await newMember(team)
  await followed(team)
  return member
}

const HOLDERS: readonly [string, Loser][] = [
  ['a member elsewhere', async () => joined(await newOrganization())],
  [
    'a member elsewhere who is suspended',
    async () => {
      const team = await newOrganization()
      const member = await newMember(team)
      await suspend(team, member)
      await followed(team)
      return member
    },
  ],
  [
    'a member elsewhere who was removed',
    async () => {
      const team = await newOrganization()
      const member = await newMember(team)
      await remove(team, member)
      await followed(team)
      return member
    },
  ],
  [
    'a member of the inviting organization who was removed, as only the organization knows yet',
    async (inviting) => {
      await reseam(inviting, { project: () => Promise.reject(new Error('D1_ERROR: Network connection lost.')) })
      const member = await newMember(inviting)
      await remove(inviting, member)
      return member
    },
  ],
  [
    'a person who has signed in once, and is signed out',
    async () => {
      const person = await newUser()
      const { session } = await newSession(person)
      await env.ACCOUNTS.prepare('delete from sessions where id = ?').bind(session.id).run()
      return person
    },
  ],
  [
    'a person with a linked identity',
    async () => {
      const person = await newUser()
      const link = 'insert into identities (id, issuer, subject, user_id, created_at) values (?, ?, ?, ?, 0)'
      await env.ACCOUNTS.prepare(link).bind(someId('idn'), 'https://issuer.test', person.id, person.id).run()
      return person
    },
  ],
  [
    'a person whom another link has let in already',
    async () => {
      const first = await newInvitation(await newOrganization())
      const { member, session } = (await accept(first)).body
      await as(bearer(session.token)).post('/v1/sign-out')
      return { id: member.user_id, email: first.email, name: '', api: as(onBehalfOf(member.user_id)) }
    },
  ],
]

describe.each(HOLDERS)('the account of %s', (_, newHolder) => {
  let [team, holder, invited, answer]: [Team, Person, Invited, Answer] = [] as never
  beforeAll(async () => {
    team = await newOrganization()
    holder = await newHolder(team)
    invited = await mailedInvitation(team, holder.email)
    const before = await sessionsOf(holder)
    answer = await accept(invited)
    expect(await sessionsOf(holder)).toBe(before)
  })

  test('opens to nobody by a forwarded link: a code is mailed, and nothing is accepted', async () => {
    expect([answer.status, answer.body]).toEqual([
      202,
      { object: 'sign_in_required', sign_in_required: true, email: holder.email, expires_at: expect.any(String) },
    ])
    expect(await statusOf(invited)).toBe('pending')
    expect(await codesFor(holder.email)).toBe(1)
    const { data } = (await team.owner.api.get(`${team.path}/members?status=active`)).body
    expect(data.map(({ email }: { email: string }) => email)).not.toContain(holder.email)
  })

  test('joins by the code, which starts a session that reaches everything', async () => {
    const signedIn = await verify(holder.email)
    expect(signedIn.status).toBe(201)
    expect(signedIn.body).toMatchObject({
      ...{ object: 'session', user_id: holder.id, organization_id: team.id, reach_organization_id: null },
      ...{ method: 'email_code', account_created: false },
      member: { user_id: holder.id, organization_id: team.id, status: 'active', source: 'invitation' },
      organization: { id: team.id },
    })
    expect(await statusOf(invited)).toBe('accepted')
    const api = as(bearer(signedIn.body.token))
    expect((await api.get('/v1/users/me/organizations')).status).toBe(200)
  })
})

describe('an account with nothing to lose', () => {
  const NEW: readonly [string, () => Promise<string>][] = [
    ['that does not exist yet', async () => newEmail()],
    ['that the operator made', async () => (await newUser()).email],
    ['that the operator made and verified', async () => (await newUser('Vera', { email_verified: true })).email],
  ]
  test.each(NEW)('%s joins by the link, and its session reaches that organization only', async (_, emailOf) => {
    const [team, email] = [await newOrganization(), await emailOf()]
    const { body } = await accept(await mailedInvitation(team, email))
    expect(body.session).toMatchObject({ organization_id: team.id, reach_organization_id: team.id })
    expect(body.member).toMatchObject({ email, status: 'active' })
  })

  test('joins one organization when the links of two are used at once', async () => {
    for (const makes of ['no account', 'an account']) {
      const email = makes === 'an account' ? (await newUser()).email : newEmail()
      const teams = [await newOrganization(), await newOrganization()]
      const links = await Promise.all(teams.map((team) => mailedInvitation(team, email)))
      const answers = await Promise.all(links.map((one) => accept(one)))
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 202])
      const statuses = await Promise.all(links.map(statusOf))
      expect(statuses.sort()).toEqual(['accepted', 'pending'])
    }
  })
})

describe('a session that a link began', () => {
  let [team, elsewhere, other]: [Team, Team, Invited] = [] as never
  let [api, user, sessionId]: [Client, { id: string; email: string }, string] = [] as never
  beforeAll(async () => {
    team = await newOrganization()
    elsewhere = await newOrganization()
    const invited = await newInvitation(team, { role: 'admin' })
    const { member, session } = (await accept(invited)).body
    api = as(bearer(session.token))
    sessionId = session.id
    user = { id: member.user_id, email: invited.email }
    created(await as(operator).post(`${elsewhere.path}/members`, { user_id: user.id, role: 'owner' }))
    other = await newInvitation(await newOrganization(), { email: user.email })
  })

  test.each([
    ['GET', () => team.path],
    ['GET', () => `${team.path}/members`],
    ['GET', () => `${team.path}/access?permission=members:manage`],
    ['GET', () => '/v1/session'],
    ['GET', () => '/v1/users/me'],
  ])('reaches its organization and itself: %s %s', async (method, path) => {
    expect((await api.call(method, path())).status).toBe(200)
  })

  test.each([
    ['GET', () => elsewhere.path],
    ['GET', () => `${elsewhere.path}/members`],
    ['DELETE', () => elsewhere.path],
    ['GET', () => '/v1/organizations/org_01h455vb4pex5vsknk084sn02q'],
    ['GET', () => '/v1/organizations'],
    ['POST', () => '/v1/organizations', { name: 'Mine' }],
    ['GET', () => '/v1/users/me/organizations'],
    ['GET', () => '/v1/users/me/invitations'],
    ['POST', () => `/v1/users/me/invitations/${other.id}/accept`],
    ['POST', () => `/v1/users/me/invitations/${other.id}/decline`],
    ['POST', () => `/v1/invitations/${other.token}/accept`],
    ['PATCH', () => '/v1/users/me', { name: 'Mallory' }],
    ['DELETE', () => '/v1/users/me'],
    ['GET', () => '/v1/users/me/sessions'],
    ['DELETE', () => '/v1/users/me/sessions'],
    ['POST', () => '/v1/users/me/email', { email: 'mallory@x.test' }],
    ['POST', () => '/v1/session/organization', { organization_id: null }],
    ['GET', () => '/v1/settings'],
  ] as readonly [string, () => string, object?][])('reaches nothing else: %s %s', async (method, path, body) => {
    expectProblem(await api.call(method, path(), { body }), 403, 'reauthentication_required')
  })

  test('is no verified account for a link that proves nothing', async () => {
    const { memberId } = (await api.get(`${team.path}/members`)).body.data.find(
      (one: { user_id: string }) => one.user_id === user.id,
    )
    expect(memberId).toBeUndefined()
    const again = await newOrganization()
    const handed = await newHandedInvitation(again, { email: user.email })
    expectProblem(await accept(handed, api), 403, 'reauthentication_required')
    expectProblem(await accept(handed), 403, 'email_unproven')
  })

  test('reaches everything once its person has typed a code', async () => {
    expect((await api.post('/v1/session/reauthenticate')).status).toBe(202)
    const { code } = await mailedTo(user.email, 'reauthentication')
    const proven = await api.post('/v1/session/reauthenticate/verify', { code })
    expect(proven.body).toMatchObject({ id: sessionId, reach_organization_id: null })
    expect((await api.get(elsewhere.path)).status).toBe(200)
    expect((await api.get('/v1/users/me/organizations')).status).toBe(200)
  })
})

describe('a link', () => {
  test.each<[string, (team: Team, invited: Invited) => Promise<Client>, boolean]>([
    ['the operator, by mail', async () => as(operator), true],
    ['the owner, by mail', async (team) => team.owner.api, false],
    ['an admin, by mail', async (team) => (await newMember(team, 'admin')).api, false],
    ['a key, by mail', async (team) => (await newApiKey(team)).api, false],
  ])('of an invitation that was made by %s is seen by the operator alone', async (_, clientOf, isSeen) => {
    const team = await newOrganization()
    const client = await clientOf(team, undefined as never)
    const invitation = created<{ id: string; url?: string }>(
      await client.post(`${team.path}/invitations`, { email: newEmail() }),
    )
    expect(invitation.url !== undefined).toBe(isSeen)
    const path = `${team.path}/invitations`
    for (const reader of [team.owner.api, as(onBehalfOf(team.owner.id))]) {
      for (const page of [path, `${path}/${invitation.id}`, `${team.path}/roster`, `${team.path}/events/export`]) {
        expect((await reader.get(page)).text).not.toContain('k1.org_')
      }
    }
  })

  test('that the operator made without a mail is shown to the operator, and again to nobody', async () => {
    const team = await newOrganization()
    const invited = await newInvitation(team)
    await reseam(team, { clock: () => Date.now() + 2 * MINUTE })
    const resent = await team.owner.api.post(`${invited.path}/resend`)
    expect([resent.status, resent.body.url]).toEqual([200, undefined])
  })

  test('that its maker sees opens no account: not to them, and not signed out', async () => {
    const team = await newOrganization()
    const victim = await newUser('Victim', { email_verified: true })
    for (const maker of [team.owner.api, (await newApiKey(team)).api]) {
      const made = created<{ id: string; url: string }>(
        await maker.post(`${team.path}/invitations`, { email: victim.email, send_email: false }),
      )
      const link = { token: made.url.split('/').at(-1) ?? '' }
      expectProblem(await accept(link), 403, 'email_unproven')
      expectProblem(await accept(link, as(operator)), 403, 'email_unproven')
      expectProblem(await accept(link, team.owner.api), 409, 'email_mismatch')
      await team.owner.api.post(`${team.path}/invitations/${made.id}/cancel`)
    }
    expect(await sessionsOf(victim)).toBe(0)
    expect(await codesFor(victim.email)).toBe(0)
  })

  test('that was accepted gives no session to the holder of an old mail', async () => {
    const invited = await mailedInvitation(await newOrganization(), newEmail())
    expect((await accept(invited)).body.session).toBeDefined()
    const again = await accept(invited)
    expect([again.status, again.body.session]).toEqual([200, undefined])
  })

  test('that was accepted by an account it did not open tells its holder nothing about the member', async () => {
    const team = await newOrganization()
    const person = await newUser('Known One')
    const { token: session } = await newSession(person)
    const invited = await mailedInvitation(team, person.email)
    const signedIn = as(bearer(session))
    const first = await accept(invited, signedIn)
    expect(first.status).toBe(200)
    const stranger = await accept(invited)
    expectProblem(stranger, 409, 'invitation_not_pending', { invitation_status: 'accepted' })
    expect(stranger.text).not.toContain('Known One')
    expect((await accept(invited, signedIn)).body.member.id).toBe(first.body.member.id)
  })

  test('that was replaced by a newer one tells nothing about the member who accepted by the newer one', async () => {
    const team = await newOrganization()
    const invited = await mailedInvitation(team, newEmail())
    await reseam(team, { clock: () => Date.now() + 2 * MINUTE })
    expect((await team.owner.api.post(`${invited.path}/resend`)).status).toBe(200)
    const newest = { token: tokenOf(team, invited.id, 2) }
    const { member } = (await accept(newest)).body
    expectProblem(await accept(invited), 409, 'invitation_not_pending')
    expectProblem(await accept({ token: tokenOf(team, invited.id, 7) }), 409, 'invitation_not_pending')
    expect((await accept(newest)).body.member.id).toBe(member.id)
  })

  test('that was accepted is nothing to another account, in the same browser or not', async () => {
    const invited = await mailedInvitation(await newOrganization(), newEmail())
    await accept(invited)
    expectProblem(await accept(invited, (await newUser()).api), 409, 'invitation_not_pending')
  })

  test('that is open says to another account in the same browser whose it is not', async () => {
    const invited = await mailedInvitation(await newOrganization(), newEmail())
    const someone = as(bearer((await newSession(await newUser())).token))
    expectProblem(await accept(invited, someone), 409, 'email_mismatch')
    expect(await statusOf(invited)).toBe('pending')
  })

  test('of a member who was removed since says so', async () => {
    const team = await newOrganization()
    const invited = await mailedInvitation(team, newEmail())
    const { member, session } = (await accept(invited)).body
    await team.owner.api.delete(`${team.path}/members/${member.id}`)
    for (const client of [as(nobody), as(bearer(session.token))]) {
      const answer = await accept(invited, client)
      expectProblem(answer, 409, 'invitation_not_pending', { invitation_status: 'accepted' })
      expect(answer.body.detail).toBe('You accepted this invitation, and you no longer belong to the organization.')
    }
  })

  test.each<[string, (team: Team, invited: Invited) => Promise<unknown>, number, string]>([
    ['canceled', (team, { path }) => team.owner.api.post(`${path}/cancel`), 410, 'invitation_canceled'],
    [
      'expired',
      (team, { id }) => tamper(team, 'update invitations set expires_at = 1 where id = ?', id),
      ...([410, 'invitation_expired'] as const),
    ],
    ['declined', (_, { token }) => as(nobody).post(`/v1/invitations/${token}/decline`), 410, 'invitation_declined'],
    [
      'superseded',
      async (team, { path }) => {
        await reseam(team, { clock: () => Date.now() + 2 * MINUTE })
        expect((await team.owner.api.post(`${path}/resend`)).status).toBe(200)
        await reseam(team, { clock: Date.now })
      },
      ...([410, 'invitation_link_superseded'] as const),
    ],
  ])('that is %s opens nothing, and mails no code', async (_, settle, status, code) => {
    const team = await newOrganization()
    const holder = await joined(await newOrganization())
    for (const email of [newEmail(), holder.email]) {
      const invited = await mailedInvitation(team, email)
      await settle(team, invited)
      expectProblem(await accept(invited), status, code)
      expect(await codesFor(email)).toBe(0)
    }
  })

  test('opens nothing while D1 is down', async () => {
    const cutOff = as(nobody, broken(unreachableDatabases()))
    for (const email of [newEmail(), (await newUser()).email]) {
      const invited = await mailedInvitation(await newOrganization(), email)
      expectProblem(await accept(invited, cutOff), 503, 'unavailable')
      expect(await statusOf(invited)).toBe('pending')
    }
  })

  test('of an invitation that is over by the time the code is typed: the code only signs in', async () => {
    const team = await newOrganization()
    const holder = await joined(await newOrganization())
    const invited = await mailedInvitation(team, holder.email)
    expect((await accept(invited)).status).toBe(202)
    await team.owner.api.post(`${invited.path}/cancel`)
    const signedIn = await verify(holder.email)
    expect([signedIn.status, signedIn.body.member, signedIn.body.organization]).toEqual([201, undefined, undefined])
    expect(await statusOf(invited)).toBe('canceled')
  })
})

describe('the session of a person', () => {
  test('who was removed or suspended names no organization', async () => {
    for (const end of [remove, suspend]) {
      const team = await newOrganization()
      const member = await newMember(team)
      const { token } = await newSession(member)
      const api = as(bearer(token))
      await api.post('/v1/session/organization', { organization_id: team.id })
      expect((await api.get('/v1/session')).body.organization_id).toBe(team.id)
      await end(team, member)
      expect((await api.get('/v1/session')).body.organization_id).toBeNull()
      expect((await api.get('/v1/users/me/sessions')).body.data[0].organization_id).toBeNull()
    }
  })
})
