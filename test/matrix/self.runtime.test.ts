import { beforeAll, describe, expect, test, vi } from 'vitest'
import { expectProblem } from '../support/api.ts'
import {
  created,
  followed,
  type Member,
  newMember,
  newOrganization,
  remove,
  suspend,
  type Team,
} from '../support/api-builders.ts'

/* What a person may always see of themselves, whatever their role grants: even nothing, even while suspended. */

let team: Team
let other: Member
const people: Record<string, Member> = {}
beforeAll(async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  team = await newOrganization()
  created(await team.owner.api.post(`${team.path}/roles`, { key: 'nothing', name: 'Nothing', permissions: [] }))
  other = await newMember(team)
  for (const role of ['admin', 'member', 'nothing']) people[role] = await newMember(team, role)
  people.owner = team.owner
  people.suspended = await newMember(team)
  people.removed = await newMember(team)
  await suspend(team, people.suspended)
  await followed(team)
})

const INSIDERS = ['owner', 'admin', 'member', 'nothing', 'suspended']
/** Who may look at others, and what keeps those who may not. */
const ABOUT_OTHERS: Readonly<Record<string, Readonly<Record<string, unknown>> | null>> = {
  owner: null,
  admin: null,
  member: null,
  nothing: { code: 'forbidden', permission: 'members:read' },
  suspended: { code: 'member_suspended' },
}

const ACCESS = '/access?permission=products:use'

describe.each(INSIDERS)('someone who is %s', (who) => {
  test('reads their own membership', async () => {
    const { api, memberId } = personOf(who)
    expect((await api.get(`${team.path}/members/${memberId}`)).body.id).toBe(memberId)
  })

  test('reads their own activity', async () => {
    const { api, memberId } = personOf(who)
    expect((await api.get(`${team.path}/members/${memberId}/activity`)).body.member_id).toBe(memberId)
  })

  test.each(['', '&consistency=eventual'])('asks what they may do themselves%s', async (nearby) => {
    const { api, id } = personOf(who)
    const isAllowed = ['owner', 'admin', 'member'].includes(who)
    for (const about of ['', `&user_id=${id}`]) {
      const { body } = await api.get(`${team.path}${ACCESS}${about}${nearby}`)
      expect(body).toMatchObject({ user_id: id, allowed: isAllowed })
    }
  })

  test('asks many things about themself at once', async () => {
    const { api, id } = personOf(who)
    const checks = ['products:use', 'members:manage'].map((permission) => ({ user_id: id, permission }))
    expect((await api.post(`${team.path}/access/batch`, { checks })).body.data).toMatchObject(checks)
  })

  test('sees of others what their role allows, and no more', async () => {
    const { api, id } = personOf(who)
    const checks = [id, other.id].map((user_id) => ({ user_id, permission: 'products:use' }))
    const answers = [
      await api.get(`${team.path}/members/${other.memberId}`),
      await api.get(`${team.path}${ACCESS}&user_id=${other.id}`),
      await api.get(`${team.path}${ACCESS}&user_id=${other.id}&consistency=eventual`),
      await api.post(`${team.path}/access/batch`, { checks }),
    ]
    const refusal = ABOUT_OTHERS[who]
    for (const answer of answers) {
      if (refusal) expectProblem(answer, 403, String(refusal.code), refusal)
      else expect(answer.status).toBe(200)
    }
  })
})

test('someone removed sees not even themself', async () => {
  const { api, id, memberId } = personOf('removed')
  expect((await api.get(`${team.path}/members/${memberId}`)).status).toBe(200)

  await remove(team, personOf('removed'))

  const checks = [{ user_id: id, permission: 'products:use' }]
  expectProblem(await api.get(`${team.path}/members/${memberId}`), 404, 'not_found')
  expectProblem(await api.get(`${team.path}/members/${memberId}/activity`), 404, 'not_found')
  expectProblem(await api.get(`${team.path}${ACCESS}`), 404, 'not_found')
  expectProblem(await api.post(`${team.path}/access/batch`, { checks }), 404, 'not_found')
})

function personOf(who: string): Member {
  const person = people[who]
  if (person === undefined) throw new Error(`There is no ${who}`)
  return person
}
