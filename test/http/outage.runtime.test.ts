import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { type Answer, as, bearer, expectProblem, nobody, ORIGIN, onBehalfOf, operator } from '../support/api.ts'
import {
  created,
  followed,
  newInvitation,
  newMember,
  newOrganization,
  newUser,
  reseam,
} from '../support/api-builders.ts'
import { broken, organizationsVia, unreachableDatabases, unreachableLogs } from '../support/api-faults.ts'
import { newApiKey, newSession } from '../support/api-world.ts'
import { projectInto } from '../support/projecting.ts'

beforeEach(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
})

const withoutDirectory = broken(unreachableDatabases())
const down = (): Promise<never> => Promise.reject(new Error('D1_ERROR: Network connection lost.'))

/** An organization that cannot reach the directory either. */
async function cutOffTeam() {
  const team = await newOrganization({ seat_limit: 10 })
  const [admin, member] = [await newMember(team, 'admin'), await newMember(team)]
  const { secret } = await newApiKey(team)
  await followed(team)
  await reseam(team, { project: down })
  const owner = as(onBehalfOf(team.owner.id), withoutDirectory)
  return { team, owner, admin, member, key: as({ Authorization: `Bearer ${secret}` }, withoutDirectory) }
}

function expectUnavailable(answer: Answer): void {
  expectProblem(answer, 503, 'unavailable', { retry_after: 5 })
  expect(answer.headers.get('Retry-After')).toBe('5')
}

describe('while the directory is out of reach, an organization', () => {
  test('goes on inviting, resending and canceling', async () => {
    const { team, owner, key } = await cutOffTeam()
    const { id } = created(await owner.post(`${team.path}/invitations`, { email: 'outage@x.test' }))
    created(await key.post(`${team.path}/invitations`, { email: 'outage-key@x.test' }))
    expect((await owner.post(`${team.path}/invitations/bulk`, { emails: ['bulk@x.test'] })).status).toBe(200)
    await reseam(team, { clock: () => Date.now() + 120_000 })
    expect((await owner.post(`${team.path}/invitations/${id}/resend`)).status).toBe(200)
    expect((await owner.post(`${team.path}/invitations/${id}/cancel`)).status).toBe(200)
  })

  test('goes on managing its members', async () => {
    const { team, owner, admin, member } = await cutOffTeam()
    const path = `${team.path}/members/${member.memberId}`
    expect((await owner.patch(path, { role: 'admin' })).status).toBe(200)
    expect((await owner.post(`${path}/suspend`)).status).toBe(200)
    expect((await owner.delete(path)).status).toBe(204)
    expect((await as(onBehalfOf(admin.id), withoutDirectory).post(`${team.path}/leave`)).status).toBe(204)
    expect((await owner.patch(team.path, { name: 'Renamed' })).status).toBe(200)
  })

  test('goes on answering about itself', async () => {
    const { team, owner, key } = await cutOffTeam()
    await newInvitation(team)
    expect((await owner.get(team.path)).body).toMatchObject({ id: team.id })
    expect((await owner.get(`${team.path}/members`)).body.data).toHaveLength(3)
    expect((await owner.get(`${team.path}/roster`)).body.data).toHaveLength(4)
    expect((await owner.get(`${team.path}/seats`)).body).toMatchObject({ used: 4, limit: 10 })
    expect((await owner.get(`${team.path}/invitations`)).body.data).toHaveLength(1)
    expect((await owner.get(`${team.path}/events`)).status).toBe(200)
    expect((await key.get(`${team.path}/access?user_id=${team.owner.id}&permission=products:use`)).body).toMatchObject({
      allowed: true,
    })
  })

  test('still turns away whom it does not know', async () => {
    const { team } = await cutOffTeam()
    const stranger = as(onBehalfOf((await newUser()).id), withoutDirectory)
    expectProblem(await stranger.get(team.path), 404, 'not_found')
    expectProblem(await as(nobody, withoutDirectory).get(team.path), 401, 'unauthenticated')
  })

  test('is in the directory with all that happened once that is back', async () => {
    const { team, owner } = await cutOffTeam()
    created(await owner.post(`${team.path}/invitations`, { email: 'later@x.test' }))
    await owner.patch(team.path, { name: 'Later' })

    await reseam(team, { project: projectInto(env.DIRECTORY) })
    await followed(team)

    expect((await as(operator).get('/v1/organizations?query=later')).body.data).toMatchObject([{ id: team.id }])
    const eventual = await team.owner.api.get(`${team.path}/invitations?consistency=eventual`)
    expect(eventual.body.data).toMatchObject([{ email: 'later@x.test' }])
  })
})

