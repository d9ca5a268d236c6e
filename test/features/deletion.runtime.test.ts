import { beforeAll, describe, expect, test, vi } from 'vitest'
import { type Answer, as, bearer, expectProblem, operator } from '../support/api.ts'
import {
  created,
  followed,
  newInvitation,
  newMember,
  newOrganization,
  newUser,
  reseam,
  suspend,
  type Team,
} from '../support/api-builders.ts'
import { newApiKey } from '../support/api-world.ts'
import { everythingOf, inDirectory } from './storage.ts'

/* An organization that is deleted: gone at once for everybody, and for thirty days to be had back as it was. */

const THIRTY_DAYS_MS = 30 * 24 * 60 * 60_000

beforeAll(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})

/** With people of every status, a role, invitations and a key. */
async function given(fields: object = {}) {
  const team = await newOrganization({ slug: `s-${crypto.randomUUID()}`, ...fields })
  created(await team.owner.api.post(`${team.path}/roles`, { key: 'reader', name: 'Reader', permissions: [] }))
  const admin = await newMember(team, 'admin')
  const member = await newMember(team, 'reader')
  const suspended = await newMember(team)
  await suspend(team, suspended)
  const invited = await newInvitation(team, { role: 'reader', name: 'Ida' })
  const canceled = await newInvitation(team)
  await team.owner.api.post(`${canceled.path}/cancel`)
  const { secret } = await newApiKey(team)
  const key = as(bearer(secret))
  await key.get(team.path)
  return { team, admin, member, suspended, invited, key }
}

const restore = ({ path }: Team): Promise<Answer> => as(operator).post(`${path}/restore`)

async function givenDeleted(fields: object = {}) {
  const acme = await given(fields)
  expect((await acme.team.owner.api.delete(acme.team.path)).status).toBe(204)
  await followed(acme.team)
  return acme
}

describe('a deleted organization', () => {
  test('is gone for everybody with their next request', async () => {
    const { team, admin, member, suspended, key } = await givenDeleted()
    const everybody = [team.owner.api, admin.api, member.api, suspended.api, key, as(operator)]
    for (const api of everybody) {
      expectProblem(await api.get(team.path), 404, 'not_found')
      expectProblem(await api.get(`${team.path}/members`), 404, 'not_found')
      expectProblem(await api.get(`${team.path}/members?consistency=eventual`), 404, 'not_found')
      expectProblem(await api.get(`${team.path}/access?user_id=${member.id}`), 404, 'not_found')
      expectProblem(await api.post(`${team.path}/invitations`, { email: 'ida@x.test' }), 404, 'not_found')
      expectProblem(await api.patch(team.path, { name: 'Mine' }), 404, 'not_found')
      expectProblem(await api.delete(team.path), 404, 'not_found')
    }
  })

  test('leaves its keys without any say elsewhere, too', async () => {
    const { key } = await givenDeleted()
    expectProblem(await key.get('/v1/organizations'), 401, 'unauthenticated')
    expectProblem(await key.get('/v1/settings'), 401, 'unauthenticated')
  })

  test('leaves its invitation links dead', async () => {
    const { invited } = await givenDeleted()
    expectProblem(await as(operator).get(`/v1/invitations/${invited.token}`), 404, 'not_found')
    for (const answer of ['accept', 'decline']) {
      expectProblem(await as(operator).post(`/v1/invitations/${invited.token}/${answer}`), 404, 'not_found')
    }
  })

  test('is in no list', async () => {
    const reference = crypto.randomUUID()
    const { team } = await givenDeleted({ name: 'Vanishing', external_id: reference })
    const lists = [
      team.owner.api.get('/v1/organizations'),
      as(operator).get('/v1/organizations?query=vanishing'),
      as(operator).get(`/v1/organizations?external_id=${reference}`),
    ]
    for (const { body } of await Promise.all(lists)) expect(body.data).toEqual([])
  })

  test('stands in the directory, marked', async () => {
    const { team } = await givenDeleted()
    const rows = await inDirectory<{ deleted_at: number | null }>('select * from organizations where id = ?', team.id)
    expect(rows).toMatchObject([{ deleted_at: expect.any(Number) }])
  })

  test('keeps its slug for itself', async () => {
    const { team } = await givenDeleted()
    const answer = await as(operator).post('/v1/organizations', { name: 'Acme', slug: team.slug })
    expectProblem(answer, 409, 'slug_taken')
  })

  test('no longer counts among those that a person has created', async () => {
    await as(operator).patch('/v1/settings', { max_organizations_per_user: 1 })
    const ann = await newUser()
    const create = () => ann.api.post('/v1/organizations', { name: 'Mine' })
    const { id } = created(await create())
    expectProblem(await create(), 409, 'organization_limit_reached')
    await ann.api.delete(`/v1/organizations/${id}`)
    await followed({ id })
    expect((await create()).status).toBe(201)
  })

  test('takes no repeated call for a new one', async () => {
    const { team } = await given()
    const once = { 'Idempotency-Key': 'once' }
    expect((await team.owner.api.delete(team.path, once)).status).toBe(204)
    const again = await team.owner.api.delete(team.path, once)
    expect([again.status, again.headers.get('Idempotency-Replayed')]).toEqual([204, 'true'])
  })
})

