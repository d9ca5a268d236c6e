import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { operatorCalls } from './support/operator-calls.ts'
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

  test('secrets, and what was acknowledged, survive a crash', async () => {
    const secrets = await readFile(secretsFile(), 'utf8')
    const organization = await operatorCalls(server)('POST', '/v1/organizations', { name: 'Before the crash' })
    await server.crash()
    await expect(fetch(server.url)).rejects.toThrow()
    await server.restart()
    expect(await readFile(secretsFile(), 'utf8')).toBe(secrets)
    expect(await operatorCalls(server)('GET', `/v1/organizations/${organization.id}`)).toMatchObject({
      name: 'Before the crash',
    })
  })

  test('a taken port is said in one clear sentence', async () => {
    const { port } = new URL(server.url)
    await expect(startServer({ port: Number(port) })).rejects.toThrow(`Port ${port} is in use`)
  })
})
