import { beforeAll, describe, expect, test, vi } from 'vitest'
import { as, expectInvalid, expectProblem, operator } from '../support/api.ts'
import {
  created,
  followed,
  type Member,
  newInvitation,
  newMember,
  newOrganization,
  remove,
  suspend,
  type Team,
} from '../support/api-builders.ts'
import { everythingOf, inDirectory } from './storage.ts'

/* Roles that an organization makes for itself: their life, and what they mean for those who hold them. */

const READER = { key: 'reader', name: 'Reader', description: 'Reads.', permissions: ['members:read'] }

const rolesOf = async ({ owner, path }: Team) => (await owner.api.get(`${path}/roles`)).body.data
const roleOf = async ({ owner, path }: Team, { memberId }: Member) =>
  (await owner.api.get(`${path}/members/${memberId}`)).body.role

async function given(...roles: object[]): Promise<Team> {
  const team = await newOrganization()
  for (const role of roles) created(await team.owner.api.post(`${team.path}/roles`, role))
  return team
}

beforeAll(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})

describe('a custom role', () => {
  test('is made, listed after the built-in ones, changed and deleted', async () => {
    const team = await given(READER)
    const { api } = team.owner
    expect(await rolesOf(team)).toMatchObject([
      { key: 'owner', built_in: true },
      { key: 'admin', built_in: true },
      { key: 'member', built_in: true },
      { ...READER, built_in: false },
    ])

    const changes = { name: 'Looker', description: '', permissions: ['members:read', 'products:use'] }
    const changed = await api.patch(`${team.path}/roles/reader`, changes)
    expect(changed.body).toMatchObject({ key: 'reader', ...changes })

    expect((await api.delete(`${team.path}/roles/reader`)).status).toBe(204)
    expect(await rolesOf(team)).toHaveLength(3)
  })

  test('is one of fifty at most, and a deleted one makes room again', async () => {
    const fifty = Array.from({ length: 50 }, (_, index) => ({ key: `role-${index}`, name: 'R', permissions: [] }))
    const team = await given(...fifty)
    const oneMore = () => team.owner.api.post(`${team.path}/roles`, READER)
    expectProblem(await oneMore(), 409, 'role_limit_reached', { limit: 50 })

    await team.owner.api.delete(`${team.path}/roles/role-7`)

    expect((await oneMore()).status).toBe(201)
  })

  test('is the fiftieth of no more than one of those who make it at once', async () => {
    const forty = Array.from({ length: 49 }, (_, index) => ({ key: `role-${index}`, name: 'R', permissions: [] }))
    const team = await given(...forty)
    const make = (_: unknown, index: number) =>
      team.owner.api.post(`${team.path}/roles`, { ...READER, key: `x${index}` })
    const answers = await Promise.all(Array.from({ length: 10 }, make))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(9).fill(409)])
  })

  test.each(['owner', 'admin', 'member'])('is never called %s, and that one is not changed', async (key) => {
    const { owner, path } = await given()
    expectProblem(await owner.api.post(`${path}/roles`, { ...READER, key }), 409, 'role_exists')
    expectProblem(await owner.api.patch(`${path}/roles/${key}`, { name: 'Mine' }), 409, 'role_built_in')
    expectProblem(await owner.api.delete(`${path}/roles/${key}`), 409, 'role_built_in')
  })

  test('is made once: its key is taken from then on, and free after its end', async () => {
    const { owner, path } = await given(READER)
    expectProblem(await owner.api.post(`${path}/roles`, READER), 409, 'role_exists')
    await owner.api.delete(`${path}/roles/reader`)
    const again = created(await owner.api.post(`${path}/roles`, { ...READER, permissions: [] }))
    expect(again).toMatchObject({ key: 'reader', permissions: [] })
  })

  test.each(['owners:manage', 'organization:delete'])('never grants %s', async (permission) => {
    const { owner, path } = await given(READER)
    const permissions = ['members:read', permission]
    expectInvalid(await owner.api.post(`${path}/roles`, { ...READER, key: 'boss', permissions }), 'permissions')
    expectInvalid(await owner.api.patch(`${path}/roles/reader`, { permissions }), 'permissions')
    expectInvalid(await as(operator).patch(`${path}/roles/reader`, { permissions }), 'permissions')
  })
})

