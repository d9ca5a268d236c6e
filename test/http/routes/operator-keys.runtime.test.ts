import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Answer, as, bearer, expectInvalid, expectProblem, OPERATOR_KEY, operator } from '../../support/api.ts'
import { newInvitation, newOrganization, newUser } from '../../support/api-builders.ts'
import { broken, unreachableDatabases } from '../../support/api-faults.ts'
import { newApiKey, newOperatorKey, newSession, someId } from '../../support/api-world.ts'

/* Named keys of the operator: who makes them, what they may do, and when they end. */

const PATH = '/v1/operator-keys'
const root = as(operator)
const forSomeone = (secret: string, userId: string) => as({ ...bearer(secret), 'Muster-On-Behalf-Of': userId })
const READ_ONLY = [403, 'forbidden', { permission: 'operator:write' }] as const
const warn = vi.spyOn(console, 'warn')

let networks = 0
/** Wrong keys are counted by network, so every test has its own. */
const newNetwork = (): Readonly<Record<string, string>> => {
  networks += 1
  return { 'CF-Connecting-IP': `203.0.113.${networks}` }
}

beforeEach(() => {
  warn.mockReset()
})

describe('an operator key', () => {
  test('is shown with its secret once, and is kept as a hash', async () => {
    const answer = await root.post(PATH, { name: 'Nightly export', access: 'read', expires_at: '2100-01-01T00:00:00Z' })
    expect(answer.body).toEqual({
      object: 'operator_key',
      id: expect.stringMatching(/^opk_[0-9a-z]{26}$/),
      name: 'Nightly export',
      access: 'read',
      last_four: answer.body.secret.slice(-4),
      created_at: expect.stringMatching(/Z$/),
      expires_at: '2100-01-01T00:00:00.000Z',
      last_used_at: null,
      secret: expect.stringMatching(/^mok_[A-Za-z0-9_-]{43}$/),
    })
    const { secret, ...shown } = answer.body
    const listed = (await root.get(PATH)).body.data.find(({ id }: { id: string }) => id === shown.id)
    expect(listed).toEqual(shown)
    const rows = await env.ACCOUNTS.prepare('select * from operator_keys').all()
    expect(JSON.stringify(rows.results)).not.toContain(secret.slice(4))
  })

  test('is made once, however often the same call comes, and the kept answer has no secret', async () => {
    const headers = { 'Idempotency-Key': 'one-key' }
    const body = { name: 'Repeated', access: 'write' }
    const [first, ...again] = [
      await root.post(PATH, body, headers),
      await root.post(PATH, body, headers),
      await root.post(PATH, body, headers),
    ]
    const { secret, ...shown } = first?.body ?? {}
    expect(again.map((answer) => [answer.status, answer.body])).toEqual([
      [201, shown],
      [201, shown],
    ])
    const kept = await env.ACCOUNTS.prepare('select * from creation_answers').all()
    expect(JSON.stringify(kept.results)).not.toContain(secret)
    expect((await as(bearer(secret)).get('/v1/settings')).status).toBe(200)
  })

  test('has a name of its own until it is revoked, however many ask at once', async () => {
    const body = { name: 'Only one', access: 'read' }
    const answers = await Promise.all([1, 2, 3, 4].map(() => root.post(PATH, body)))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409])
    expectProblem(await root.post(PATH, body), 409, 'operator_key_exists')
    const id = answers.find(({ status }) => status === 201)?.body.id
    expect((await root.delete(`${PATH}/${id}`)).status).toBe(204)
    expect((await root.post(PATH, body)).status).toBe(201)
  })

  test('leaves its name to another one once it has expired', async () => {
    const body = { name: 'Passing', access: 'read' }
    const { id } = (await root.post(PATH, body)).body
    await env.ACCOUNTS.prepare('update operator_keys set expires_at = 1 where id = ?').bind(id).run()
    expect((await root.post(PATH, body)).status).toBe(201)
    expectProblem(await root.post(PATH, body), 409, 'operator_key_exists')
    await root.delete(`${PATH}/${id}`)
  })

  test('is refused without a name, with another access, or with an expiry that has passed', async () => {
    expectInvalid(await root.post(PATH, { name: ' ', access: 'read' }), 'name')
    expectInvalid(await root.post(PATH, { name: 'Any', access: 'root' }), 'access')
    expectInvalid(
      await root.post(PATH, { name: 'Any', access: 'read', expires_at: '2020-01-01T00:00:00Z' }),
      'expires_at',
    )
  })

  test('notes when it was last used, at most hourly', async () => {
    const key = await newOperatorKey()
    const lastUsed = async () =>
      (await root.get(PATH)).body.data.find(({ id }: { id: string }) => id === key.id).last_used_at
    expect(await lastUsed()).toBeNull()
    await key.api.get('/v1/settings')
    expect(await lastUsed()).not.toBeNull()
  })

  test('is one of at most a hundred', async () => {
    const before = (await root.get(PATH)).body.data.length
    const made = await Promise.all(Array.from({ length: 100 - before }, () => newOperatorKey()))
    expectProblem(await root.post(PATH, { name: 'One more', access: 'read' }), 409, 'operator_key_limit_reached', {
      limit: 100,
    })
    for (const { id } of made) await root.delete(`${PATH}/${id}`)
    expect((await root.post(PATH, { name: 'One more', access: 'read' })).status).toBe(201)
  })
})

