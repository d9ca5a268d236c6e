import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { signInvitationLink } from '../../src/accounts/invitation-link.ts'
import { configOf } from '../../src/env.ts'
import { inAccounts } from '../features/storage.ts'
import { as, bearer, expectProblem, nobody, operator } from '../support/api.ts'
import { created, type Member, newMember, newOrganization, reseam, type Team } from '../support/api-builders.ts'
import { newApiKey, newSession } from '../support/api-world.ts'

/* People who are removed, suspended or demoted do not come back through what others do to their invitations and keys. */

const { LINK_KEYS } = configOf(env)

let strangers = 0
const privateAddress = () => `private-${++strangers}@x.test`

beforeAll(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})

async function invited(team: Team, by: Member, role = 'member') {
  const email = privateAddress()
  const { id } = created<{ id: string }>(await by.api.post(`${team.path}/invitations`, { email, role }))
  return { id, email }
}

function accept({ id: organizationId }: Team, { id: invitationId }: { readonly id: string }, sendNumber = 1) {
  const token = signInvitationLink({ organizationId, invitationId, sendNumber }, LINK_KEYS)
  return as(nobody).post(`/v1/invitations/${token}/accept`)
}

const memberPath = ({ path }: Team, { memberId }: Pick<Member, 'memberId'>) => `${path}/members/${memberId}`

/** A session of the owner that has proven who they are an hour ago. */
async function staleSession({ owner }: Team) {
  const { token, session } = await newSession(owner)
  await inAccounts('update sessions set authenticated_at = ? where id = ?', Date.now() - 3_600_000, session.id)
  return as(bearer(token))
}

const aMinuteLater = (team: Team) => reseam(team, { clock: () => Date.now() + 61_000 })

describe('an invitation that somebody else sends again', () => {
  test('is listed when its maker is removed, and ends', async () => {
    const team = await newOrganization()
    const [maker, other] = [await newMember(team, 'admin'), await newMember(team, 'admin')]
    const one = await invited(team, maker)
    await aMinuteLater(team)
    expect((await other.api.post(`${team.path}/invitations/${one.id}/resend`)).status).toBe(200)
    const preview = await team.owner.api.delete(`${memberPath(team, maker)}?dry_run=true`)
    expect(preview.body.data).toMatchObject([{ id: one.id, outcome: 'ends' }])
    expect((await team.owner.api.delete(memberPath(team, maker))).status).toBe(204)
    expectProblem(await accept(team, one, 2), 410, 'invitation_canceled')
  })

  test('as owner, by a session without a fresh proof, is still of the owner who made it', async () => {
    const team = await newOrganization()
    const maker = await newMember(team, 'owner')
    const one = await invited(team, maker, 'owner')
    const stale = await staleSession(team)
    await aMinuteLater(team)
    expect((await stale.post(`${team.path}/invitations/${one.id}/resend`)).status).toBe(200)
    expect((await team.owner.api.delete(memberPath(team, maker))).status).toBe(204)
    expectProblem(await accept(team, one, 2), 410, 'invitation_canceled')
  })

  test('as owner, whose maker is suspended, takes a fresh proof', async () => {
    const team = await newOrganization()
    const maker = await newMember(team, 'owner')
    const one = await invited(team, maker, 'owner')
    await team.owner.api.post(`${memberPath(team, maker)}/suspend`)
    const stale = await staleSession(team)
    await aMinuteLater(team)
    const resent = await stale.post(`${team.path}/invitations/${one.id}/resend`)
    expectProblem(resent, 403, 'reauthentication_required')
  })
})

