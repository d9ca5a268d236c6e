import { beforeAll, describe, expect, test, vi } from 'vitest'
import { type Answer, as, type Client, expectInvalid, expectProblem, operator } from '../support/api.ts'
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

/** Tries each permission: what the maker has is granted, and what they have not is refused and changes nothing. */
async function tryEach(
  grantable: readonly Permission[],
  has: readonly Permission[],
  attempt: (permission: Permission) => Promise<Answer>,
): Promise<void> {
  const before = await standing(team)
  for (const permission of PERMISSIONS.filter((one) => !has.includes(one) || !grantable.includes(one))) {
    const answer = await attempt(permission)
    if (grantable.includes(permission)) expectProblem(answer, 403, 'forbidden', { permission })
    else expectInvalid(answer, 'permissions')
  }
  expect(await standing(team)).toEqual(before)
  for (const permission of has.filter((one) => grantable.includes(one))) {
    const { status, body, text } = await attempt(permission)
    expect([200, 201], text).toContain(status)
    expect(body.permissions).toEqual([permission])
  }
}

test.each(Object.entries(KEY_MAKERS))('%s makes API keys that may do no more', async (maker, has) => {
  await tryEach(KEY_PERMISSIONS, has, (permission) =>
    clientOf(maker).post(`${team.path}/api-keys`, { name: 'CI', permissions: [permission] }),
  )
})

const ROLE_PERMISSIONS = PERMISSIONS.filter((permission) => !OWNER_ONLY.includes(permission))

describe.each(Object.entries(ROLE_MAKERS))('%s', (maker, has) => {
  test('makes custom roles that may do no more', async () => {
    await tryEach(ROLE_PERMISSIONS, has, (permission) => {
      const key = `r${crypto.randomUUID().slice(0, 8)}`
      return clientOf(maker).post(`${team.path}/roles`, { key, name: 'R', permissions: [permission] })
    })
  })

  test('adds to a custom role no more than they have', async () => {
    const path = `${team.path}/roles/guest`
    await as(operator).patch(path, { permissions: [] })
    await tryEach(ROLE_PERMISSIONS, has, async (permission) => {
      const answer = await clientOf(maker).patch(path, { permissions: [permission] })
      if (answer.status === 200) await as(operator).patch(path, { permissions: [] })
      return answer
    })
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
