import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest'
import { type Server, startServer } from './support/server.ts'

test('the shared server answers', async () => {
  const response = await fetch(`${inject('server').url}/health`)
  expect(response.status).toBe(200)
})

describe('a server of its own', () => {
  let server: Server
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server?.stop())

  const secretsFile = () => join(server.stateDirectory, '.dev.vars')

  test('the first start writes secrets that only their owner can read', async () => {
    expect((await stat(secretsFile())).mode & 0o777).toBe(0o600)
    expect(server.operatorKey).toMatch(/^ok_.{32,}$/)
    expect(await readFile(secretsFile(), 'utf8')).toMatch(/^LINK_KEYS=k1:[0-9a-f]{64}$/m)
  })

  test('nothing secret is printed', () => {
    expect(server.output()).toContain(server.url)
    expect(server.output()).not.toContain(server.operatorKey)
  })

  test('secrets and data survive a restart', async () => {
    const secrets = await readFile(secretsFile(), 'utf8')
    const organization = await createOrganization(server, 'Before the restart')
    await server.restart()
    expect(await readFile(secretsFile(), 'utf8')).toBe(secrets)
    expect(await readOrganization(server, organization.id)).toMatchObject({ name: 'Before the restart' })
  })

  test('what was acknowledged survives a crash', async () => {
    const organization = await createOrganization(server, 'Before the crash')
    await server.crash()
    await expect(fetch(server.url)).rejects.toThrow()
    await server.restart()
    expect(await readOrganization(server, organization.id)).toMatchObject({ name: 'Before the crash' })
  })

  test('a sign-in that was begun before a crash goes on after it, with the tries that were left', async () => {
    const email = 'crash@acme.test'
    const post = (path: string, body: object) => postJson(`${server.url}${path}`, body)
    expect((await post('/v1/sign-in/email', { email })).status).toBe(202)
    const code = await mailedCode(server, email)
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
  })

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

  test('a taken port is said in one clear sentence', async () => {
    const { port } = new URL(server.url)
    await expect(startServer({ port: Number(port) })).rejects.toThrow(`Port ${port} is in use`)
  })
})

const authorized = ({ operatorKey }: Server) => ({ Authorization: `Bearer ${operatorKey}` })

const postJson = (url: string, body: object): Promise<Response> =>
  fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })

async function mailedCode({ url }: Server, email: string): Promise<string> {
  return vi.waitFor(
    async () => {
      const response = await fetch(`${url}/dev/mailbox.json?to=${encodeURIComponent(email)}`)
      const { data } = (await response.json()) as { data: { subject: string }[] }
      const [code] = /^\d{6}/.exec(data[0]?.subject ?? '') ?? []
      if (code === undefined) throw new Error(`No code for ${email} yet`)
      return code
    },
    { timeout: 20_000, interval: 200 },
  )
}

async function createOrganization(server: Server, name: string): Promise<{ id: string }> {
  const response = await fetch(`${server.url}/v1/organizations`, {
    method: 'POST',
    headers: { ...authorized(server), 'Content-Type': 'application/json' },
    body: JSON.stringify({ name }),
  })
  expect(response.status).toBe(201)
  return response.json() as Promise<{ id: string }>
}

async function readOrganization(server: Server, id: string): Promise<unknown> {
  const response = await fetch(`${server.url}/v1/organizations/${id}`, { headers: authorized(server) })
  return response.json()
}
