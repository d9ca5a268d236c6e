import axe from 'axe-core'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { openBrowser, visit } from '../support/browser.ts'

const { url } = inject('server')

/** One of each kind: looking at all of them takes a browser half a minute. */
const PARTS = [
  '.introduction',
  '.index',
  '.contents',
  '#inviteMembers',
  '#header-If-Match',
  '#schema-Actor',
  '#problem-forbidden',
]

type Variant = readonly [colorScheme: 'light' | 'dark', width: number]

export function describeDocsPage(variants: readonly Variant[]): void {
  let browser: Browser
  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(() => browser?.close())

  test.each(variants)('%s and %d wide, it is accessible and fits', async (colorScheme, width) => {
    const { page, complaints } = await visit(browser, { colorScheme, viewport: { width, height: 800 } })
    await page.goto(`${url}/docs`)
    await page.evaluate(axe.source)
    const { violations } = (await page.evaluate(`axe.run({ include: ${JSON.stringify(PARTS)} })`)) as axe.AxeResults
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
    expect(complaints).toEqual([])
    await page.context().close()
  })
}