describe('while the directory is out of reach, what only it can decide', () => {
  test('is unavailable for the moment, and says when to come again', async () => {
    const { team, owner } = await cutOffTeam()
    const { token } = await newInvitation(team)
    const everyone = as(operator, withoutDirectory)
    const answers = [
      await everyone.get('/v1/organizations'),
      await owner.get('/v1/organizations'),
      await everyone.post('/v1/organizations', { name: 'Acme' }),
      await owner.post('/v1/organizations', { name: 'Acme' }),
      await everyone.post('/v1/organizations', { name: 'Acme' }, { 'Idempotency-Key': 'k' }),
      await owner.patch(team.path, { slug: 'another-slug' }),
      await everyone.get('/v1/users'),
      await everyone.get(`/v1/users/${team.owner.id}`),
      await everyone.post('/v1/users', { email: 'a@x.test' }),
      await everyone.patch(`/v1/users/${team.owner.id}`, { name: 'A' }),
      await everyone.get('/v1/settings'),
      await everyone.patch('/v1/settings', {}),
      await everyone.post(`${team.path}/members`, { email: 'a@x.test' }),
      await as(nobody, withoutDirectory).post(`/v1/invitations/${token}/accept`),
      await as(nobody, withoutDirectory).post('/v1/sign-in/email', { email: 'a@x.test' }),
      await as(nobody, withoutDirectory).post('/v1/sign-in/email/verify', { email: 'a@x.test', code: '123456' }),
      await owner.get('/v1/users/me/sessions'),
      await owner.delete('/v1/users/me/sessions'),
    ]
    for (const answer of answers) expectUnavailable(answer)
  })

  test('does not touch what a link says, nor declining', async () => {
    const { team } = await cutOffTeam()
    const { token } = await newInvitation(team)
    const link = as(nobody, withoutDirectory)
    expect((await link.get(`/v1/invitations/${token}`)).body.status).toBe('pending')
    expect((await link.post(`/v1/invitations/${token}/decline`)).body.status).toBe('declined')
  })

  test('can be done by repeating the call once it is back', async () => {
    const { team } = await cutOffTeam()
    const { token } = await newInvitation(team)
    expectUnavailable(await as(nobody, withoutDirectory).post(`/v1/invitations/${token}/accept`))
    expect((await as(nobody).post(`/v1/invitations/${token}/accept`)).status).toBe(200)
  })
})

describe('/health', () => {
  test('is fine while everything is', async () => {
    expect((await as(nobody).get('/health')).body).toEqual({
      object: 'health',
      status: 'ok',
      directory: 'ok',
      logs: 'ok',
      dropped_log_writes: 0,
      relay: { lagging_organizations: 0, oldest_unprojected_seconds: 0, oldest_unsent_mail_seconds: 0 },
    })
  })

  test('is degraded and still 200 while the directory is out of reach', async () => {
    expect(await as(nobody, withoutDirectory).get('/health')).toMatchObject({
      status: 200,
      body: {
        status: 'degraded',
        directory: 'unreachable',
        relay: { lagging_organizations: null, oldest_unsent_mail_seconds: null },
      },
    })
  })

  test('is degraded and still 200 while the authentication log is out of reach', async () => {
    expect(await as(nobody, broken({ LOGS: unreachableLogs() })).get('/health')).toMatchObject({
      status: 200,
      body: { status: 'degraded', directory: 'ok', logs: 'unreachable' },
    })
  })

  test('is degraded while the relay of an organization lags for long', async () => {
    const team = await newOrganization()
    await followed(team)
    const lag = 'update projections set head_version = head_version + 1, projected_at = ? where organization_id = ?'
    await env.DIRECTORY.prepare(lag)
      .bind(Date.now() - 3_600_000, team.id)
      .run()
    expect((await as(nobody).get('/health')).body).toMatchObject({
      status: 'degraded',
      directory: 'ok',
      relay: { lagging_organizations: 1 },
    })
  })
})

describe('while an organization itself', () => {
  const failing = (error: Error) =>
    broken({ ORGANIZATION: organizationsVia(() => ({ read: () => Promise.reject(error) })) })

  test.each([{ retryable: true }, { overloaded: true }])('is %o, it is unavailable for the moment', async (flag) => {
    const { path } = await newOrganization()
    expectUnavailable(await as(operator, failing(Object.assign(new Error('Nope'), flag))).get(path))
  })

  test('is out of reach, sessions are shown with the organization that they are in', async () => {
    const { id, owner } = await newOrganization()
    const { token } = await newSession(owner)
    expect((await as(bearer(token)).post('/v1/session/organization', { organization_id: id })).status).toBe(200)
    const client = as(bearer(token), failing(new Error('Network connection lost.')))
    expect(await client.get('/v1/session')).toMatchObject({ status: 200, body: { organization_id: id } })
    expect(await client.get('/v1/users/me/sessions')).toMatchObject({
      status: 200,
      body: { data: [{ organization_id: id }] },
    })
  })

  test('fails for no known reason, nothing is told but the id of the request', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const { path } = await newOrganization()
    const request = new Request(`${ORIGIN}${path}`, { headers: { ...operator, 'X-Request-Id': 'req-1' } })
    const response = await failing(new Error('secret detail at line 7'))(request)

    expect(response.status).toBe(500)
    expect(response.headers.get('Content-Type')).toBe('application/problem+json')
    expect(await response.json()).toEqual({
      type: 'urn:muster:problem:internal_error',
      title: 'Internal error',
      status: 500,
      detail: 'Something went wrong on our side.',
      code: 'internal_error',
      request_id: 'req-1',
    })
    expect(JSON.stringify(log.mock.calls)).toContain('req-1')
  })
})
