import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, test, vi } from 'vitest'
import worker from '../../src/index.ts'
import { operator } from '../support/api.ts'

/* What is refused in front of everything: another host, and a configuration that is not safe. */

const PATHS = ['/v1/settings', '/health', '/openapi.json', '/v1/nowhere']
const PAGES = ['/', '/sign-in', '/docs', '/operator/sign-in', '/dev/mailbox', '/nowhere']

const fetching = (url: string, bindings: Record<string, unknown> = {}, headers: Record<string, string> = {}) => {
  const request = new Request(url, { headers: { ...operator, ...headers } })
  return worker.fetch(request as never, { ...env, ...bindings } as Env, createExecutionContext())
}

afterEach(() => {
  vi.restoreAllMocks()
})

describe('a host that is not of this deployment', () => {
  test.each(PATHS)('gets a problem: %s', async (path) => {
    const answer = await fetching(`https://muster.workers.dev${path}`)
    expect(answer.status).toBe(421)
    expect(answer.headers.get('Content-Type')).toBe('application/problem+json')
    const body = (await answer.json()) as Record<string, unknown>
    expect(body).toMatchObject({ code: 'host_not_served', request_id: answer.headers.get('X-Request-Id') })
    expect(JSON.stringify(body)).not.toContain('muster.test')
  })

  test.each(PAGES)('gets a page: %s', async (path) => {
    const answer = await fetching(`https://muster.workers.dev${path}`)
    expect(answer.status).toBe(421)
    expect(answer.headers.get('Content-Security-Policy')).toContain("default-src 'none'")
    expect(await answer.text()).toContain('This is not the right URL')
  })

  test('is not served by a header that names the right one', async () => {
    const forwarded = { 'X-Forwarded-Host': 'muster.test', Forwarded: 'host=muster.test' }
    expect((await fetching('https://muster.workers.dev/v1/settings', {}, forwarded)).status).toBe(421)
    expect((await fetching('https://muster.test/v1/settings', {}, { 'X-Forwarded-Host': 'x.test' })).status).toBe(200)
  })

  test('is served once ALLOWED_HOSTS names it', async () => {
    const bindings = { ALLOWED_HOSTS: 'muster.workers.dev' }
    expect((await fetching('https://muster.workers.dev/v1/settings', bindings)).status).toBe(200)
  })
})

describe('a configuration that is not safe', () => {
  const unsafe = { OPERATOR_KEY: 'o'.repeat(40), LINK_KEYS: `k1:${'0'.repeat(64)}` }

  test.each([...PATHS, ...PAGES])('lets nobody in, and names its variables to the log alone: %s', async (path) => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const answer = await fetching(`https://muster.test${path}`, unsafe, {
      Authorization: `Bearer ${unsafe.OPERATOR_KEY}`,
    })
    expect(answer.status).toBe(500)
    const text = await answer.text()
    expect(text).toContain(answer.headers.get('X-Request-Id'))
    expect(text).not.toMatch(/OPERATOR_KEY|LINK_KEYS/)
    const [[entry] = []] = logged.mock.calls
    expect(entry).toMatchObject({ message: 'unsafe configuration', request: answer.headers.get('X-Request-Id') })
    expect(entry.variables.join()).toMatch(/OPERATOR_KEY.*LINK_KEYS/)
    expect(JSON.stringify(entry)).not.toMatch(/oooo|0000/)
  })
})
