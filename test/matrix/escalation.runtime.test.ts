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
const holders = {} as Record<Role, Holders>
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

interface Holders {
  readonly active: Member
  readonly suspended: Member
  readonly invited: Invited
}

const MAKE: { readonly [kind in keyof Holders]: (role: Role) => Promise<Holders[kind]> } = {
  active: (role) => newMember(team, role),
  suspended: async (role) => {
    const someone = await newMember(team, role)
    await suspend(team, someone)
    return someone
  },
  invited: (role) => newInvitation(team, { role }),
}

const newHolders = async (role: Role): Promise<Holders> => ({
  active: await MAKE.active(role),
  suspended: await MAKE.suspended(role),
  invited: await MAKE.invited(role),
})

const member = ({ memberId }: Member) => `${team.path}/members/${memberId}`

interface Deed<Kind extends keyof Holders = keyof Holders> {
  readonly table: Table
  /** The person acted on: a holder of the role of the column. */
  readonly to: Kind
  readonly act: (api: Client, to: Holders[Kind], role: Role) => Promise<Answer>
}
const deed = <Kind extends keyof Holders>(table: Table, to: Kind, act: Deed<Kind>['act']) => ({ table, to, act })

const DEEDS = {
  'change the profile of someone who is': deed(TO_MANAGE, 'active', (api, to) =>
    api.patch(member(to), { profile: { given_name: 'Al' } }),
  ),
  'take the role from someone who is': deed(TO_MANAGE, 'active', (api, to) => api.patch(member(to), { role: 'guest' })),
  'suspend someone who is': deed(TO_MANAGE, 'active', (api, to) => api.post(`${member(to)}/suspend`)),
  'reactivate someone who is': deed(TO_MANAGE, 'suspended', (api, to) => api.post(`${member(to)}/reactivate`)),
  'remove someone who is': deed(TO_MANAGE, 'active', (api, to) => api.delete(member(to))),
  'cancel the invitation of': deed(TO_MANAGE, 'invited', (api, to) => api.post(`${to.path}/cancel`)),
  'resend the invitation of': deed(TO_ASSIGN, 'invited', (api, to) => api.post(`${to.path}/resend`)),
}

async function expectRow<Kind extends keyof Holders>(actor: string, { table, to, act }: Deed<Kind>): Promise<void> {
  const outcomes = ROLES.map((role, column) => ({ role, outcome: table[actor]?.[column] ?? '' }))
  aheadMs += 61_000
  const before = await standing(team)
  for (const { role, outcome } of outcomes.filter(({ outcome }) => outcome !== 'ok')) {
    const answer = await act(clientOf(actor), holders[role][to], role)
    expect({ role, ...answer.body }).toMatchObject({ role, status: 403, code: 'forbidden', permission: outcome })
  }
  expect(await standing(team), 'a refusal changes nothing').toEqual(before)
  for (const { role } of outcomes.filter(({ outcome }) => outcome === 'ok')) {
    const whom = await MAKE[to](role)
    aheadMs += 61_000
    const answer = await act(clientOf(actor), whom, role)
    expect(answer.status, `${role}: ${answer.text}`).toBeLessThan(300)
  }
}

describe.each(Object.entries(DEEDS))('the table says which roles may %s which others', (_, deed) => {
  test.each(ACTORS)('%s', (actor) => expectRow(actor, deed as Deed))
})

describe.each(ACTORS)('the table says into which roles each may bring people: %s', (actor) => {
  const outcomeOf = (role: Role) => TO_ASSIGN[actor]?.[ROLES.indexOf(role)] ?? ''
  const refusedRoles = ROLES.filter((role) => outcomeOf(role) !== 'ok')
  const allowedRoles = ROLES.filter((role) => outcomeOf(role) === 'ok')

  async function expectAssigned(assign: (role: Role) => Promise<Answer>): Promise<void> {
    const before = await standing(team)
    for (const role of refusedRoles) {
      const { body } = await assign(role)
      expect({ role, ...body }).toMatchObject({ status: 403, code: 'forbidden', permission: outcomeOf(role) })
    }
    expect(await standing(team), 'a refusal changes nothing').toEqual(before)
    for (const role of allowedRoles) expect((await assign(role)).body).toMatchObject({ role })
  }

  test('by giving a member the role', async () => {
    const bob = await newMember(team)
    await expectAssigned((role) => clientOf(actor).patch(member(bob), { role }))
  })

  test('by inviting', async () => {
    await expectAssigned((role) =>
      clientOf(actor).post(`${team.path}/invitations`, { email: `${crypto.randomUUID()}@x.test`, role }),
    )
  })

  test('by inviting many at once', async () => {
    const rows = ROLES.map((role) => ({ email: `${crypto.randomUUID()}@x.test`, role }))
    const answer = await clientOf(actor).post(`${team.path}/invitations/bulk`, { rows })
    if (actor === 'member') return expectProblem(answer, 403, 'forbidden', { permission: MEMBERS })
    const outcomes = ROLES.map((role) => ({ outcome: outcomeOf(role) === 'ok' ? 'invited' : 'role_not_allowed' }))
    expect(answer.body.results).toMatchObject(outcomes)
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
