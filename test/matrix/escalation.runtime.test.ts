import { beforeAll, describe, expect, test, vi } from 'vitest'
import { type Answer, as, type Client, expectProblem, operator } from '../support/api.ts'
import {
  carryOut,
  created,
  type Invited,
  type Member,
  newInvitation,
  newMember,
  newOrganization,
  newUser,
  reseam,
  suspend,
  type Team,
} from '../support/api-builders.ts'
import { newApiKey } from '../support/api-world.ts'
import { standing } from './standing.ts'

/*
 * rules.md, "No escalation": every kind of actor does everything that touches a person, to holders of every kind of role.
 * A cell is `ok`, or the permission that the refusal names.
 */

const PLAIN = ['organization:read', 'members:read', 'products:use']

const CUSTOM_ROLES = {
  lead: [...PLAIN, 'members:manage'],
  deputy: [...PLAIN, 'members:manage', 'admins:manage'],
  biller: [...PLAIN, 'billing:manage'],
  guest: ['members:read'],
}

const ROLES = ['owner', 'admin', 'lead', 'biller', 'member', 'guest'] as const
type Role = (typeof ROLES)[number]
type Table = Readonly<Record<string, readonly [string, string, string, string, string, string]>>

const [OWNERS, ADMINS, MEMBERS] = ['owners:manage', 'admins:manage', 'members:manage']

/** To act on someone who holds the role of the column. */
const TO_MANAGE: Table = {
  operator: ['ok', 'ok', 'ok', 'ok', 'ok', 'ok'],
  owner: ['ok', 'ok', 'ok', 'ok', 'ok', 'ok'],
  admin: [OWNERS, ADMINS, ADMINS, ADMINS, 'ok', 'ok'],
  deputy: [OWNERS, 'ok', 'ok', 'ok', 'ok', 'ok'],
  lead: [OWNERS, ADMINS, ADMINS, ADMINS, 'ok', 'ok'],
  member: [MEMBERS, MEMBERS, MEMBERS, MEMBERS, MEMBERS, MEMBERS],
  'a key that manages members': [OWNERS, ADMINS, ADMINS, ADMINS, 'ok', 'ok'],
  'a key that may do nothing else': [OWNERS, ADMINS, ADMINS, ADMINS, 'ok', 'ok'],
}

const BILLING = 'billing:manage'

/** To give someone the role of the column: nobody hands out more than they have, what plain members have aside. */
const TO_ASSIGN: Table = {
  ...TO_MANAGE,
  admin: [OWNERS, ADMINS, ADMINS, BILLING, 'ok', 'ok'],
  deputy: [OWNERS, 'organization:update', 'ok', BILLING, 'ok', 'ok'],
  lead: [OWNERS, ADMINS, ADMINS, BILLING, 'ok', 'ok'],
  'a key that manages members': [OWNERS, ADMINS, ADMINS, BILLING, 'ok', 'ok'],
  'a key that may do nothing else': [OWNERS, ADMINS, ADMINS, BILLING, 'ok', 'ok'],
}

const ACTORS = Object.keys(TO_MANAGE)
const actors: Record<string, Client> = {}
const holders: Partial<Record<Role, { active: Member; suspended: Member; invited: Invited }>> = {}
let team: Team
let aheadMs = 0

beforeAll(async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  team = await newOrganization()
  await reseam(team, { clock: () => Date.now() + aheadMs })
  for (const [key, permissions] of Object.entries(CUSTOM_ROLES)) {
    created(await team.owner.api.post(`${team.path}/roles`, { key, name: key, permissions }))
  }
  for (const role of ['admin', 'deputy', 'lead', 'member']) actors[role] = (await newMember(team, role)).api
  actors.operator = as(operator)
  actors.owner = team.owner.api
  actors['a key that manages members'] = (await newApiKey(team, [...PLAIN, 'members:manage'])).api
  actors['a key that may do nothing else'] = (await newApiKey(team, ['members:manage'])).api
  for (const role of ROLES) holders[role] = await newHolders(role)
})

async function newHolders(role: Role) {
  const [active, suspended] = [await newMember(team, role), await newMember(team, role)]
  await suspend(team, suspended)
  return { active, suspended, invited: await newInvitation(team, { role }) }
}

type Holders = Awaited<ReturnType<typeof newHolders>>

const member = ({ memberId }: Member) => `${team.path}/members/${memberId}`

const DONE_TO_A_HOLDER: Readonly<Record<string, (api: Client, to: Holders) => Promise<Answer>>> = {
  'change the profile of': (api, { active }) => api.patch(member(active), { profile: { given_name: 'Al' } }),
  'take the role from': (api, { active }) => api.patch(member(active), { role: 'guest' }),
  suspend: (api, { active }) => api.post(`${member(active)}/suspend`),
  reactivate: (api, { suspended }) => api.post(`${member(suspended)}/reactivate`),
  remove: (api, { active }) => api.delete(member(active)),
  'cancel the invitation of': (api, { invited }) => api.post(`${invited.path}/cancel`),
}