describe('who manages operator keys', () => {
  test('is the root key alone', async () => {
    const { id } = await newOperatorKey()
    const team = await newOrganization()
    const keys = [await newOperatorKey('write'), await newOperatorKey('read')]
    for (const { api } of keys) {
      const rootOnly = [403, 'forbidden', { permission: 'operator:root' }] as const
      expectProblem(await api.get(PATH), ...rootOnly)
    }
    expectProblem((await keys[0]?.api.post(PATH, { name: 'Mine', access: 'write' })) as Answer, 403, 'forbidden', {
      permission: 'operator:root',
    })
    expectProblem((await keys[0]?.api.delete(`${PATH}/${id}`)) as Answer, 403, 'forbidden', {
      permission: 'operator:root',
    })
    expectProblem((await keys[1]?.api.post(PATH, { name: 'Mine', access: 'write' })) as Answer, ...READ_ONLY)

    const session = as(bearer((await newSession(team.owner)).token))
    for (const api of [team.owner.api, session, (await newApiKey(team)).api]) {
      expectProblem(await api.get(PATH), 403, 'forbidden', { permission: 'operator' })
      expectProblem(await api.post(PATH, { name: 'Mine', access: 'write' }), 403, 'forbidden', {
        permission: 'operator',
      })
      expectProblem(await api.delete(`${PATH}/${id}`), 403, 'forbidden', { permission: 'operator' })
    }
    expect((await root.get(PATH)).body.data).toContainEqual(expect.objectContaining({ id }))
  })
})

describe('a key with write access', () => {
  test('does what the root key does, and events name it', async () => {
    const key = await newOperatorKey('write')
    const made = await key.api.post('/v1/organizations', { name: 'Made by a key' })
    expect(made.status).toBe(201)
    await key.api.patch(`/v1/organizations/${made.body.id}`, { seat_limit: 7 })
    const { data } = (await key.api.get(`/v1/organizations/${made.body.id}/events`)).body
    for (const event of data) expect(event).toMatchObject({ actor: { type: 'operator', id: key.id }, via: null })
    const byKey = await key.api.get(`/v1/organizations/${made.body.id}/events?actor=${key.id}`)
    expect(byKey.body.data).toHaveLength(data.length)

    const user = await key.api.post('/v1/users', { email: `${someId('usr')}@x.test` })
    const [created] = (await root.get(`/v1/events?target=${user.body.id}`)).body.data
    expect(created).toMatchObject({ type: 'user.created', actor: { type: 'operator', id: key.id }, via: null })
  })

  test('acts on behalf of a person, and both are recorded', async () => {
    const key = await newOperatorKey('write')
    const { owner, path } = await newOrganization()
    const api = forSomeone(key.secret, owner.id)
    await api.patch(path, { name: 'Renamed' })
    await api.patch('/v1/users/me', { name: 'Ann' })
    const invitation = await api.post(`${path}/invitations`, { email: 'bob@x.test' })

    const via = { type: 'operator', id: key.id }
    const actor = { type: 'user', id: owner.id }
    const events = (await api.get(`${path}/events?type=organization.updated,invitation.created`)).body.data
    expect(events).toMatchObject([
      { type: 'invitation.created', actor, via },
      { type: 'organization.updated', actor, via },
    ])
    expect(invitation.body.invited_by).toEqual(actor)
    expect((await root.get(`/v1/events?type=user.updated&target=${owner.id}`)).body.data).toMatchObject([
      { actor, via },
    ])
    expect((await api.get(`${path}/events/verify`)).body).toMatchObject({ valid: true })
    const csv = (await api.get(`${path}/events/export?format=csv`)).text
    expect(csv).toContain(`,user,${owner.id},operator,${key.id},`)
  })

  test('answers and declines invitations on behalf of a person, and both are recorded', async () => {
    const key = await newOperatorKey('write')
    const team = await newOrganization()
    const bob = await newUser('Bob', { email_verified: true })
    const invitation = await newInvitation(team, { email: bob.email })
    const accepted = await forSomeone(key.secret, bob.id).post(`/v1/invitations/${invitation.token}/accept`)
    expect(accepted.status).toBe(200)
    const events = await team.owner.api.get(`${team.path}/events?type=invitation.accepted`)
    expect(events.body.data).toMatchObject([
      { actor: { type: 'user', id: bob.id }, via: { type: 'operator', id: key.id } },
    ])
  })

  test('repeats calls apart from other keys', async () => {
    const [one, other] = [await newOperatorKey('write'), await newOperatorKey('write')]
    const headers = { 'Idempotency-Key': 'same' }
    const answers = []
    for (const { api } of [one, other, one]) {
      answers.push(await api.post('/v1/organizations', { name: 'Apart' }, headers))
    }
    const ids = answers.map(({ body }) => body.id)
    expect(ids[2]).toBe(ids[0])
    expect(ids[1]).not.toBe(ids[0])
  })
})

