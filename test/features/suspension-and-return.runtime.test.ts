import { beforeAll, describe, expect, test, vi } from 'vitest'
import { as, expectProblem, operator } from '../support/api.ts'
import { created, type Member, newInvitation, newMember, newOrganization, type Team } from '../support/api-builders.ts'

/* People who are kept out for a while, go, and come back: what they may do, and which seats they take. */

const member = ({ path }: Team, { memberId }: Member) => `${path}/members/${memberId}`
const seatsOf = async ({ path }: Team) => (await as(operator).get(`${path}/seats`)).body
const eventsOf = async ({ path }: Team, type: string) =>
  (await as(operator).get(`${path}/events?type=${type}`)).body.data

beforeAll(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})

describe('someone suspended', () => {
  test('is out with their next request, and in again when reactivated', async () => {
    const team = await newOrganization()
    const bob = await newMember(team, 'admin')
    expect((await bob.api.get(team.path)).status).toBe(200)

    await team.owner.api.post(`${member(team, bob)}/suspend`)
    expectProblem(await bob.api.get(team.path), 403, 'member_suspended')
    expectProblem(await bob.api.patch(team.path, { name: 'Mine' }), 403, 'member_suspended')

    await team.owner.api.post(`${member(team, bob)}/reactivate`)
    expect((await bob.api.patch(team.path, { name: 'Ours' })).status).toBe(200)
  })

  test('keeps role and profile, and takes no seat meanwhile', async () => {
    const team = await newOrganization({ seat_limit: 2 })
    const bob = await newMember(team, 'admin', 'Bob Fox')
    await team.owner.api.post(`${member(team, bob)}/suspend`)
    expect(await seatsOf(team)).toMatchObject({ used: 1, active: 1, available: 1 })
    const shown = (await team.owner.api.get(member(team, bob))).body
    expect(shown).toMatchObject({ role: 'admin', name: 'Bob Fox', status: 'suspended' })
  })

  test('comes back only to a free seat', async () => {
    const team = await newOrganization({ seat_limit: 2, upgrade_url: 'https://x.test/plans' })
    const bob = await newMember(team)
    await team.owner.api.post(`${member(team, bob)}/suspend`)
    const invited = await newInvitation(team)

    const refused = await team.owner.api.post(`${member(team, bob)}/reactivate`)
    expectProblem(refused, 409, 'seat_limit_reached', {
      seats: { used: 2, limit: 2 },
      upgrade_url: 'https://x.test/plans',
    })
    expect((await team.owner.api.get(member(team, bob))).body.status).toBe('suspended')

    await team.owner.api.post(`${invited.path}/cancel`)
    expect((await team.owner.api.post(`${member(team, bob)}/reactivate`)).body.status).toBe('active')
  })

  test('of several who come back to the last seat at once, one gets it', async () => {
    const team = await newOrganization()
    const people = await Promise.all(Array.from({ length: 5 }, () => newMember(team)))
    for (const person of people) await team.owner.api.post(`${member(team, person)}/suspend`)
    await as(operator).patch(team.path, { seat_limit: 2 })

    const back = people.map((person) => team.owner.api.post(`${member(team, person)}/reactivate`))
    const answers = await Promise.all(back)

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409])
    expect(await seatsOf(team)).toMatchObject({ used: 2, limit: 2 })
  })

  test('is suspended and reactivated as often as one likes: what changes nothing is no event', async () => {
    const team = await newOrganization()
    const bob = await newMember(team)
    for (const call of ['suspend', 'suspend', 'reactivate', 'reactivate']) {
      expect((await team.owner.api.post(`${member(team, bob)}/${call}`)).status).toBe(200)
    }
    expect(await eventsOf(team, 'member.suspended,member.reactivated')).toHaveLength(2)
  })

  test('may still leave', async () => {
    const team = await newOrganization()
    const bob = await newMember(team)
    await team.owner.api.post(`${member(team, bob)}/suspend`)
    expect((await bob.api.post(`${team.path}/leave`)).status).toBe(204)
    expect((await team.owner.api.get(member(team, bob))).body.status).toBe('removed')
  })
})

describe('someone removed', () => {
  test('is out with their next request, which tells them nothing, and frees their seat', async () => {
    const team = await newOrganization({ seat_limit: 2 })
    const bob = await newMember(team)
    expect((await team.owner.api.delete(member(team, bob))).status).toBe(204)
    expectProblem(await bob.api.get(team.path), 404, 'not_found')
    expect(await seatsOf(team)).toMatchObject({ used: 1, available: 1 })
    await newMember(team)
  })

  test.each(['added again', 'invited again'])('keeps their member id when %s', async (how) => {
    const team = await newOrganization()
    const bob = await newMember(team, 'admin', 'Bob Fox')
    const before = (await team.owner.api.get(member(team, bob))).body
    await team.owner.api.delete(member(team, bob))

    if (how === 'added again') {
      created(await as(operator).post(`${team.path}/members`, { user_id: bob.id }))
    } else {
      const invited = await newInvitation(team, { email: bob.email })
      await bob.api.post(`/v1/invitations/${invited.token}/accept`)
    }

    const after = (await team.owner.api.get(member(team, bob))).body
    expect(after).toMatchObject({ id: bob.memberId, user_id: bob.id, status: 'active', role: 'member' })
    expect(after).toMatchObject({ name: before.name, created_at: before.created_at })
    expect((await bob.api.get(team.path)).status).toBe(200)
  })

  test('is still one member after coming and going many times', async () => {
    const team = await newOrganization()
    const bob = await newMember(team)
    for (let round = 0; round < 5; round += 1) {
      await bob.api.post(`${team.path}/leave`)
      created(await as(operator).post(`${team.path}/members`, { user_id: bob.id }))
    }
    const { body } = await team.owner.api.get(`${team.path}/members?status=active,suspended,removed`)
    expect(body.data).toHaveLength(2)
    expect(await eventsOf(team, 'member.left')).toHaveLength(5)
  })

  test('is not suspended, reactivated or changed: they are not there', async () => {
    const team = await newOrganization()
    const bob = await newMember(team)
    await team.owner.api.delete(member(team, bob))
    expectProblem(await team.owner.api.post(`${member(team, bob)}/suspend`), 404, 'not_found')
    expectProblem(await team.owner.api.post(`${member(team, bob)}/reactivate`), 404, 'not_found')
    expectProblem(await team.owner.api.patch(member(team, bob), { role: 'admin' }), 404, 'not_found')
  })
})
