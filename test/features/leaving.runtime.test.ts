import { env } from 'cloudflare:workers'
import { drizzle } from 'drizzle-orm/d1'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { signInvitationLink } from '../../src/accounts/invitation-link.ts'
import { configOf } from '../../src/env.ts'
import { listMailbox } from '../../src/mail/mailbox.ts'
import { type Answer, as, expectInvalid, expectProblem, nobody, operator } from '../support/api.ts'
import { created, followed, type Member, newMember, newOrganization, type Team } from '../support/api-builders.ts'
import { type ApiKey, newApiKey, someId } from '../support/api-world.ts'

/* What becomes of invitations and API keys when the people who made them lose permissions, over HTTP. */

const READS = ['organization:read', 'members:read']
const EVENTUALLY = { timeout: 90_000, interval: 100 }

let people = 0
const newEmail = () => `outside-${++people}@x.test`

beforeAll(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})

interface Made {
  readonly team: Team
  readonly olga: Member
  readonly owners: string
  readonly plain: string
  readonly managing: ApiKey
  readonly reading: ApiKey
}

const at = ({ path }: Team, { memberId }: Pick<Member, 'memberId'>) => `${path}/members/${memberId}`
const keyOf = (team: Team, member: Member, permissions: readonly string[], name: string) =>
  newApiKey({ ...team, owner: member }, permissions, { name })

async function invited(team: Team, by: Member, role: string, email = newEmail()): Promise<string> {
  const { id } = created<{ id: string }>(await by.api.post(`${team.path}/invitations`, { email, role }))
  return id
}

/** A co-owner, and two invitations and two keys by them. */
async function madeByOlga(): Promise<Made> {
  const team = await newOrganization()
  const olga = await newMember(team, 'owner', 'Olga Own')
  return {
    ...{ team, olga },
    owners: await invited(team, olga, 'owner'),
    plain: await invited(team, olga, 'member'),
    managing: await keyOf(team, olga, [...READS, 'products:use', 'members:manage'], 'Hiring'),
    reading: await keyOf(team, olga, READS, 'Nightly sync'),
  }
}

const outcomes = ({ body }: Answer) =>
  Object.fromEntries(body.data.map(({ id, outcome }: { id: string; outcome: string }) => [id, outcome]))

/** All that could have changed. */
const stateOf = async ({ path }: Team) => {
  const lists = ['members', 'invitations', 'api-keys', 'events']
  const answers = await Promise.all(lists.map((list) => as(operator).get(`${path}/${list}?limit=100`)))
  return answers.map(({ body, headers }) => [body, headers.get('Muster-Revision')])
}

const statusOf = async ({ path }: Team, invitationId: string) =>
  (await as(operator).get(`${path}/invitations/${invitationId}`)).body.status

const eventsOf = async ({ path }: Team, type: string) =>
  (await as(operator).get(`${path}/events?type=${type}`)).body.data

const targets = (events: readonly { target: { id: string } }[]) => events.map(({ target }) => target.id).sort()

/** What the invited person does with the link of the mail. */
async function accept({ id: organizationId, path }: Team, invitationId: string): Promise<Answer> {
  const { LINK_KEYS } = configOf(env)
  const { body } = await as(operator).get(`${path}/invitations/${invitationId}`)
  expect(body.delivery).not.toBe('none')
  const token = signInvitationLink({ organizationId, invitationId, sendNumber: 1 }, LINK_KEYS)
  return as(nobody).post(`/v1/invitations/${token}/accept`)
}

describe('dry_run', () => {
  test('of a removal changes nothing, and lists exactly what then ends or passes on', async () => {
    const { team, olga, owners, plain, managing, reading } = await madeByOlga()
    await invited(team, team.owner, 'member')
    const before = await stateOf(team)
    const preview = await team.owner.api.delete(`${at(team, olga)}?dry_run=true`)
    expect(preview.status).toBe(200)
    const listed = { [owners]: 'ends', [plain]: 'ends', [managing.id]: 'ends', [reading.id]: 'stays' }
    expect(outcomes(preview)).toEqual(listed)
    expect(await stateOf(team)).toEqual(before)

    expect((await team.owner.api.delete(at(team, olga))).status).toBe(204)
    const canceled = await eventsOf(team, 'invitation.canceled')
    const revoked = await eventsOf(team, 'api_key.revoked')
    expect(targets(canceled)).toEqual([owners, plain].sort())
    expect(targets(revoked)).toEqual([managing.id])
    for (const { data } of [...canceled, ...revoked]) expect(data.reason).toBe('maker_lost_permission')
    expect(targets(await eventsOf(team, 'api_key.maker_left'))).toEqual([reading.id])
  })

  test('of a change of role lists only what the new role does not allow', async () => {
    const { team, olga, owners, plain } = await madeByOlga()
    const before = await stateOf(team)
    const preview = await team.owner.api.patch(`${at(team, olga)}?dry_run=true`, { role: 'admin' })
    expect(outcomes(preview)).toEqual({ [owners]: 'ends' })
    expect(await stateOf(team)).toEqual(before)

    expect((await team.owner.api.patch(at(team, olga), { role: 'admin' })).body.role).toBe('admin')
    expect(targets(await eventsOf(team, 'invitation.canceled'))).toEqual([owners])
    expect(await statusOf(team, plain)).toBe('pending')
    expect(await eventsOf(team, 'api_key.revoked')).toEqual([])
  })

  test('shows what would be kept, and is refused like the act', async () => {
    const { team, olga, plain } = await madeByOlga()
    const shown = await team.owner.api.delete(`${at(team, olga)}?dry_run=true&keep=${plain}`)
    expect(outcomes(shown)[plain]).toBe('kept')
    const bob = await newMember(team)
    expectProblem(await bob.api.delete(`${at(team, olga)}?dry_run=true`), 403, 'forbidden')
    expectInvalid(await team.owner.api.delete(`${at(team, olga)}?dry_run=true&keep=${someId('inv')}`), 'keep')
    expectInvalid(await team.owner.api.patch(`${at(team, olga)}?dry_run=true`, {}), 'role')
  })
})

