import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import { heading, newBrowserTeam } from '../support/browser-team.ts'
import { operatorCalls } from '../support/operator-calls.ts'
import { describeAdministration } from './administration.ts'

describeAdministration({ javaScript: true, many: 100 })

const server = inject('server')
const { url } = server
const operator = operatorCalls(server)

let browser: Browser

beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser?.close())

const newTeam = (...people: string[]) => newBrowserTeam(browser, server, { people })

test('one switches from organization to organization, and comes back to the last one', async () => {
  const team = await newTeam('ann')
  const other = await operator('POST', '/v1/organizations', { name: `Babbage ${team.name}` })
  const { id } = await operator('POST', `/v1/organizations/${other.id}/members`, { email: team.emailOf('ann') })
  expect(id).toMatch(/^mem_/)
  const { page } = await team.browserOf('ann')
  await page.goto(`${team.address}/members`)
  const way = page.locator('.switcher').getByText(`Babbage ${team.name}`)
  // The menu is made from the directory, where new memberships arrive a moment later.
  await vi.waitFor(
    async () => {
      await page.reload()
      expect(await way.count()).toBe(1)
    },
    { timeout: 20_000 },
  )
  await page.locator('.switcher > summary').click()
  await way.click()
  await page.waitForURL(`${url}/o/${other.slug}/members`)
  await page.goto(url)
  await page.waitForURL(`${url}/o/${other.slug}/members`)
  await page.context().close()
})

test('a session that is ended elsewhere is over at the next click, and comes back to where it was', async () => {
  const team = await newTeam('ann')
  const laptop = await team.browserOf('ann')
  const phone = await team.browserOf('ann')
  await phone.page.goto(`${team.address}/members`)
  await laptop.page.goto(`${url}/account`)
  await laptop.page.getByText('This device').waitFor()
  await laptop.page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await laptop.page.getByText('That device was signed out.').waitFor()
  expect(await laptop.page.getByRole('button', { name: 'Sign out', exact: true }).count()).toBe(0)
  await phone.page.getByRole('link', { name: 'Roles', exact: true }).click()
  await heading(phone.page, 'Sign in')
  expect(new URL(phone.page.url()).searchParams.get('next')).toBe(`${new URL(team.address).pathname}/roles`)
  await laptop.page.context().close()
  await phone.page.context().close()
})
