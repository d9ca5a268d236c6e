import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import { heading, newBrowserTeam } from '../support/browser-team.ts'
import { operatorCalls } from '../support/operator-calls.ts'

const server = inject('server')
const { url } = server
const operator = operatorCalls(server)

const MANY = 500

let browser: Browser

beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser?.close())

const newTeam = (...people: string[]) => newBrowserTeam(browser, server, { people })

describe.each([
  ['with the script', true],
  ['without JavaScript', false],
] as const)('%s', (_, javaScript) => {
  test(`${MANY} pasted addresses are invited, once each`, async () => {
    const team = await newTeam('ann')
    const { page, complaints } = await team.browserOf('ann', { javaScript })
    await page.goto(`${team.address}/members/invite`)
    const pasted = Array.from({ length: MANY }, (_, index) => team.emailOf(`invitee-${index}`))
    await page.getByLabel('Email addresses').fill(pasted.join('\n'))
    await page.getByRole('button', { name: 'Preview' }).click()
    await heading(page, 'Check and send')
    const sent: string[] = []
    page.on('request', (request) => request.method() === 'POST' && sent.push(request.url()))
    await page.getByRole('button', { name: `Invite ${MANY} people` }).click()
    if (javaScript) {
      await heading(page, 'Sending invitations')
      expect(await page.getByRole('status').textContent()).toMatch(/^Done\d+ of 500$/)
    }
    await heading(page, `${MANY} people invited`)
    expect(await page.getByRole('row').count()).toBe(MANY + 1)
    expect(sent).toHaveLength(javaScript ? MANY / 50 : 1)
    if (javaScript) expect(await page.evaluate('document.activeElement.textContent')).toBe(`${MANY} people invited`)
    expect((await operator('GET', `/v1/organizations/${team.id}/seats`)).pending).toBe(MANY)
    expect(complaints).toEqual([])
    await page.context().close()
  })

  test('ownership is handed over by typing the name', async () => {
    const team = await newTeam('ann', 'bob')
    const { page, complaints } = await team.browserOf('ann', { javaScript })
    await page.goto(`${team.address}/settings`)
    await page.getByRole('link', { name: 'Transfer ownership' }).click()
    await page.getByRole('listitem').filter({ hasText: 'bob' }).getByRole('link', { name: 'Choose' }).click()
    await heading(page, 'Transfer ownership?')
    await page.getByLabel('Name').fill(team.name.toUpperCase())
    await page.getByRole('button', { name: 'Transfer ownership' }).click()
    await page.locator('.error').waitFor()
    await page.getByLabel('Name').fill(team.name)
    await page.getByRole('button', { name: 'Transfer ownership' }).click()
    await page.getByText('Ownership was transferred. You are an admin now.').waitFor()
    const roleOf = (person: string) => page.getByRole('row').filter({ hasText: team.emailOf(person) })
    expect(await roleOf('bob').textContent()).toContain('Owner')
    expect(await roleOf('ann').textContent()).toContain('Admin')
    expect(complaints).toEqual([])
    await page.context().close()
  })

  test('the last owner cannot leave, and learns what to do instead', async () => {
    const team = await newTeam('ann', 'bob')
    const { page } = await team.browserOf('ann', { javaScript })
    await page.goto(`${team.address}/settings`)
    await page.getByRole('link', { name: 'Leave', exact: true }).click()
    await heading(page, `Leave ${team.name}?`)
    await page.getByRole('button', { name: 'Leave' }).click()
    await page.getByText('There must always be an owner.').waitFor()
    await page.getByRole('link', { name: 'Transfer ownership' }).click()
    await heading(page, 'Transfer ownership')
    await page.context().close()
  })
})

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
