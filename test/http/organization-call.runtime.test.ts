import { describe, expect, test } from 'vitest'
import { as, expectInvalid, expectProblem, operator } from '../support/api.ts'
import { carryOut, newInvitation, newMember, newOrganization, newUser, type Team } from '../support/api-builders.ts'
import { newApiKey } from '../support/api-world.ts'

const revisionOf = ({ headers }: { headers: Headers }) => headers.get('Muster-Revision')

const key = (value: string) => ({ 'Idempotency-Key': value })
const wasReplayed = ({ headers }: { headers: Headers }) => headers.get('Idempotency-Replayed') === 'true'

const eventTypes = async ({ owner, path }: Team): Promise<string[]> =>
  (await owner.api.get(`${path}/events?after_seq=0&limit=100`)).body.data.map(({ type }: { type: string }) => type)

describe('Muster-Revision', () => {
  test('stands on every answer about an organization, and grows by one with each change', async () => {
    const { owner, path } = await newOrganization()
    expect(revisionOf(await owner.api.get(path))).toBe('1')
    expect(revisionOf(await owner.api.get(`${path}/members`))).toBe('1')

    const changed = await owner.api.patch(path, { name: 'Renamed' })

    expect(revisionOf(changed)).toBe('2')
    expect(changed.body.revision).toBe(2)
    expect(revisionOf(await owner.api.get(`${path}/seats`))).toBe('2')
  })

  test('stays where it is when a change changes nothing', async () => {
    const { owner, path } = await newOrganization()
    expect(revisionOf(await owner.api.patch(path, { name: 'Acme' }))).toBe('1')
  })

  test('stands on a refusal to a member, too', async () => {
    const team = await newOrganization()
    const member = await newMember(team)
    expect(revisionOf(await member.api.patch(team.path, { name: 'No' }))).toBe('2')
    expect(revisionOf(await team.owner.api.get(`${team.path}/members/nobody`))).toBe('2')
  })

  test('is the current one on a refused call of an API key too, although the use of the key is noted', async () => {
    const team = await newOrganization()
    const key = await newApiKey(team, ['members:read'])
    const refused = await key.api.patch(team.path, { name: 'No' })
    expect(refused.status).toBe(403)
    expect(revisionOf(refused)).toBe(revisionOf(await team.owner.api.get(team.path)))
  })

  test('tells nothing to someone who does not belong', async () => {
    const { path } = await newOrganization()
    const stranger = await newUser()
    const guess = { 'If-Match': '"7"' }
    const refused = await stranger.api.patch(path, { name: 'No' }, guess)
    expectProblem(refused, 404, 'not_found')
    expect([revisionOf(refused), refused.headers.get('ETag')]).toEqual([null, null])
    expect(revisionOf(await stranger.api.get(path))).toBeNull()
    expect(revisionOf(await stranger.api.patch(path, { name: 'No' }))).toBeNull()
    expect(revisionOf(await stranger.api.get(`${path}/members?consistency=eventual`))).toBeNull()
  })
})

describe('If-Match', () => {
  test('lets a write through at the revision it names', async () => {
    const { owner, path } = await newOrganization()
    expect((await owner.api.patch(path, { name: 'Renamed' }, { 'If-Match': '"1"' })).status).toBe(200)
  })

  test.each(['"1"', '"3"', '"999999999999999"'])('refuses a write at another revision, as %s', async (revision) => {
    const { owner, path } = await newOrganization()
    await owner.api.patch(path, { name: 'Renamed' })

    const refused = await owner.api.patch(path, { name: 'Lost' }, { 'If-Match': revision })

    expectProblem(refused, 412, 'revision_mismatch', { revision: 2 })
    expect((await owner.api.get(path)).body.name).toBe('Renamed')
  })

  test('holds for deletions and for calls without a body', async () => {
    const team = await newOrganization()
    const { owner, path } = team
    const invitation = await newInvitation(team)
    const stale = { 'If-Match': '"9"' }
    expectProblem(await owner.api.delete(path, stale), 412, 'revision_mismatch', { revision: 1 })
    expectProblem(await owner.api.post(`${invitation.path}/cancel`, undefined, stale), 412, 'revision_mismatch')
    expect((await owner.api.delete(path, { 'If-Match': '"1"' })).status).toBe(204)
  })

  test('* lets a write through at any revision', async () => {
    const { owner, path } = await newOrganization()
    expect((await owner.api.patch(path, { name: 'Renamed' }, { 'If-Match': '*' })).status).toBe(200)
  })

  test.each(['1', "'1'", '"one"', '"-1"', '"1', 'W/"1"', '"1", "2"', '""', '"1.0"', '"1234567890123456"'])(
    'is refused as %s',
    async (value) => {
      const { owner, path } = await newOrganization()
      expectInvalid(await owner.api.patch(path, { name: 'Renamed' }, { 'If-Match': value }), 'If-Match')
    },
  )

  test('of two writes at the same revision lets exactly one through', async () => {
    const { owner, path } = await newOrganization()
    const names = Array.from({ length: 10 }, (_, index) => `Name ${index}`)

    const answers = await Promise.all(names.map((name) => owner.api.patch(path, { name }, { 'If-Match': '"1"' })))

    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(412)])
  })
})

