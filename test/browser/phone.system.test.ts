import type { Browser, Locator } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { openBrowser, type Visit } from '../support/browser.ts'
import { type BrowserTeam, newBrowserTeam } from '../support/browser-team.ts'
import { operatorCalls } from '../support/operator-calls.ts'

/* Lists as phones show them: rows are cards, and those beyond the screen wait until they come near. */

const PHONE = { viewport: { width: 390, height: 844 } }

let browser: Browser
let team: BrowserTeam

beforeAll(async () => {
  browser = await openBrowser()
  team = await newBrowserTeam(browser, inject('server'), {
    people: Array.from({ length: 15 }, (_, index) => `person-${String.fromCharCode(97 + index)}`),
  })
  const call = operatorCalls(inject('server'))
  // By the owner and without a mail, so that they may copy its link.
  const { data: [owner] = [] } = await call('GET', `/v1/users?email=${encodeURIComponent(team.emailOf('person-a'))}`)
  const invitation = { email: 'invited@x.test', send_email: false }
  await call('POST', `/v1/organizations/${team.id}/invitations`, invitation, owner?.id)
})
afterAll(() => browser?.close())

async function members(javaScript: boolean): Promise<Visit> {
  const visited = await team.browserOf('person-a', { ...PHONE, javaScript })
  await visited.page.goto(`${team.address}/members`)
  return visited
}

test.each([
  ['with the script', true],
  ['without JavaScript', false],
] as const)('%s a menu reaches out of its card, and all that it offers can be hit', async (_, javaScript) => {
  const { page, complaints } = await members(javaScript)
  const card = page.getByRole('row').filter({ hasText: 'invited@x.test' })
  await card.locator('.menu > summary').click()
  const cancel = card.getByRole('link', { name: 'Cancel invitation' })
  expect(await bottomOf(cancel)).toBeGreaterThan(await bottomOf(card))
  await cancel.click()
  await page.getByRole('heading', { name: 'Cancel this invitation?' }).waitFor()
  expect(complaints).toEqual([])
  await page.context().close()
})

test('cards beyond the screen are not laid out, and can be reached all the same', async () => {
  const { page } = await members(true)
  const isLaidOut = () => page.evaluate(LAST_IS_LAID_OUT)
  expect(await isLaidOut()).toBe(false)
  await page.getByRole('link', { name: 'person-o' }).focus()
  await expect.poll(isLaidOut).toBe(true)
  await page.context().close()
})

const LAST_IS_LAID_OUT =
  "document.querySelector('tbody tr:last-child .person').checkVisibility({ contentVisibilityAuto: true })"

async function bottomOf(element: Locator): Promise<number> {
  const box = await element.boundingBox()
  return box === null ? Number.NaN : box.y + box.height
}
