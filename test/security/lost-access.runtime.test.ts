import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Answer, as, bearer, type Client, expectProblem, type Fetch, operator } from '../support/api.ts'
import {
  followed,
  type Member,
  newMember,
  newOrganization,
  newUser,
  remove,
  suspend,
  type Team,
} from '../support/api-builders.ts'
import { broken, unreachableDatabases } from '../support/api-faults.ts'
import { newApiKey, newSession } from '../support/api-world.ts'
import { newIssuer, type PaperIssuer } from '../support/paper-issuer.ts'
import { mailedTo } from '../support/sign-in.ts'

/*
 * Every credential of a member × everything that ends or narrows it: each cell is a request into the organization and its
 * exact answer. All credentials have been used before, so caches know them.
 */

type Refused = readonly [status: number, code: string, fields?: object]

const UNAUTHENTICATED: Refused = [401, 'unauthenticated']
const NO_ORGANIZATION: Refused = [404, 'not_found']

let issuer: PaperIssuer
let withIssuer: Fetch
let networks = 0
let from: Record<string, string>

beforeAll(async () => {
  issuer = await newIssuer()
  withIssuer = broken({ TRUSTED_ISSUERS: JSON.stringify([issuer.trusted]) })
})

beforeEach(() => {
  from = { 'CF-Connecting-IP': `198.18.1.${++networks}` }
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})

const sessionOf = async (person: { id: string }): Promise<Client> => as(bearer((await newSession(person)).token))

/** Reading and writing, since either alone may be shut. */
const requests = (team: Team, client: Client): Promise<[string, Answer][]> =>
  Promise.all([
    client.get(team.path).then((answer): [string, Answer] => ['reads', answer]),
    client.get(`${team.path}/members`).then((answer): [string, Answer] => ['lists', answer]),
    client
      .post(`${team.path}/invitations`, { email: `guest-${++networks}@x.test` })
      .then((answer): [string, Answer] => ['invites', answer]),
  ])

async function expectOpen(team: Team, client: Client): Promise<void> {
  for (const [what, { status }] of await requests(team, client)) {
    expect([what, status]).toEqual([what, what === 'invites' ? 201 : 200])
  }
}

async function expectClosed(team: Team, client: Client, [status, code, fields]: Refused): Promise<void> {
  for (const [, answer] of await requests(team, client)) expectProblem(answer, status, code, fields)
}

/** An owner beside the first one, who does not end the organization by going. */
async function member(): Promise<{ team: Team; person: Member }> {
  const team = await newOrganization()
  return { team, person: await newMember(team, 'owner') }
}

const demote = async (team: Team, { memberId }: Member) =>
  expect((await team.owner.api.patch(`${team.path}/members/${memberId}`, { role: 'member' })).status).toBe(200)

async function changeEmail(client: Client, { id }: { id: string }): Promise<void> {
  const email = `moved-${++networks}@x.test`
  expect((await client.post('/v1/users/me/email', { email }, from)).status).toBe(202)
  const { code } = await mailedTo(email, 'email_change')
  const changed = await client.post('/v1/users/me/email/verify', { code }, from)
  expect([changed.status, changed.body.id]).toEqual([200, id])
}

describe('the session of a member', () => {
  test.each<[string, (team: Team, person: Member) => Promise<unknown>, Refused]>([
    ['was removed', remove, NO_ORGANIZATION],
    ['has left', (team, { api }) => api.post(`${team.path}/leave`), NO_ORGANIZATION],
    ['was suspended', suspend, [403, 'member_suspended']],
    ['has another email by the operator', setEmail, UNAUTHENTICATED],
    [
      'has another email by a session elsewhere',
      async (_, person) => changeEmail(await sessionOf(person), person),
      UNAUTHENTICATED,
    ],
    [
      'has signed out everywhere',
      async (_, person) => (await sessionOf(person)).delete('/v1/users/me/sessions'),
      UNAUTHENTICATED,
    ],
    ['has deleted the account', async (_, person) => (await sessionOf(person)).delete('/v1/users/me'), UNAUTHENTICATED],
  ])('who %s reaches nothing', async (_, end, refused) => {
    const { team, person } = await member()
    const client = await sessionOf(person)
    await expectOpen(team, client)
    await end(team, person)
    await expectClosed(team, client, refused)
  })

  test('who was demoted does what the new role may, and nothing more', async () => {
    const { team, person } = await member()
    const client = await sessionOf(person)
    await expectOpen(team, client)
    await demote(team, person)
    expect((await client.get(team.path)).status).toBe(200)
    for (const [path, body, permission] of [
      ['invitations', { email: 'guest@x.test' }, 'members:manage'],
      ['api-keys', { name: 'Key', permissions: ['members:read'] }, 'api_keys:manage'],
    ] as const) {
      expectProblem(await client.post(`${team.path}/${path}`, body), 403, 'forbidden', { permission })
    }
    const own = `${team.path}/members/${person.memberId}`
    expectProblem(await client.patch(own, { role: 'owner' }), 403, 'forbidden')
    expectProblem(await client.delete(team.path), 403, 'forbidden', { permission: 'organization:delete' })
  })

  test('that made the change of email goes on, and the one that is out of reach of D1 does not', async () => {
    const { team, person } = await member()
    const { token } = await newSession(person)
    await changeEmail(as(bearer(token)), person)
    await expectOpen(team, as(bearer(token)))
    await expectClosed(team, as(bearer(token), broken(unreachableDatabases())), [503, 'unavailable'])
  })
})

