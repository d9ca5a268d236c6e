import { beforeAll, describe, expect, test, vi } from 'vitest'
import { as, bearer, type Client, expectProblem, operator } from '../support/api.ts'
import {
  followed,
  newInvitation,
  newMember,
  newOrganization,
  newUser,
  type Person,
  remove,
  suspend,
} from '../support/api-builders.ts'
import { newApiKey, newSession, someId } from '../support/api-world.ts'

beforeAll(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})

const verified = () => newUser('Ann Lee', { email_verified: true })
const signedIn = async (person: Person): Promise<Client> => as(bearer((await newSession(person)).token))
const own = '/v1/users/me/invitations'

describe('own invitations', () => {
  test('are answered once with an Idempotency-Key, and the answer is replayed', async () => {
    const user = await verified()
    const api = await signedIn(user)
    const key = { 'Idempotency-Key': 'once' }
    const [accepting, declining] = [await newOrganization(), await newOrganization()]
    const taken = await newInvitation(accepting, { email: user.email })
    const refused = await newInvitation(declining, { email: user.email })
    await followed(accepting)
    await followed(declining)
    const calls = [
      () => api.post(`${own}/${taken.id}/accept`, {}, key),
      () => api.post(`${own}/${refused.id}/decline`, undefined, key),
    ]
    for (const call of calls) {
      const [first, again] = [await call(), await call()]
      expect([first.status, first.headers.get('Idempotency-Replayed')]).toEqual([200, null])
      expect([again.status, again.headers.get('Idempotency-Replayed')]).toEqual([200, 'true'])
      expect(again.body).toEqual(first.body)
    }
    expectProblem(await api.post(`${own}/${taken.id}/accept`, { name: 'Another' }, key), 422, 'idempotency_key_reused')
  })

  test('are those of the verified address, without what was settled a moment ago', async () => {
    const user = await verified()
    const api = await signedIn(user)
    const [first, second] = [await newOrganization({ name: 'One' }), await newOrganization({ name: 'Two' })]
    const [one, two] = [
      await newInvitation(first, { email: user.email }),
      await newInvitation(second, { email: user.email }),
    ]
    await followed(first)
    await followed(second)
    expect((await api.get(own)).body.data).toMatchObject([{ id: two.id }, { id: one.id, status: 'pending' }])
    await as(operator).post(`${two.path}/cancel`)
    expect((await api.get(own)).body.data).toMatchObject([{ id: one.id }])
    expect((await api.post(`${own}/${one.id}/accept`)).body.member.user_id).toBe(user.id)
    expect((await api.get(own)).body.data).toEqual([])
  })

  test('are nobody else’s, and none while the address is not verified', async () => {
    const user = await newUser()
    const team = await newOrganization()
    const { id } = await newInvitation(team, { email: user.email })
    await followed(team)
    for (const { api } of [user, await verified()]) {
      expect((await api.get(own)).body.data).toEqual([])
      for (const answer of ['accept', 'decline']) {
        expectProblem(await api.post(`${own}/${id}/${answer}`), 404, 'not_found')
      }
    }
    expectProblem(await (await newApiKey(team)).api.get(own), 403, 'forbidden', { permission: 'user' })
  })
})

test.each([1, 2, 3])('by link, by address twice and canceled at once: one consistent end (%i)', async () => {
  const user = await verified()
  const team = await newOrganization()
  const invited = await newInvitation(team, { email: user.email })
  await followed(team)
  const [one, two] = [await signedIn(user), await signedIn(user)]
  const [link, ...others] = await Promise.all([
    one.post(`/v1/invitations/${invited.token}/accept`),
    one.post(`${own}/${invited.id}/accept`),
    two.post(`${own}/${invited.id}/accept`),
    as(operator).post(`${invited.path}/cancel`),
  ])
  const { status } = (await as(operator).get(invited.path)).body
  const members = (await as(operator).get(`${team.path}/members`)).body.data
  expect(['accepted', 'canceled']).toContain(status)
  expect(members).toHaveLength(status === 'accepted' ? 2 : 1)
  const ended = [link, ...others].map((answer) => answer?.status)
  expect(ended).toEqual(status === 'accepted' ? [200, 200, 200, 409] : [410, 410, 410, 200])
})

describe('the organization of a session', () => {
  test('is one where the person is an active member, and shows with the next request', async () => {
    const team = await newOrganization()
    const member = await newMember(team)
    const api = await signedIn(member)
    const enter = (id: string | null) => api.post('/v1/session/organization', { organization_id: id })
    expect((await enter(team.id)).body.organization_id).toBe(team.id)
    expect((await api.get('/v1/session')).body.organization_id).toBe(team.id)
    await followed(team)
    expect((await api.get('/v1/users/me/organizations')).body.data).toMatchObject([
      { organization: { id: team.id }, role: 'member', status: 'active', last_used: true },
    ])
    expect((await enter(null)).body.organization_id).toBeNull()
    expectProblem(await enter(someId('org')), 404, 'not_found')
    await suspend(team, member)
    expectProblem(await enter(team.id), 404, 'not_found')
    await remove(team, member)
    expectProblem(await enter(team.id), 404, 'not_found')
  })
})

describe('signing up', () => {
  test('creates exactly as many organizations as one may have, however many calls at once', async () => {
    await as(operator).patch('/v1/settings', { max_organizations_per_user: 3 })
    const user = await newUser()
    const api = await signedIn(user)
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => api.post('/v1/organizations', { name: `Mine ${index}` })),
    )
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(3)
    for (const answer of answers.filter(({ status }) => status !== 201)) {
      expectProblem(answer, 409, 'organization_limit_reached', { limit: 3 })
    }
  })

  test('moves the session to the new organization', async () => {
    const api = await signedIn(await newUser())
    const { id } = (await api.post('/v1/organizations', { name: 'Mine' })).body
    expect((await api.get('/v1/session')).body.organization_id).toBe(id)
  })
})