describe('an invitation into a role that is changed', () => {
  const PLAIN = ['products:use']
  const WIDE = ['products:use', 'audit_log:read', 'billing:manage', 'members:manage', 'admins:manage']

  async function invitedHelper() {
    const team = await newOrganization()
    const maker = await newMember(team, 'admin')
    created(await team.owner.api.post(`${team.path}/roles`, { key: 'helper', name: 'Helper', permissions: PLAIN }))
    return { team, maker, one: await invited(team, maker, 'helper') }
  }
  const changes = [
    ['widened', (team: Team) => team.owner.api.patch(`${team.path}/roles/helper`, { permissions: WIDE })],
    ['deleted', (team: Team) => team.owner.api.delete(`${team.path}/roles/helper?reassign_to=member`)],
  ] as const
  const losses = [
    ['removed', (team: Team, maker: Member) => team.owner.api.delete(memberPath(team, maker))],
    ['demoted', (team: Team, maker: Member) => team.owner.api.patch(memberPath(team, maker), { role: 'member' })],
  ] as const
  const ways = changes.flatMap(([change, act]) => losses.map(([loss, lose]) => ({ change, act, loss, lose })))

  test.each(ways)('that is $change ends once its maker is $loss', async ({ act, lose }) => {
    const { team, maker, one } = await invitedHelper()
    expect((await act(team)).status).toBeLessThan(300)
    const preview = await team.owner.api.delete(`${memberPath(team, maker)}?dry_run=true`)
    expect(preview.body.data).toMatchObject([{ id: one.id, outcome: 'ends' }])
    expect((await lose(team, maker)).status).toBeLessThan(300)
    expectProblem(await accept(team, one), 410, 'invitation_canceled')
  })

  test.each(changes)('that is %s is not accepted while its maker is suspended', async (_, act) => {
    const { team, maker, one } = await invitedHelper()
    await team.owner.api.post(`${memberPath(team, maker)}/suspend`)
    expect((await act(team)).status).toBeLessThan(300)
    const refused = await accept(team, one)
    expect(['invitation_canceled', 'maker_suspended']).toContain(refused.body.code)
  })

  test('and that the operator made does not go with the person who changed the role', async () => {
    const { team } = await invitedHelper()
    const other = await newMember(team, 'owner')
    const email = privateAddress()
    const body = { email, role: 'helper' }
    const one = created<{ id: string }>(await as(operator).post(`${team.path}/invitations`, body))
    await other.api.patch(`${team.path}/roles/helper`, { permissions: WIDE })
    await team.owner.api.delete(memberPath(team, other))
    expect((await accept(team, one)).status).toBe(200)
  })
})

test('a session without a fresh proof does not reactivate an owner, but a member', async () => {
  const team = await newOrganization()
  const stale = await staleSession(team)
  const [owner, member] = [await newMember(team, 'owner'), await newMember(team)]
  for (const one of [owner, member]) await team.owner.api.post(`${memberPath(team, one)}/suspend`)
  const reactivated = await stale.post(`${memberPath(team, owner)}/reactivate`)
  expectProblem(reactivated, 403, 'reauthentication_required')
  expect((await stale.post(`${memberPath(team, member)}/reactivate`)).status).toBe(200)
})

test('a key that changes the organization stops with its maker', async () => {
  const team = await newOrganization()
  const permissions = ['organization:update', 'organization:read']
  const [removed, suspended] = [await newMember(team, 'admin'), await newMember(team, 'admin')]
  const ending = await newApiKey({ ...team, owner: removed }, permissions, { name: 'Ending' })
  const paused = await newApiKey({ ...team, owner: suspended }, permissions, { name: 'Paused' })
  await team.owner.api.delete(memberPath(team, removed))
  await team.owner.api.post(`${memberPath(team, suspended)}/suspend`)
  expectProblem(await ending.api.patch(team.path, { name: 'Taken' }), 401, 'unauthenticated')
  expectProblem(await paused.api.patch(team.path, { name: 'Taken' }), 403, 'maker_suspended')
})

test('a refused acceptance makes no account', async () => {
  const team = await newOrganization()
  const maker = await newMember(team, 'admin')
  const one = await invited(team, maker)
  await team.owner.api.post(`${memberPath(team, maker)}/suspend`)
  expectProblem(await accept(team, one), 409, 'maker_suspended')
  expect((await as(operator).get(`/v1/users?email=${one.email}`)).body.data).toEqual([])
})