describe('keep', () => {
  test('passes the named entries on to who removes, and the others end', async () => {
    const { team, olga, owners, plain, managing, reading } = await madeByOlga()
    const removed = await team.owner.api.delete(`${at(team, olga)}?keep=${plain},${managing.id}`)
    expect(removed.status).toBe(204)
    expect([await statusOf(team, plain), await statusOf(team, owners)]).toEqual(['pending', 'canceled'])
    expect((await managing.api.get(`${team.path}/members`)).status).toBe(200)
    const keys = (await team.owner.api.get(`${team.path}/api-keys`)).body.data
    const shown = Object.fromEntries(keys.map((key: { id: string }) => [key.id, key]))
    expect(shown[managing.id]).toMatchObject({ created_by: { id: team.owner.id }, maker_left: true })
    expect(shown[reading.id]).toMatchObject({ created_by: { id: olga.id }, maker_left: true })
    const { body } = await team.owner.api.get(`${team.path}/invitations/${plain}`)
    expect(body.invited_by).toMatchObject({ type: 'user', id: team.owner.id })
    expect((await accept(team, plain)).status).toBe(200)
  })

  test('keeps everything in a change of role', async () => {
    const { team, olga, owners, plain, managing, reading } = await madeByOlga()
    expect((await team.owner.api.patch(`${at(team, olga)}?keep=all`, { role: 'member' })).status).toBe(200)
    for (const id of [owners, plain]) expect(await statusOf(team, id)).toBe('pending')
    expect((await managing.api.get(`${team.path}/members`)).status).toBe(200)
    expect(targets(await eventsOf(team, 'api_key.kept'))).toEqual([managing.id])
    expect((await reading.api.get(`${team.path}/members`)).status).toBe(200)
    expect(await eventsOf(team, 'invitation.canceled')).toEqual([])
  })

  test('of what the actor could not make is refused, names what is missing, and changes nothing', async () => {
    const team = await newOrganization()
    const permissions = [...READS, 'products:use', 'members:manage', 'admins:manage']
    await team.owner.api.post(`${team.path}/roles`, { key: 'deputy', name: 'Deputy', permissions })
    await team.owner.api.post(`${team.path}/roles`, { key: 'biller', name: 'Biller', permissions: ['billing:manage'] })
    const deputy = await newMember(team, 'deputy')
    const sue = await newMember(team, 'admin')
    const key = await keyOf(team, sue, READS, 'Sync')
    const ends = await invited(team, sue, 'member')
    const foreign = await invited(team, team.owner, 'member')
    const before = await stateOf(team)
    const refused = await deputy.api.delete(`${at(team, sue)}?keep=${key.id}`)
    expectProblem(refused, 403, 'forbidden', { permission: 'api_keys:manage' })
    expectInvalid(await deputy.api.delete(`${at(team, sue)}?keep=${foreign}`), 'keep')
    expect(await stateOf(team)).toEqual(before)
    expect((await deputy.api.delete(`${at(team, sue)}?keep=${ends}`)).status).toBe(204)
  })
})

describe('a removed owner does not come back', () => {
  test('by an invitation as owner to a private address', async () => {
    const team = await newOrganization()
    const olga = await newMember(team, 'owner')
    const mail = newEmail()
    const back = await invited(team, olga, 'owner', mail)
    await team.owner.api.delete(at(team, olga))
    expectProblem(await accept(team, back), 410, 'invitation_canceled')
    expectProblem(await olga.api.get(team.path), 404, 'not_found')
    const { body } = await team.owner.api.get(`${team.path}/members?role=owner`)
    expect(body.data.map(({ email }: { email: string }) => email)).toEqual([team.owner.email])
  })

  test('by a key that they made, nor by what it invited before', async () => {
    const team = await newOrganization()
    const olga = await newMember(team, 'owner')
    const key = await keyOf(team, olga, [...READS, 'products:use', 'members:manage'], 'Way back')
    const earlier = created<{ id: string }>(await key.api.post(`${team.path}/invitations`, { email: newEmail() }))
    await team.owner.api.delete(at(team, olga))
    const again = await key.api.post(`${team.path}/invitations`, { email: olga.email })
    expectProblem(again, 401, 'unauthenticated')
    expectProblem(await accept(team, earlier.id), 410, 'invitation_canceled')
    expectProblem(await olga.api.get(team.path), 404, 'not_found')
  })
})

test('a key that manages nothing goes on working, and the owners get a mail that lists it', async () => {
  const { team, olga, reading } = await madeByOlga()
  await team.owner.api.delete(at(team, olga))
  expect((await reading.api.get(`${team.path}/members`)).status).toBe(200)
  await followed(team)
  const mailbox = (to: string) => listMailbox(drizzle(env.ACCOUNTS), { to, limit: 20 })
  const listing = (mails: Awaited<ReturnType<typeof mailbox>>) =>
    mails.filter(({ subject }) => /^API keys of Acme/.test(subject))
  await vi.waitFor(async () => expect(listing(await mailbox(team.owner.email))).toHaveLength(1), EVENTUALLY)
  const [mail] = listing(await mailbox(team.owner.email))
  for (const said of ['Nightly sync', 'Olga Own']) expect(mail?.text).toContain(said)
  expect(mail?.text).not.toContain('Hiring')
  expect(listing(await mailbox(olga.email))).toEqual([])
})