describe('who holds a role', () => {
  test('may do what it grants from the next request on, and no longer what it does not', async () => {
    const team = await given(READER)
    const bob = await newMember(team, 'reader')
    const grant = (permissions: string[]) => team.owner.api.patch(`${team.path}/roles/reader`, { permissions })
    expect((await bob.api.get(`${team.path}/members`)).status).toBe(200)
    expect((await bob.api.get(`${team.path}/events`)).status).toBe(403)

    await grant(['audit_log:read'])

    expectProblem(await bob.api.get(`${team.path}/members`), 403, 'forbidden', { permission: 'members:read' })
    expect((await bob.api.get(`${team.path}/events`)).status).toBe(200)

    await grant([])

    expect((await bob.api.get(`${team.path}/events`)).status).toBe(403)
  })

  test('keeps it when it gets another name', async () => {
    const team = await given(READER)
    const bob = await newMember(team, 'reader')
    const invited = await newInvitation(team, { role: 'reader' })
    await team.owner.api.patch(`${team.path}/roles/reader`, { name: 'Looker', description: 'Looks.' })
    expect(await roleOf(team, bob)).toBe('reader')
    expect((await as(operator).get(invited.path)).body.role).toBe('reader')
    expect((await bob.api.get(`${team.path}/members`)).status).toBe(200)
    expect((await as(operator).get(`/v1/invitations/${invited.token}`)).body.role).toEqual({
      key: 'reader',
      name: 'Looker',
    })
  })
})

describe('deleting a role in use', () => {
  async function heldByMany() {
    const team = await given(READER, { key: 'editor', name: 'Editor', permissions: ['products:use'] })
    const active = [await newMember(team, 'reader'), await newMember(team, 'reader')]
    const suspended = await newMember(team, 'reader')
    const gone = await newMember(team, 'reader')
    const other = await newMember(team, 'admin')
    await suspend(team, suspended)
    await remove(team, gone)
    const invited = await newInvitation(team, { role: 'reader' })
    return { team, active, suspended, gone, other, invited }
  }

  test('is refused with how many people and invitations use it, and changes nothing', async () => {
    const { team } = await heldByMany()
    const before = await everythingOf(team)
    const answer = await team.owner.api.delete(`${team.path}/roles/reader`)
    expectProblem(answer, 409, 'role_in_use', { members: 3, invitations: 1 })
    expect(await everythingOf(team)).toEqual(before)
  })

  test('moves everybody, invited ones too, in one step to the role that it names', async () => {
    const { team, active, suspended, other, invited } = await heldByMany()
    const { ledger } = await everythingOf(team)

    const answer = await team.owner.api.delete(`${team.path}/roles/reader?reassign_to=editor`)

    expect(answer.headers.get('Muster-Revision')).toBe(String(Number(ledger.revision) + 1))
    for (const member of [...active, suspended]) expect(await roleOf(team, member)).toBe('editor')
    expect(await roleOf(team, other)).toBe('admin')
    expect((await team.owner.api.get(invited.path)).body.role).toBe('editor')
    const accepted = await as(operator).post(`/v1/invitations/${invited.token}/accept`)
    expect(accepted.body.member.role).toBe('editor')
  })

  test('tells the log how many it moved, and where', async () => {
    const { team } = await heldByMany()
    await team.owner.api.delete(`${team.path}/roles/reader?reassign_to=editor`)
    const { body } = await team.owner.api.get(`${team.path}/events?limit=1`)
    expect(body.data).toMatchObject([
      { type: 'role.deleted', data: { reassigned_to: 'editor', members: 3, invitations: 1 } },
    ])
  })

  test('leaves the directory without the role, and with everybody in the other one', async () => {
    const { team } = await heldByMany()
    await team.owner.api.delete(`${team.path}/roles/reader?reassign_to=editor`)
    await followed(team)
    const holders = 'select role from members where organization_id = ? and status <> ?'
    const roles = (await inDirectory<{ role: string }>(holders, team.id, 'removed')).map(({ role }) => role)
    expect(roles.sort()).toEqual(['admin', 'editor', 'editor', 'editor', 'owner'])
    const nearby = await team.owner.api.get(`${team.path}/roster?role=reader&consistency=eventual`)
    expect(nearby.body.data).toEqual([])
  })

  test.each(['owner', 'reader', 'ghost'])('moves nobody to %s', async (key) => {
    const { team } = await heldByMany()
    const before = await everythingOf(team)
    const answer = await team.owner.api.delete(`${team.path}/roles/reader?reassign_to=${key}`)
    expectInvalid(answer, 'reassign_to')
    expect(await everythingOf(team)).toEqual(before)
  })

  test('that only somebody removed held needs no other role, and they return in the one given then', async () => {
    const team = await given(READER)
    const bob = await newMember(team, 'reader')
    await remove(team, bob)
    expect((await team.owner.api.delete(`${team.path}/roles/reader`)).status).toBe(204)
    const back = created(await as(operator).post(`${team.path}/members`, { user_id: bob.id }))
    expect(back).toMatchObject({ id: bob.memberId, role: 'member' })
  })
})
