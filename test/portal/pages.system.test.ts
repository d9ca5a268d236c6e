import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest'
import { openBrowser, visit } from '../support/browser.ts'

const { url, operatorKey } = inject('server')

let browser: Browser

beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser?.close())

describe('without JavaScript', () => {
  test('an invitation is accepted by keyboard', async () => {
    const { path } = await invite('Acme Robotics')
    const { page, complaints } = await visit(browser, { javaScript: false })
    await page.goto(`${url}${path}`)
    await page.keyboard.press('Tab')
    const [sent] = await Promise.all([page.waitForRequest(`${url}${path}/accept`), page.keyboard.press('Enter')])
    await page.waitForURL(`${url}${path}`)
    expect(await page.locator('h1').textContent()).toBe('You are a member of Acme Robotics')
    // Browsers that do not send Sec-Fetch-Site, and all of them on plain http, are told from other sites by this alone.
    expect((await sent.allHeaders()).origin).toBe(url)
    expect(complaints).toEqual([])
  })

  test('an invitation is declined', async () => {
    const { path } = await invite()
    const { page } = await visit(browser, { javaScript: false })
    await page.goto(`${url}${path}`)
    await page.getByRole('button', { name: 'Decline' }).click()
    await page.waitForURL(`${url}${path}`)
    expect(await page.locator('h1').textContent()).toBe('You declined this invitation')
  })

  test("a mail's HTML leads to its invitation", async () => {
    const { email, path } = await invite('Mailed', { send_email: true })
    await mailTo(email)
    const { page, complaints } = await visit(browser, { javaScript: false })
    await page.goto(`${url}/dev/mailbox?to=${encodeURIComponent(email)}`)
    await page.getByRole('link', { name: 'HTML version' }).click()
    await page.getByRole('link').first().click()
    await page.waitForURL(`${url}${path}`)
    await page.getByRole('button', { name: 'Accept' }).click()
    await page.getByRole('heading', { name: 'You are a member of Mailed' }).waitFor()
    expect(complaints).toEqual([])
  })
})

describe('where the product has a sign-in of its own', () => {
  let product: Server
  let origin: string

  beforeAll(async () => {
    product = createServer((request, response) => response.end(`${request.url} from ${request.headers.referer}`))
    await new Promise<void>((listening) => product.listen(0, '127.0.0.1', listening))
    origin = `http://127.0.0.1:${(product.address() as AddressInfo).port}`
    await call('PATCH', '/v1/settings', { initiate_login_uri: `${origin}/login` })
  })
  afterAll(async () => {
    await call('PATCH', '/v1/settings', { initiate_login_uri: null })
    product?.close()
  })

  test('accepting leads there, and does not tell it the link', async () => {
    const { path, email, organizationId } = await invite()
    const { page, complaints } = await visit(browser)
    await page.goto(`${url}${path}`)
    await page.getByRole('button', { name: 'Accept' }).click()
    await page.waitForURL(`${origin}/**`)
    const search = new URLSearchParams({ organization_id: organizationId, login_hint: email })
    expect(await page.locator('body').textContent()).toBe(`/login?${search} from undefined`)
    expect(complaints).toEqual([])
  })
})

interface Invited {
  readonly organizationId: string
  readonly email: string
  readonly path: string
}

let people = 0

async function invite(name = 'Acme', fields: object = {}): Promise<Invited> {
  people += 1
  const email = `visitor-${people}-${Date.now()}@x.test`
  const organization = await call('POST', '/v1/organizations', { name })
  const body = { email, role: 'owner', send_email: false, ...fields }
  const invitation = await call('POST', `/v1/organizations/${organization.id}/invitations`, body)
  return { organizationId: organization.id ?? '', email, path: new URL(invitation.url ?? '').pathname }
}

/** Waits for the queue. */
const mailTo = (email: string): Promise<void> =>
  vi.waitFor(
    async () => expect((await call('GET', `/dev/mailbox.json?to=${encodeURIComponent(email)}`)).data).toHaveLength(1),
    { timeout: 20_000, interval: 200 },
  )

interface Answer {
  readonly id?: string
  readonly url?: string
  readonly data?: readonly unknown[]
}

async function call(method: string, path: string, body?: object): Promise<Answer> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { Authorization: `Bearer ${operatorKey}`, 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  expect(response.ok, `${method} ${path}: ${response.status}`).toBe(true)
  return (await response.json()) as Answer
}
