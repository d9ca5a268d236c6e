import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { crowd, earlyId } from '../features/crowd.ts'
import { newOrganization, newUser } from '../support/api-builders.ts'
import { cookieOf } from '../support/portal-people.ts'
import { visit } from './site.ts'

const linksOf = (html: string): string[] => [...html.matchAll(/<a [^>]*href="([^"]*)"/g)].map(([, href = '']) => href)

test('the landing page leads to what the deployment has', async () => {
  const page = await visit('/')
  expect([page.status, page.title]).toEqual([200, 'Team membership · Muster'])
  expect(linksOf(page.html)).toEqual(['/docs', '/health', '/dev/mailbox', '/sign-in'])
})

test('a deployment that sends mail shows no mailbox', async () => {
  const { html } = await visit('/', { bindings: { MAIL_TRANSPORT: 'smtp' } })
  expect(linksOf(html)).toEqual(['/docs', '/health', '/sign-in'])
})

test('the style sheet is found under an address that changes with it, and kept for good', async () => {
  const { html } = await visit('/')
  const path = /href="(\/assets\/[0-9a-f]{16}\.css)"/.exec(html)?.[1] ?? ''
  const { status, headers, html: css } = await visit(path)
  expect(status).toBe(200)
  expect(Object.fromEntries(headers)).toMatchObject({
    'content-type': 'text/css; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
  })
  expect(css).toContain('prefers-color-scheme: dark')
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(css))
  expect(path).toContain(Buffer.from(digest).toString('hex').slice(0, 16))
  // Without the outer world: what a style sheet loads would be blocked by the policy of the pages.
  expect(css).not.toMatch(/@import|url\((?!"data:)/)
})

test('the script is found the same way', async () => {
  const headers = await cookieOf(await newUser())
  const { html } = await visit('/organizations', { headers })
  const answer = await visit(/src="(\/assets\/[0-9a-f]{16}\.js)"/.exec(html)?.[1] ?? '')
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
  })
})

test('a page full of members, and all that it loads, weigh less than 60 KiB compressed', async () => {
  const team = await newOrganization()
  const joinedAt = Date.UTC(2026, 0, 1)
  await crowd(
    team,
    Array.from({ length: 60 }, (_, index) => {
      const name = `${crypto.randomUUID()} ${index}`
      const [id, email] = [earlyId('mem', index), `${name.replace(' ', '-')}@x.test`]
      return { id, email, name, role: 'member', status: 'active', joinedAt: joinedAt + index, lastSignInAt: null }
    }),
  )
  const { html } = await visit(`/o/${team.slug}/members`, { headers: await cookieOf(team.owner) })
  expect(html.match(/<tr>/g)).toHaveLength(1 + 50)
  const loaded = [...html.matchAll(/(?:src|<link [^>]*href)="(\/[^"]+)"/g)].map(([, path = '']) => path)
  expect(loaded.map((path) => path.split('.').at(-1))).toEqual(['css', 'js'])
  const parts = [html, ...(await Promise.all(loaded.map(async (path) => (await visit(path)).html)))]
  expect(parts.reduce((sum, part) => sum + gzipSync(part).length, 0)).toBeLessThan(60 * 1024)
})

test('search engines are kept from what only an invited person may find, and may list the sign-in', async () => {
  const robots = '<meta name="robots" content="noindex"'
  const [signIn, unknown] = [await visit('/sign-in'), await visit('/invitations/wrong')]
  expect(signIn.html).toContain('<meta name="description" content="Sign in')
  expect([signIn.html.includes(robots), unknown.html.includes(robots)]).toEqual([false, true])
})

test('HEAD answers like GET, without a body', async () => {
  for (const path of ['/', '/dev/mailbox', '/dev/mailbox.json']) {
    const [get, head] = [await visit(path), await visit(path, { method: 'HEAD' })]
    expect([head.status, head.html]).toEqual([get.status, ''])
    expect(head.headers.get('Content-Type')).toBe(get.headers.get('Content-Type'))
  }
})
