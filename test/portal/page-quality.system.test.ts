import axe from 'axe-core'
import { HtmlValidate } from 'html-validate'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import { PAGES, type PortalPage } from '../support/portal-pages.ts'
import { type Looker, looker, showIn, VARIANTS } from '../support/portal-visits.ts'
import { seed, type World } from '../support/portal-world.ts'

let browser: Browser
let look: Looker

beforeAll(async () => {
  browser = await openBrowser()
  const world: World = await seed(inject('server'))
  look = looker(browser, world, { script: axe.source })
})
afterAll(() => browser?.close())

test.concurrent.each(PAGES)('the page "$name" is sound, accessible and fits', async (listed) => {
  const { page, response, complaints, leave } = await look(listed)
  expect(response.status()).toBe(listed.status ?? 200)
  expect(await faultsOf(await response.text())).toEqual([])
  expect(looseIn(response.headers()['content-security-policy'] ?? '')).toEqual([])
  await page.evaluate(LAID_OUT)
  for (const variant of variantsOf(listed)) {
    await showIn(page, variant)
    const shown = { violations: await violations(page), width: await page.evaluate(WIDTH) }
    expect(shown, JSON.stringify(variant)).toEqual({ violations: [], width: variant.width })
  }
  expect(complaints).toEqual([])
  await leave()
})

/** Each width and each color scheme once: what one of them breaks, it breaks beside either of the other. */
const CROSSED = VARIANTS.filter(({ width, colorScheme }) => width < 600 === (colorScheme === 'light'))

/** What is a state of a page that is looked at anyway, as a mistake in its form, is seen in one of the two, by turns. */
const variantsOf = (listed: PortalPage) =>
  listed.act === undefined ? CROSSED : CROSSED.filter((_, index) => index === PAGES.indexOf(listed) % CROSSED.length)

/** What waits beyond the screen would hide there that it is too wide. */
const LAID_OUT = `{
  const all = new CSSStyleSheet()
  all.replaceSync('* { content-visibility: visible !important }')
  document.adoptedStyleSheets = [all]
}`

const WIDTH = 'document.documentElement.scrollWidth'

const markup = new HtmlValidate({
  extends: ['html-validate:recommended'],
  rules: {
    // As Hono writes elements without content, and attributes without value.
    'void-style': ['error', { style: 'selfclosing' }],
    'attribute-boolean-style': ['error', { style: 'empty' }],
    'attribute-empty-style': ['error', { style: 'empty' }],
    'doctype-style': ['error', { style: 'lowercase' }],
    // Titles hold names that people chose, as long as they are.
    'long-title': 'off',
    // Several checkboxes are one list.
    'form-dup-name': ['error', { shared: ['radio', 'checkbox', 'submit'] }],
    'no-inline-style': 'error',
  },
})

/** What is not well-formed, or does not mean what it says; and scripts that the policy would refuse. */
async function faultsOf(html: string): Promise<string[]> {
  const { results } = await markup.validateString(html)
  const faults = results.flatMap(({ messages }) =>
    messages.map(({ ruleId, message, line }) => `${ruleId}: ${message} (line ${line})`),
  )
  const inline = html.match(/<script(?![^>]*\bsrc=)[^>]*>|<style\b|\son\w+=|javascript:/g) ?? []
  return [...faults, ...inline]
}

/** What a policy allows that none of the portal's does. */
function looseIn(policy: string): string[] {
  const wanted = ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"]
  const directives = policy.split('; ')
  return [
    ...wanted.filter((directive) => !directives.includes(directive)),
    ...(policy.match(/'unsafe-[\w-]+'|\*/g) ?? []),
  ]
}

/** What axe, which every page is given, finds, in words. */
async function violations(page: Page): Promise<string[]> {
  const found = (await page.evaluate("axe.run({ resultTypes: ['violations'], preload: false })")) as axe.AxeResults
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target}`))
}