describe('Idempotency-Key', () => {
  test('answers a repeated call as the first time, and does nothing again', async () => {
    const team = await newOrganization()
    const invite = () => team.owner.api.post(`${team.path}/invitations`, { email: 'ida@x.test' }, key('once'))

    const first = await invite()
    const second = await invite()

    expect(wasReplayed(first)).toBe(false)
    expect(wasReplayed(second)).toBe(true)
    expect(second).toMatchObject({ status: 201, body: first.body })
    expect(revisionOf(second)).toBe(revisionOf(first))
    expect(await eventTypes(team)).toEqual(['organization.created', 'member.added', 'invitation.created'])
  })

  test('does a thing once however many calls race', async () => {
    const team = await newOrganization()
    const invite = () => team.owner.api.post(`${team.path}/invitations`, { email: 'ida@x.test' }, key('race'))

    const answers = await Promise.all(Array.from({ length: 10 }, invite))

    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    expect(answers.filter(wasReplayed)).toHaveLength(9)
  })

  test('answers a repeated deletion as the first time', async () => {
    const team = await newOrganization()
    const member = await newMember(team)
    const remove = () => team.owner.api.delete(`${team.path}/members/${member.memberId}`, key('gone'))
    expect((await remove()).status).toBe(204)

    await carryOut(team, {
      type: 'AddMember',
      person: { memberId: member.memberId, userId: member.id, email: member.email, name: null },
      role: 'member',
      source: 'added',
      profile: {},
    })
    const repeated = await remove()

    expect(repeated.status).toBe(204)
    expect(wasReplayed(repeated)).toBe(true)
    expect((await member.api.get(team.path)).status).toBe(200)
  })

  test('is refused for another body', async () => {
    const { owner, path } = await newOrganization()
    await owner.api.patch(path, { name: 'One' }, key('k'))

    const reused = await owner.api.patch(path, { name: 'Two' }, key('k'))

    expectProblem(reused, 422, 'idempotency_key_reused')
    expect((await owner.api.get(path)).body.name).toBe('One')
  })

  test('of one route, organization or person says nothing about another', async () => {
    const [team, other] = [await newOrganization(), await newOrganization()]
    const admin = await newMember(team, 'admin')
    await team.owner.api.patch(team.path, { name: 'One' }, key('k'))

    const answers = [
      await team.owner.api.post(`${team.path}/invitations`, { email: 'a@x.test' }, key('k')),
      await other.owner.api.patch(other.path, { name: 'Two' }, key('k')),
      await admin.api.patch(team.path, { name: 'Three' }, key('k')),
      await as(operator).patch(team.path, { name: 'Four' }, key('k')),
      await (await newApiKey(team)).api.patch(team.path, { name: 'Five' }, key('k')),
    ]

    expect(answers.map(({ status }) => status)).toEqual([201, 200, 200, 200, 200])
    expect(answers.some(wasReplayed)).toBe(false)
  })

  test('of a refused call may be used again', async () => {
    const team = await newOrganization({ seat_limit: 1 })
    const invite = () => team.owner.api.post(`${team.path}/invitations`, { email: 'ida@x.test' }, key('k'))
    expectProblem(await invite(), 409, 'seat_limit_reached')

    await as(operator).patch(team.path, { seat_limit: 2 })

    expect((await invite()).status).toBe(201)
  })

  test('lets someone who has left repeat that they leave', async () => {
    const team = await newOrganization()
    const member = await newMember(team)
    const leave = () => member.api.post(`${team.path}/leave`, undefined, key('bye'))
    expect((await leave()).status).toBe(204)

    const repeated = await leave()

    expect(repeated.status).toBe(204)
    expect(wasReplayed(repeated)).toBe(true)
    expect((await member.api.get(team.path)).status).toBe(404)
  })

  test('is refused when the header was sent twice', async () => {
    const { owner, path } = await newOrganization()
    const { headers } = new Request('https://muster.test', {
      headers: [
        ['Idempotency-Key', 'one'],
        ['Idempotency-Key', 'two'],
      ],
    })
    const joined = Object.fromEntries(headers)
    expectInvalid(await owner.api.patch(path, { name: 'Two keys' }, joined), 'Idempotency-Key')
    expectInvalid(await owner.api.patch(path, { name: 'No key' }, key('')), 'Idempotency-Key')
  })

  test('may be 255 characters long and no longer', async () => {
    const { owner, path } = await newOrganization()
    expect((await owner.api.patch(path, { name: 'One' }, key('k'.repeat(255)))).status).toBe(200)
    expectInvalid(await owner.api.patch(path, { name: 'Two' }, key('k'.repeat(256))), 'Idempotency-Key')
    expectInvalid(await owner.api.patch(path, { name: 'Two' }, key('')), 'Idempotency-Key')
  })
})
