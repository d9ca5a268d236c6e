import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { openBrowser, visit } from '../support/browser.ts'

let browser: Browser
let server: Server
let url: string

/** What the pages of the product must not do, so that the harness is seen to notice it. */
const PAGE = `<!doctype html><title>Unhealthy</title><link rel="icon" href="data:,"><p>static</p>
<script nonce="n">document.querySelector('p').textContent = matchMedia('(prefers-color-scheme: dark)').matches</script>
<script>document.title = 'Injected'</script><script nonce="n">missing()</script><img src="/missing.png" alt="">`

beforeAll(async () => {
  server = createServer(({ url }, response) => {
    response.writeHead(url === '/missing.png' ? 404 : 422, {
      'Content-Type': 'text/html',
      'Content-Security-Policy': "script-src 'nonce-n'",
    })
    response.end(PAGE)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  browser = await openBrowser()
})
afterAll(async () => {
  await browser?.close()
  server?.close()
})

test('script errors, violations of the policy and missing files are complaints; a refused form is none', async () => {
  const { page, complaints } = await visit(browser)
  await page.goto(url, { waitUntil: 'networkidle' })
  expect(await page.title()).toBe('Unhealthy')
  expect([...complaints].sort()).toEqual([
    expect.stringMatching(/^Executing inline script violates .* Content Security Policy/),
    expect.stringMatching(/^Failed to load resource: .*missing\.png/),
    expect.stringMatching(/^ReferenceError: missing is not defined/),
  ])
})

test('scripts and colour scheme are the visitor’s choice', async () => {
  const dark = await visit(browser, { colorScheme: 'dark' })
  await dark.page.goto(url)
  expect(await dark.page.locator('p').textContent()).toBe('true')
  const plain = await visit(browser, { javaScript: false, viewport: { width: 360, height: 640 } })
  await plain.page.goto(url)
  expect(await plain.page.locator('p').textContent()).toBe('static')
  expect(plain.page.viewportSize()).toEqual({ width: 360, height: 640 })
})

test('the running system is reached', async () => {
  const { page } = await visit(browser)
  const response = await page.goto(`${inject('server').url}/health`)
  expect(response?.status()).toBe(200)
})