describe('a key with read access', () => {
  test('sees everything, through POSTs that only read too', async () => {
    const { api } = await newOperatorKey('read')
    const team = await newOrganization()
    for (const path of [
      '/v1/settings',
      '/v1/events',
      '/v1/users',
      '/v1/organizations',
      team.path,
      `${team.path}/events`,
    ]) {
      expect((await api.get(path)).status, path).toBe(200)
    }
    const checks = [{ user_id: team.owner.id, permission: 'members:read' }]
    expect((await api.post(`${team.path}/access/batch`, { checks })).body.data).toMatchObject([{ allowed: true }])
  })

  test('changes nothing, not on behalf of a person either', async () => {
    const { secret, api } = await newOperatorKey('read')
    const team = await newOrganization()
    const invitation = await newInvitation(team)
    const before = (await team.owner.api.get(team.path)).headers.get('Muster-Revision')
    const writes = [
      ['PATCH', '/v1/settings', { sign_up_enabled: false }],
      ['POST', '/v1/users', { email: 'never@x.test' }],
      ['DELETE', `/v1/users/${team.owner.id}`, undefined],
      ['POST', '/v1/rebuild', { cursor: null }],
      ['POST', '/v1/rebuild/objects', { object_ids: ['0'.repeat(64)] }],
      ['POST', '/v1/organizations', { name: 'Never' }],
      ['PATCH', team.path, { name: 'Never' }],
      ['DELETE', team.path, undefined],
      ['POST', `${team.path}/invitations`, { email: 'never@x.test' }],
      ['POST', `${team.path}/invitations/bulk`, { emails: ['never@x.test'], dry_run: true }],
      ['POST', `${team.path}/members/bulk`, { members: [{ email: 'never@x.test' }] }],
      ['POST', `/v1/invitations/${invitation.token}/accept`, undefined],
    ] as const
    for (const [method, path, body] of writes) {
      for (const client of [api, forSomeone(secret, team.owner.id)]) {
        expectProblem(await client.call(method, path, body === undefined ? {} : { body }), ...READ_ONLY)
      }
    }
    expectProblem(await forSomeone(secret, team.owner.id).post(`${team.path}/leave`), ...READ_ONLY)
    expectProblem(await forSomeone(secret, team.owner.id).patch('/v1/users/me', { name: 'Never' }), ...READ_ONLY)
    expect((await forSomeone(secret, team.owner.id).get(team.path)).status).toBe(200)
    expect((await team.owner.api.get(team.path)).headers.get('Muster-Revision')).toBe(before)
  })

  test('is refused by the organization itself, should a change ever reach it', async () => {
    const team = await newOrganization()
    const object = env.ORGANIZATION.getByName(team.id)
    const command = { type: 'UpdateOrganization', name: 'Never' } as const
    const callers = [
      { type: 'operator', keyId: someId('opk'), readOnly: true },
      { type: 'user', userId: team.owner.id, via: { type: 'operator', id: someId('opk') }, readOnly: true },
    ] as const
    for (const caller of callers) {
      expect(await object.execute({ caller, command })).toMatchObject({
        ok: false,
        error: { code: 'forbidden', permission: 'operator:write' },
      })
    }
  })
})

