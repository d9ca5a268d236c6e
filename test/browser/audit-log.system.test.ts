import { readFile } from 'node:fs/promises'
import Papa from 'papaparse'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { firstBroken } from '../../docs/verify-export.mjs'
import { openBrowser } from '../support/browser.ts'
import { newBrowserTeam } from '../support/browser-team.ts'

let browser: Browser

beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser?.close())

test.each([
  ['with the script', true],
  ['without JavaScript', false],
])('%s, the audit log is taken away whole, and whoever has it can check it', async (_, javaScript) => {
  const team = await newBrowserTeam(browser, inject('server'), { people: ['ann', 'bob', 'cat'] })
  const { page, complaints } = await team.browserOf('ann', { javaScript })
  await page.goto(`${team.address}/members`)
  await page.getByRole('link', { name: 'Audit log' }).click()
  await page.getByRole('heading', { name: 'Audit log' }).waitFor()
  const newest = await page
    .getByRole('row')
    .nth(1)
    .getByRole('link', { name: /^#\d+$/ })
    .textContent()
  const lines = (await downloaded(page, 'NDJSON')).trimEnd().split('\n')
  const events = lines.map((line) => JSON.parse(line)).filter(({ object }) => object === 'event')
  expect(`#${events.length}`).toBe(newest)
  expect(firstBroken(lines)).toBeNull()
  const { data } = Papa.parse<{ type: string }>(await downloaded(page, 'Export as CSV'), {
    header: true,
    skipEmptyLines: true,
  })
  expect(data.map(({ type }) => type)).toEqual(events.map(({ type }) => type))
  expect(complaints).toEqual([])
  await page.context().close()
})

async function downloaded(page: Page, link: string): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: link, exact: true }).click(),
  ])
  return readFile(await download.path(), 'utf8')
}