const cellsOf = (table: Table) =>
  ACTORS.flatMap((actor) => ROLES.map((role, column) => ({ actor, role, outcome: table[actor]?.[column] ?? '' })))

describe.each(Object.entries(DONE_TO_A_HOLDER))('to %s', (_, act) => {
  test.each(cellsOf(TO_MANAGE))('$actor → $role: $outcome', async ({ actor, role, outcome }) => {
    const before = await standing(team)
    const answer = await act(clientOf(actor), outcome === 'ok' ? await newHolders(role) : (holders[role] as Holders))
    if (outcome === 'ok') return expect(answer.status, answer.text).toBeLessThan(300)
    expectProblem(answer, 403, 'forbidden', { permission: outcome })
    expect(await standing(team)).toEqual(before)
  })
})

describe('to give a member the role', () => {
  test.each(cellsOf(TO_ASSIGN))('$actor → $role: $outcome', async ({ actor, role, outcome }) => {
    const bob = await newMember(team)
    const answer = await clientOf(actor).patch(member(bob), { role })
    if (outcome === 'ok') return expect(answer.body).toMatchObject({ id: bob.memberId, role })
    expectProblem(answer, 403, 'forbidden', { permission: outcome })
    expect((await as(operator).get(member(bob))).body.role).toBe('member')
  })
})

describe('to invite somebody into the role', () => {
  test.each(cellsOf(TO_ASSIGN))('$actor → $role: $outcome', async ({ actor, role, outcome }) => {
    const before = await standing(team)
    const email = `${crypto.randomUUID()}@x.test`
    const answer = await clientOf(actor).post(`${team.path}/invitations`, { email, role })
    if (outcome === 'ok') return expect(answer.body).toMatchObject({ object: 'invitation', email, role })
    expectProblem(answer, 403, 'forbidden', { permission: outcome })
    expect(await standing(team)).toEqual(before)
  })
})

describe('to resend an invitation into the role', () => {
  test.each(cellsOf(TO_ASSIGN))('$actor → $role: $outcome', async ({ actor, role, outcome }) => {
    const invited = await newInvitation(team, { role })
    aheadMs += 61_000
    const before = await standing(team)
    const answer = await clientOf(actor).post(`${invited.path}/resend`)
    if (outcome === 'ok') return expect(answer.body).toMatchObject({ id: invited.id, send_count: 2 })
    expectProblem(answer, 403, 'forbidden', { permission: outcome })
    expect(await standing(team)).toEqual(before)
  })
})

describe('to invite somebody into the role among others', () => {
  const cells = cellsOf(TO_ASSIGN).filter(({ actor }) => actor !== 'member')

  test.each(cells)('$actor → $role: $outcome', async ({ actor, role, outcome }) => {
    const rows = [{ email: `${crypto.randomUUID()}@x.test`, role }]
    const answer = await clientOf(actor).post(`${team.path}/invitations/bulk`, { rows })
    expect(answer.body.results).toMatchObject([{ outcome: outcome === 'ok' ? 'invited' : 'role_not_allowed' }])
  })
})

/** With the role that they hold: to rise by oneself is the plainest escalation. */
describe.each([
  ['admin', ADMINS, ADMINS, ADMINS],
  ['lead', ADMINS, ADMINS, ADMINS],
  ['member', MEMBERS, MEMBERS, MEMBERS],
  ['guest', MEMBERS, MEMBERS, MEMBERS],
  ['deputy', OWNERS, 'organization:update', 'billing:manage'],
])('someone who is %s makes themself', (own, ...outcomes) => {
  test.each([
    ['owner', outcomes[0]],
    ['admin', outcomes[1]],
    ['biller', outcomes[2]],
  ])('%s: %s', async (role, outcome) => {
    const self = await newMember(team, own)
    const answer = await self.api.patch(member(self), { role })
    expectProblem(answer, 403, 'forbidden', { permission: outcome })
    expect((await as(operator).get(member(self))).body.role).toBe(own)
  })
})

test('ownership is handed over by an owner or the operator, and by nobody else', async () => {
  for (const actor of ACTORS.filter((name) => name !== 'operator' && name !== 'owner')) {
    const bob = await newMember(team)
    const answer = await clientOf(actor).post(`${team.path}/ownership-transfer`, { member_id: bob.memberId })
    expectProblem(answer, 403, 'forbidden', { permission: OWNERS })
  }
})

test('who is not the operator adds nobody, in whichever role', async () => {
  for (const actor of ACTORS.filter((name) => name !== 'operator')) {
    for (const role of ROLES) {
      const { id } = await newUser()
      const answer = await clientOf(actor).post(`${team.path}/members`, { user_id: id, role })
      expectProblem(answer, 403, 'forbidden', { permission: 'operator' })
    }
  }
})

test('a suspended owner does not let themself in again', async () => {
  const olga = await newMember(team, 'owner')
  await carryOut(team, { type: 'SuspendMember', memberId: olga.memberId })
  expectProblem(await olga.api.post(`${member(olga)}/reactivate`), 403, 'member_suspended')
})

function clientOf(actor: string): Client {
  const client = actors[actor]
  if (client === undefined) throw new Error(`There is no ${actor}`)
  return client
}