describe('restored, it', () => {
  test('has everybody and everything as before', async () => {
    const { team } = await given()
    const before = await everythingOf(team)
    await team.owner.api.delete(team.path)

    expect((await restore(team)).body).toMatchObject({ id: team.id, slug: team.slug })

    const after = await everythingOf(team)
    for (const table of ['members', 'roles', 'invitations', 'api_keys'] as const) {
      expect(after[table], table).toEqual(before[table])
    }
    const { revision, version, event_seq, event_hash, event_time, ...counts } = after.ledger
    expect(before.ledger).toMatchObject(counts)
    expect(after.events.slice(-2).map(({ type }) => type)).toEqual(['organization.deleted', 'organization.restored'])
  })

  test('lets everybody in again: people, keys and invitees', async () => {
    const { team, admin, member, suspended, invited, key } = await givenDeleted()
    await restore(team)
    expect((await admin.api.patch(team.path, { name: 'Back' })).status).toBe(200)
    expect((await member.api.get(`${team.path}/members/${member.memberId}`)).body.role).toBe('reader')
    expectProblem(await suspended.api.get(team.path), 403, 'member_suspended')
    expect((await key.get(`${team.path}/members`)).status).toBe(200)
    const accepted = await as(operator).post(`/v1/invitations/${invited.token}/accept`)
    expect(accepted.body.member).toMatchObject({ role: 'reader', name: 'Ida', status: 'active' })
  })

  test('is listed again', async () => {
    const { team } = await givenDeleted({ name: 'Returning' })
    await restore(team)
    await followed(team)
    const { body } = await as(operator).get('/v1/organizations?query=returning')
    expect(body.data.map(({ id }: { id: string }) => id)).toEqual([team.id])
  })

  test('is restored once: doing it again changes nothing', async () => {
    const { team } = await givenDeleted()
    const first = await restore(team)
    const second = await restore(team)
    expect(second.body).toEqual(first.body)
  })

  test('may be restored in the last millisecond of thirty days, and no later', async () => {
    const { team } = await given()
    const clock = { now: Date.now() }
    const deletedAt = clock.now
    await reseam(team, { clock: () => clock.now })
    await team.owner.api.delete(team.path)

    clock.now = deletedAt + THIRTY_DAYS_MS
    expectProblem(await restore(team), 409, 'restore_window_passed')
    clock.now = deletedAt + THIRTY_DAYS_MS - 1
    expect((await restore(team)).status).toBe(200)
  })

  test('is restored by the operator alone', async () => {
    const { team, admin, key } = await givenDeleted()
    for (const api of [team.owner.api, admin.api, key]) {
      expectProblem(await api.post(`${team.path}/restore`), 404, 'not_found')
    }
    expectProblem(await as(operator).get(team.path), 404, 'not_found')
  })
})
