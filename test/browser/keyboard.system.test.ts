import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { openBrowser, type Visit } from '../support/browser.ts'
import { type BrowserTeam, newBrowserTeam } from '../support/browser-team.ts'

/* What the script adds, by keyboard alone. */

let browser: Browser
let team: BrowserTeam
let ann: Visit

beforeAll(async () => {
  browser = await openBrowser()
  team = await newBrowserTeam(browser, inject('server'), { people: ['ann', 'bob', 'cat'] })
  ann = await team.browserOf('ann')
})
afterAll(async () => {
  expect(ann.complaints).toEqual([])
  await browser?.close()
})

async function members(): Promise<Page> {
  const { page } = ann
  await page.goto(`${team.address}/members`)
  return page
}

test('a row’s menu opens, is walked through, and closes onto its button', async () => {
  const page = await members()
  await tabTo(page, 'Actions for bob')
  await page.keyboard.press('Enter')
  expect(await page.locator('.menu[open]').count()).toBe(1)
  await page.keyboard.press('ArrowDown')
  expect(await focused(page)).toBe('Show profile')
  await page.keyboard.press('ArrowUp')
  expect(await focused(page)).toBe('Remove')
  await page.keyboard.press('Escape')
  expect(await page.locator('.menu[open]').count()).toBe(0)
  expect(await focused(page)).toBe('Actions for bob')
})

test('a dialog keeps the focus, and gives it back when it closes', async () => {
  const page = await members()
  await tabTo(page, 'Actions for bob')
  await page.keyboard.press('Enter')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Enter')
  await page.locator('dialog[open]').waitFor()
  expect(await page.evaluate(IN_DIALOG)).toBe(true)
  for (let step = 0; step < 6; step += 1) {
    await page.keyboard.press('Tab')
    expect(await page.evaluate(`${IN_DIALOG} || document.activeElement === document.body`)).toBe(true)
  }
  await page.keyboard.press('Escape')
  await expect.poll(() => focused(page)).toBe('Actions for bob')
  expect(await page.locator('dialog[open]').count()).toBe(0)
})

test('what asks for confirmation is left to the browser, for whoever wants it in a tab of its own', async () => {
  const page = await members()
  await page.evaluate(NOTES_WHAT_IS_LEFT)
  await tabTo(page, 'Actions for bob')
  await page.keyboard.press('Enter')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Control+Enter')
  await expect.poll(() => page.evaluate('globalThis.leftToBrowser')).toMatch(/\/remove$/)
  expect(await page.locator('dialog[open]').count()).toBe(0)
})

test('who is removed by keyboard is gone', async () => {
  const page = await members()
  await tabTo(page, 'Actions for cat')
  await page.keyboard.press('Enter')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Enter')
  await page.locator('dialog[open]').waitFor()
  await tabTo(page, 'Remove')
  await page.keyboard.press('Enter')
  await page.getByText('They were removed. Their access has ended.').waitFor()
  expect(
    await page
      .getByRole('row')
      .filter({ hasText: team.emailOf('cat') })
      .count(),
  ).toBe(0)
})

test('a list follows what is typed, and the focus stays in the field', async () => {
  const page = await members()
  await tabTo(page, 'Search members')
  await page.keyboard.type('bob')
  await page
    .getByRole('row')
    .filter({ hasText: team.emailOf('ann') })
    .waitFor({ state: 'detached' })
  await page.keyboard.type('-')
  await page.waitForURL(/query=bob-/)
  expect(await page.getByLabel('Search members').inputValue()).toBe('bob-')
  expect(await focused(page)).toBe('Search members')
  expect(await page.getByRole('row').count()).toBe(2)
})

test('the first key leads past the navigation', async () => {
  const page = await members()
  await page.keyboard.press('Tab')
  expect(await focused(page)).toBe('Skip to the content')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  expect(await page.evaluate("document.activeElement.closest('main') !== null")).toBe(true)
})

/** The last to hear of a click: what nobody has taken the browser would open. Here it does not. */
const NOTES_WHAT_IS_LEFT = `addEventListener('click', (event) => {
  globalThis.leftToBrowser = event.defaultPrevented ? null : event.target.closest('a')?.href
  event.preventDefault()
})`

const IN_DIALOG = "document.activeElement.closest('dialog[open]') !== null"

/** By its label, or by what it says. */
const focused = (page: Page): Promise<string> =>
  page.evaluate('(document.activeElement.ariaLabel ?? document.activeElement.textContent).trim()')

const MOST_STEPS = 60

async function tabTo(page: Page, name: string): Promise<void> {
  for (let step = 0; step < MOST_STEPS; step += 1) {
    await page.keyboard.press('Tab')
    if ((await focused(page)) === name) return
  }
  throw new Error(`No way by keyboard to ${name}`)
}
