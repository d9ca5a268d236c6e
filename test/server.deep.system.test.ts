import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { hasCode, newestMail } from './support/mailbox.ts'
import { operatorCalls } from './support/operator-calls.ts'
import { type Server, startServer } from './support/server.ts'

describe('a server of its own', () => {
  let server: Server
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server?.stop())

  const secretsFile = () => join(server.stateDirectory, '.dev.vars')

  test('secrets and data survive a restart', async () => {
    const secrets = await readFile(secretsFile(), 'utf8')
    const organization = await operatorCalls(server)('POST', '/v1/organizations', { name: 'Before the restart' })
    await server.restart()
    expect(await readFile(secretsFile(), 'utf8')).toBe(secrets)
    expect(await operatorCalls(server)('GET', `/v1/organizations/${organization.id}`)).toMatchObject({
      name: 'Before the restart',
    })
  })

  test('a sign-in that was begun before a crash goes on after it, with the tries that were left', async () => {
    const email = 'crash@acme.test'
    const post = (path: string, body: object) => postJson(`${server.url}${path}`, body)
    expect((await post('/v1/sign-in/email', { email })).status).toBe(202)
    const { subject } = await newestMail(server.url, email, 1, hasCode)
    const code = subject.slice(0, 6)
    const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, '0')
    const guess = async () => (await post('/v1/sign-in/email/verify', { email, code: wrong })).json()
    expect(await guess()).toMatchObject({ tries_left: 4 })

    await server.crash()
    await server.restart()

    expect(await guess()).toMatchObject({ tries_left: 3 })
    const signedIn = await post('/v1/sign-in/email/verify', { email, code })
    expect(signedIn.status).toBe(201)
    const { token } = (await signedIn.json()) as { token: string }

    await server.crash()
    await server.restart()

    const session = await fetch(`${server.url}/v1/session`, { headers: { Authorization: `Bearer ${token}` } })
    expect(session.status).toBe(200)
    expect((await post('/v1/sign-in/email/verify', { email, code })).status).toBe(410)
    expect(server.output()).not.toContain(token)
  }, 180_000)

  test('a start adds the secrets that an older file lacks and keeps the others', async () => {
    const older = (await readFile(secretsFile(), 'utf8')).replace(/^LINK_KEYS=.*\n/m, '')
    await writeFile(secretsFile(), older)
    await server.restart()
    expect(await readFile(secretsFile(), 'utf8')).toMatch(
      new RegExp(`^OPERATOR_KEY=${server.operatorKey}\n[^]*^LINK_KEYS=k1:`, 'm'),
    )
  })

  test('a runtime that has died is started again, or the server ends and says why', async () => {
    await server.killRuntime('code')
    await vi.waitFor(async () => expect((await fetch(`${server.url}/health`)).status).toBe(200), {
      timeout: 40_000,
      interval: 500,
    })
    await server.killRuntime('port')
    expect(await server.ended()).toBe(1)
    expect(server.output()).toContain('The runtime has died. Start the server again: npm run dev.')
    await server.restart()
    expect((await fetch(`${server.url}/health`)).status).toBe(200)
  }, 180_000)
})

describe('when the machine stops without warning', () => {
  let server: Server
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server?.stop())

  test('everything that was acknowledged is there again', async () => {
    const call = operatorCalls(server)
    const organization = await call('POST', '/v1/organizations', { name: 'Phoenix', seat_limit: 9 })
    const path = `/v1/organizations/${organization.id}`
    const emails = ['a', 'b', 'c', 'd'].map((name) => `${name}@phoenix.test`)
    for (const email of emails) await call('POST', `${path}/invitations`, { email })
    await server.crash()
    await server.restart()

    const invitations = await call('GET', `${path}/invitations?sort=email`)
    expect(invitations.data).toMatchObject(emails.map((email) => ({ email })))
    expect(await call('GET', `${path}/events/verify`)).toMatchObject({ valid: true })
    const listed = await call('GET', '/v1/organizations?query=phoenix')
    expect(listed.data).toMatchObject([{ id: organization.id }])
  })
})

const postJson = (url: string, body: object): Promise<Response> =>
  fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })
