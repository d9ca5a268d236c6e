import axe from 'axe-core'
import { HtmlValidate } from 'html-validate'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import { PAGES, type PortalPage } from '../support/portal-pages.ts'
import { type Looker, looker, showIn, type VARIANTS } from '../support/portal-visits.ts'
import { seed, type World } from '../support/portal-world.ts'

type Variant = (typeof VARIANTS)[number]

interface Scope {
  /** Where the page must fit. */
  readonly shownIn: readonly Variant[]
  /** Where axe looks at the page, which takes it as long as all else together. */
  readonly examinedIn: readonly Variant[]
}

/** Of every page: well-formed HTML, a strict policy, accessible, no wider than the screen, and no complaint of the browser. */
export function describePages(scopeOf: (listed: PortalPage, index: number) => Scope): void {
  let browser: Browser
  let look: Looker

  beforeAll(async () => {
    browser = await openBrowser()
    const world: World = await seed(inject('server'))
    look = looker(browser, world, { script: axe.source })
  })
  afterAll(() => browser?.close())

  const cases = PAGES.map((listed, index) => ({ name: listed.name, listed, scope: scopeOf(listed, index) }))
  test.concurrent.each(cases)('the page "$name" is sound, accessible and fits', async ({ listed, scope }) => {
    const { page, response, complaints, leave } = await look(listed)
    expect(response.status()).toBe(listed.status ?? 200)
    expect(await faultsOf(await response.text())).toEqual([])
    expect(looseIn(response.headers()['content-security-policy'] ?? '')).toEqual([])
    await page.evaluate(LAID_OUT)
    for (const variant of scope.shownIn) {
      await showIn(page, variant)
      expect(await page.evaluate(WIDTH), JSON.stringify(variant)).toBe(variant.width)
      if (scope.examinedIn.includes(variant)) expect(await violations(page), JSON.stringify(variant)).toEqual([])
    }
    expect(complaints).toEqual([])
    await leave()
  })
}

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
