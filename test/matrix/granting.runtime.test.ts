import { beforeAll, describe, expect, test, vi } from 'vitest'
import { as, type Client, expectInvalid, expectProblem, operator } from '../support/api.ts'
import { created, newMember, newOrganization, type Team } from '../support/api-builders.ts'
import { newApiKey } from '../support/api-world.ts'
import { standing } from './standing.ts'
import { KEY_PERMISSIONS, PERMISSIONS, type Permission, permissionsOf } from './who.ts'

/* rules.md, "No escalation": permissions of custom roles and of API keys ⊆ those of whoever makes them, one by one. */

const OWNER_ONLY: readonly Permission[] = ['owners:manage', 'organization:delete']

const MAKER: readonly Permission[] = [
  'organization:read',
  'members:read',
  'products:use',
  'members:manage',
  'admins:manage',
  'roles:manage',
  'api_keys:manage',
]

let team: Team
const makers: Record<string, Client> = {}
beforeAll(async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  team = await newOrganization()
  const path = `${team.path}/roles`
  created(await team.owner.api.post(path, { key: 'maker', name: 'Maker', permissions: MAKER }))
  created(await team.owner.api.post(path, { key: 'guest', name: 'Guest', permissions: [] }))
  makers.operator = as(operator)
  makers.owner = team.owner.api
  makers.admin = (await newMember(team, 'admin')).api
  makers['someone with a custom role'] = (await newMember(team, 'maker')).api
})

const KEY_MAKERS: Readonly<Record<string, readonly Permission[]>> = {
  operator: PERMISSIONS,
  owner: PERMISSIONS,
  admin: permissionsOf('admin'),
  'someone with a custom role': MAKER,
}
const { admin: _, ...ROLE_MAKERS } = KEY_MAKERS

const cells = (permissions: readonly Permission[]) =>
  PERMISSIONS.map((permission) => ({ permission, has: permissions.includes(permission) }))

describe.each(Object.entries(KEY_MAKERS))('%s, making an API key,', (maker, permissions) => {
  test.each(cells(permissions))('grants $permission: $has, unless no key can', async ({ permission, has }) => {
    const key = { name: 'CI', permissions: [permission] }
    const before = await standing(team)
    const answer = await clientOf(maker).post(`${team.path}/api-keys`, key)
    if (has && KEY_PERMISSIONS.includes(permission)) return expect(created(answer)).toMatchObject(key)
    if (KEY_PERMISSIONS.includes(permission)) expectProblem(answer, 403, 'forbidden', { permission })
    else expectInvalid(answer, 'permissions')
    expect(await standing(team)).toEqual(before)
  })
})

describe.each(Object.entries(ROLE_MAKERS))('%s, making a custom role,', (maker, permissions) => {
  test.each(cells(permissions))(
    'grants $permission: $has, unless it is an owner’s alone',
    async ({ permission, has }) => {
      const role = { key: `r${crypto.randomUUID().slice(0, 8)}`, name: 'R', permissions: [permission] }
      const before = await standing(team)
      const answer = await clientOf(maker).post(`${team.path}/roles`, role)
      if (has && !OWNER_ONLY.includes(permission)) return expect(created(answer)).toMatchObject(role)
      if (OWNER_ONLY.includes(permission)) expectInvalid(answer, 'permissions')
      else expectProblem(answer, 403, 'forbidden', { permission })
      expect(await standing(team)).toEqual(before)
    },
  )

  test.each(cells(permissions))('adds $permission to one: $has, unless it is an owner’s alone', async (cell) => {
    const { permission, has } = cell
    const path = `${team.path}/roles/guest`
    await as(operator).patch(path, { permissions: [] })
    const before = await standing(team)
    const answer = await clientOf(maker).patch(path, { permissions: [permission] })
    if (has && !OWNER_ONLY.includes(permission)) return expect(answer.body.permissions).toEqual([permission])
    if (OWNER_ONLY.includes(permission)) expectInvalid(answer, 'permissions')
    else expectProblem(answer, 403, 'forbidden', { permission })
    expect(await standing(team)).toEqual(before)
  })
})

test('a key makes, lists and revokes no keys, whatever it holds', async () => {
  const { id, api } = await newApiKey(team, KEY_PERMISSIONS)
  const before = await standing(team)
  const answers = [
    await api.post(`${team.path}/api-keys`, { name: 'CI', permissions: ['members:read'] }),
    await api.get(`${team.path}/api-keys`),
    await api.delete(`${team.path}/api-keys/${id}`),
  ]
  for (const answer of answers) expectProblem(answer, 403, 'forbidden', { permission: 'api_keys:manage' })
  expect(await standing(team)).toEqual(before)
})

test('someone who makes roles does not widen the one that they hold', async () => {
  const maker = clientOf('someone with a custom role')
  const answer = await maker.patch(`${team.path}/roles/maker`, { permissions: [...MAKER, 'billing:manage'] })
  expectProblem(answer, 403, 'forbidden', { permission: 'billing:manage' })
})

test('someone who makes roles does not move people into one of more than they have', async () => {
  const { api } = team.owner
  const path = `${team.path}/roles`
  for (const [key, permissions] of [
    ['weak', []],
    ['strong', ['billing:manage']],
  ] as const) {
    created(await api.post(path, { key, name: key, permissions }))
  }
  const bob = await newMember(team, 'weak')
  const answer = await clientOf('someone with a custom role').delete(`${path}/weak?reassign_to=strong`)
  expectProblem(answer, 403, 'forbidden', { permission: 'billing:manage' })
  expect((await api.get(`${team.path}/members/${bob.memberId}`)).body.role).toBe('weak')
})

function clientOf(maker: string): Client {
  const client = makers[maker]
  if (client === undefined) throw new Error(`There is no ${maker}`)
  return client
}
