import { beforeAll, describe, expect, test, vi } from 'vitest'
import { type Answer, as, expectProblem, operator } from '../support/api.ts'
import { type Member, newInvitation, newMember, newOrganization, suspend, type Team } from '../support/api-builders.ts'

/* Once an organization has had an active owner it always has one; in mode `single` exactly one, whoever races. */

const RACES = [1, 2]

const ownersOf = async ({ path }: Team): Promise<string[]> => {
  const { body } = await as(operator).get(`${path}/members?role=owner&status=active&limit=100`)
  return body.data.map(({ id }: { id: string }) => id)
}
const roleOf = async ({ path }: Team, { memberId }: Member) =>
  (await as(operator).get(`${path}/members/${memberId}`)).body.role

const transfer = ({ path }: Team, by: { api: Member['api'] }, to: Member): Promise<Answer> =>
  by.api.post(`${path}/ownership-transfer`, { member_id: to.memberId })

beforeAll(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})

describe.each(['single', 'multiple'])('in mode %s', (ownership) => {
  test('a transfer makes the one owner and the other admin, in one step', async () => {
    const team = await newOrganization({ ownership })
    const bob = await newMember(team)

    const answer = await transfer(team, team.owner, bob)

    expect(answer.body).toMatchObject({ id: bob.memberId, role: 'owner' })
    expect(answer.headers.get('Muster-Revision')).toBe('3')
    expect(await ownersOf(team)).toEqual([bob.memberId])
    expect(await roleOf(team, team.owner)).toBe('admin')
  })

  test('the log tells from whom to whom', async () => {
    const team = await newOrganization({ ownership })
    const bob = await newMember(team)
    await transfer(team, team.owner, bob)
    const { body } = await as(operator).get(`${team.path}/events?type=ownership.transferred`)
    expect(body.data).toMatchObject([
      { actor: { type: 'user', id: team.owner.id }, data: { from: team.owner.memberId, to: bob.memberId } },
    ])
  })

  test('ownership goes to nobody who is not active', async () => {
    const team = await newOrganization({ ownership })
    const bob = await newMember(team)
    await suspend(team, bob)
    expectProblem(await transfer(team, team.owner, bob), 409, 'member_not_active')
    await team.owner.api.delete(`${team.path}/members/${bob.memberId}`)
    expectProblem(await transfer(team, team.owner, bob), 404, 'not_found')
    expect(await ownersOf(team)).toEqual([team.owner.memberId])
  })

  test('a transfer to oneself changes nothing', async () => {
    const team = await newOrganization({ ownership })
    expect((await transfer(team, team.owner, team.owner)).headers.get('Muster-Revision')).toBe('1')
    expect(await ownersOf(team)).toEqual([team.owner.memberId])
  })

  test.each(['owner', 'operator'])('the last owner does not go, whoever wants it: %s', async (who) => {
    const team = await newOrganization({ ownership })
    const api = who === 'owner' ? team.owner.api : as(operator)
    const last = `${team.path}/members/${team.owner.memberId}`
    expectProblem(await api.delete(last), 409, 'last_owner')
    expectProblem(await api.post(`${last}/suspend`), 409, 'last_owner')
    expectProblem(await api.patch(last, { role: 'member' }), 409, 'last_owner')
    expectProblem(await team.owner.api.post(`${team.path}/leave`), 409, 'last_owner')
    expect(await ownersOf(team)).toEqual([team.owner.memberId])
  })

  test.each(RACES)('of two transfers at once, the outcome has one owner (race %i)', async (race) => {
    const team = await newOrganization({ ownership })
    const [bob, cat] = [await newMember(team), await newMember(team)]
    const order = race % 2 === 0 ? [bob, cat] : [cat, bob]

    const answers = await Promise.all(order.map((to) => transfer(team, team.owner, to)))

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403])
    const winner = answers.find(({ status }) => status === 200)
    expect(await ownersOf(team)).toEqual([winner?.body.id])
    expect(await roleOf(team, team.owner)).toBe('admin')
  })
})

describe('in mode single', () => {
  test.each(RACES)('two transfers by the operator at once leave exactly one owner (race %i)', async () => {
    const team = await newOrganization({ ownership: 'single' })
    const people = [await newMember(team), await newMember(team)]

    const answers = await Promise.all(people.map((to) => transfer(team, { api: as(operator) }, to)))

    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    const [owner, ...more] = await ownersOf(team)
    expect(more).toEqual([])
    expect(people.map(({ memberId }) => memberId)).toContain(owner)
  })

  test('nobody becomes a second owner but by a transfer', async () => {
    const team = await newOrganization({ ownership: 'single' })
    const bob = await newMember(team)
    const { api } = team.owner
    expectProblem(await api.patch(`${team.path}/members/${bob.memberId}`, { role: 'owner' }), 409, 'single_owner')
    const invitation = { email: 'boss@x.test', role: 'owner' }
    expectProblem(await api.post(`${team.path}/invitations`, invitation), 409, 'single_owner')
    const added = { email: 'boss@x.test', role: 'owner' }
    expectProblem(await as(operator).post(`${team.path}/members`, added), 409, 'single_owner')
  })

  test('an organization made without members gets its first owner by invitation, and only the first', async () => {
    const made = await as(operator).post('/v1/organizations', { name: 'Empty', ownership: 'single' })
    const team = { id: made.body.id, path: `/v1/organizations/${made.body.id}` } as Team
    const invited = [await invite(team), await invite(team)]
    const answers = await Promise.all(invited.map(({ token }) => as(operator).post(`/v1/invitations/${token}/accept`)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
    expect(await ownersOf(team)).toHaveLength(1)
  })
})

const invite = (team: Team) => newInvitation({ ...team, owner: { api: as(operator) } as Member }, { role: 'owner' })

describe('the mode', () => {
  test('becomes single only while there is one owner', async () => {
    const team = await newOrganization()
    const second = await newMember(team, 'owner')
    const { api } = team.owner
    expectProblem(await api.patch(team.path, { ownership: 'single' }), 409, 'several_owners', { owners: 2 })
    await second.api.post(`${team.path}/leave`)
    expect((await api.patch(team.path, { ownership: 'single' })).body.ownership).toBe('single')
  })

  test('of several owners lets all but the last one go, whoever is first', async () => {
    const team = await newOrganization()
    const owners = [team.owner, await newMember(team, 'owner'), await newMember(team, 'owner')]
    const answers = await Promise.all(owners.map(({ api }) => api.post(`${team.path}/leave`)))
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 204, 409])
    expect(await ownersOf(team)).toHaveLength(1)
  })

  test('is not changed by an admin', async () => {
    const team = await newOrganization()
    const admin = await newMember(team, 'admin')
    const answer = await admin.api.patch(team.path, { ownership: 'single' })
    expectProblem(answer, 403, 'forbidden', { permission: 'owners:manage' })
  })
})