describe('a key ends', () => {
  afterEach(() => vi.useRealTimers())

  test('with its revocation, at once, which is told once', async () => {
    const key = await newOperatorKey('write')
    expect((await key.api.get('/v1/settings')).status).toBe(200)
    expect((await root.delete(`${PATH}/${key.id}`)).status).toBe(204)
    expectProblem(await key.api.get('/v1/settings'), 401, 'unauthenticated')
    expectProblem(await forSomeone(key.secret, someId('usr')).get('/v1/users/me'), 401, 'unauthenticated')
    expect((await root.delete(`${PATH}/${key.id}`)).status).toBe(204)
    expectProblem(await root.delete(`${PATH}/${someId('opk')}`), 404, 'not_found')
    expectProblem(await root.delete(`${PATH}/nothing`), 404, 'not_found')

    const events = (await root.get(`/v1/events?target=${key.id}`)).body.data
    const told = { actor: { type: 'operator', id: null }, via: null, target: { type: 'operator_key', id: key.id } }
    const data = { name: key.name, last_four: key.secret.slice(-4) }
    expect(events).toMatchObject([
      { ...told, type: 'operator_key.revoked', data },
      { ...told, type: 'operator_key.created', data: { ...data, access: 'write', expires_at: null } },
    ])
    expect(JSON.stringify(events)).not.toContain(key.secret)
    expect((await root.get(PATH)).text).not.toContain(key.id)
  })

  test('with its expiry, and is listed until it is revoked', async () => {
    const at = Date.now() + 60_000
    const key = await newOperatorKey('write', { expires_at: new Date(at).toISOString() })
    expect((await key.api.get('/v1/settings')).status).toBe(200)
    vi.useFakeTimers({ now: at, toFake: ['Date'] })
    expectProblem(await key.api.get('/v1/settings'), 401, 'unauthenticated')
    expect((await root.get(PATH)).text).toContain(key.id)
  })

  test('for good: while the directory is out of reach it stays revoked, and unknown keys are not let in', async () => {
    const key = await newOperatorKey('write')
    await key.api.get('/v1/settings')
    await root.delete(`${PATH}/${key.id}`)
    const away = broken(unreachableDatabases())
    const path = `/v1/organizations/${someId('org')}`
    expectProblem(await as(bearer(`mok_${'A'.repeat(43)}`), away).get(path), 503, 'unavailable')
    expect((await as(operator, away).get(path)).status).toBe(404)
  })
})

describe('a wrong operator key', () => {
  /** Another one each time: what was refused a moment ago is refused from memory. */
  const newWrong = () => `mok_${crypto.randomUUID().replaceAll('-', '')}${'B'.repeat(11)}`
  const WRONG = newWrong()
  const wrong = (secret: string, headers: Readonly<Record<string, string>>) =>
    as(bearer(secret)).get('/v1/settings', headers)

  test('is refused, and logged with its network alone', async () => {
    expectProblem(await wrong(WRONG, newNetwork()), 401, 'unauthenticated')
    const logged = JSON.stringify(warn.mock.calls)
    expect(logged).toContain('operator_key_wrong')
    expect(logged).toContain('203.0.113.0/24')
    expect(logged).not.toContain(WRONG)
  })

  test('is counted by network: thirty are refused as such, then the network has to wait with wrong ones', async () => {
    const network = newNetwork()
    const answers = []
    for (let times = 0; times < 40; times += 1) {
      answers.push(await wrong(times % 2 === 0 ? newWrong() : `${OPERATOR_KEY.slice(0, -1)}${times}x`, network))
    }
    expect(answers.map(({ status }) => status)).toEqual([...Array(30).fill(401), ...Array(10).fill(429)])
    expectProblem(answers[39] as Answer, 429, 'rate_limited')
    const { secret } = await newOperatorKey()
    expect((await wrong(secret, network)).status).toBe(200)
    expect((await wrong(OPERATOR_KEY, network)).status).toBe(200)
    expectProblem(await wrong(newWrong(), newNetwork()), 401, 'unauthenticated')
  })
})