async function setEmail(_: Team, { id }: Member): Promise<void> {
  const set = await as(operator).patch(`/v1/users/${id}`, { email: `set-${++networks}@x.test` })
  expect(set.status).toBe(200)
}

describe('an API key of a person', () => {
  test.each<[string, (team: Team, maker: Member) => Promise<unknown>, Refused]>([
    ['was removed', remove, UNAUTHENTICATED],
    ['has left', (team, { api }) => api.post(`${team.path}/leave`), UNAUTHENTICATED],
    ['was demoted below what it may', demote, UNAUTHENTICATED],
    ['was suspended', suspend, [403, 'maker_suspended']],
    [
      'was suspended, then removed',
      (team, person) => suspend(team, person).then(() => remove(team, person)),
      UNAUTHENTICATED,
    ],
    ['has deleted the account', async (_, person) => (await sessionOf(person)).delete('/v1/users/me'), UNAUTHENTICATED],
  ])('who %s opens nothing, with D1 down either', async (_, end, refused) => {
    const { team, person } = await member()
    const { secret } = await newApiKey({ ...team, owner: person })
    await expectOpen(team, as(bearer(secret)))
    await followed(team)
    await end(team, person)
    await expectClosed(team, as(bearer(secret)), refused)
    await expectClosed(team, as(bearer(secret), broken(unreachableDatabases())), refused)
  })
})

describe('the token of an issuer', () => {
  /** A member whom the issuer vouches for, and a client with a token that it issues after `delay` seconds. */
  async function vouched() {
    const { team, person } = await member()
    const claims = { sub: `sub-${++networks}`, email: person.email, email_verified: true }
    const issued = async (fields: object = {}) => as(bearer(await issuer.token({ ...claims, ...fields })), withIssuer)
    const client = await issued()
    // No cache has seen this one when it is refused.
    const unseen = await issued({ jti: 'unseen' })
    await expectOpen(team, client)
    const identities = async () => (await as(operator).get(`/v1/users/${person.id}/identities`)).body.data
    return { team, person, client, unseen, issued, identities }
  }

  /** Issued at a time that is surely later, by the issuer's clock. */
  const later = () => ({ iat: Math.floor(Date.now() / 1000) + 20 })

  const UNLINKED: readonly [string, (person: Member, identity: string) => Promise<Answer>][] = [
    [
      'the person',
      async (person, id) =>
        as(bearer((await newSession(person)).token), withIssuer).delete(`/v1/users/me/identities/${id}`),
    ],
    ['the operator', ({ id: user }, id) => as(operator, withIssuer).delete(`/v1/users/${user}/identities/${id}`)],
    [
      'signing out everywhere',
      async (person) => as(bearer((await newSession(person)).token), withIssuer).delete('/v1/users/me/sessions'),
    ],
  ]
  test.each(UNLINKED)(
    'opens nothing once %s has unlinked it, and after it is linked again neither',
    async (_, unlink) => {
      const { team, person, client, unseen, issued, identities } = await vouched()
      const [{ id }] = await identities()
      expect((await unlink(person, id)).status).toBe(204)
      await expectClosed(team, client, UNAUTHENTICATED)
      await expectClosed(team, await issued({ iat: undefined }), UNAUTHENTICATED)
      expect(await identities()).toEqual([])

      await expectOpen(team, await issued(later()))
      expect(await identities()).toHaveLength(1)
      await expectClosed(team, client, UNAUTHENTICATED)
      await expectClosed(team, unseen, UNAUTHENTICATED)
    },
  )

  test('opens nothing of its former account once another account is linked to it', async () => {
    const { team, person, client, unseen, issued, identities } = await vouched()
    const [{ id }] = await identities()
    await as(operator, withIssuer).delete(`/v1/users/${person.id}/identities/${id}`)
    const other = await newUser()
    const moved = await issued({ ...later(), email: other.email })
    expect((await moved.get('/v1/users/me')).body.id).toBe(other.id)
    await expectClosed(team, moved, NO_ORGANIZATION)
    await expectClosed(team, client, UNAUTHENTICATED)
    await expectClosed(team, unseen, UNAUTHENTICATED)
  })

  test.each<[string, (team: Team, person: Member) => Promise<unknown>, Refused]>([
    ['was removed', remove, NO_ORGANIZATION],
    ['was suspended', suspend, [403, 'member_suspended']],
  ])('of a person who %s opens nothing', async (_, end, refused) => {
    const { team, person, client } = await vouched()
    await end(team, person)
    await expectClosed(team, client, refused)
  })
})
