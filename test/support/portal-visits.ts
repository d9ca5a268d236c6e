import type { Browser, BrowserContext, Page, Response } from 'playwright-core'
import { complaintsOf } from './browser.ts'
import type { PortalPage } from './portal-pages.ts'
import type { Person, World } from './portal-world.ts'
import { signIn } from './sign-in-page.ts'

/** A page of the portal as somebody has it before them. */
export interface Look {
  readonly page: Page
  /** What the server answered with: after a form was sent, to that. */
  readonly response: Response
  readonly complaints: readonly string[]
}

/** How every page is looked at. Color scheme and size change on the loaded page, which changes nothing on the server. */
export const VARIANTS = [390, 1280].flatMap((width) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme })),
)

export type Looker = (wanted: PortalPage) => Promise<Look>

/** Looks at pages of the portal, each as the person it is for. Everybody signs in once. */
export function looker(browser: Browser, world: World): Looker {
  const contexts = new Map<PortalPage['as'], Promise<BrowserContext>>()
  const contextOf = (person: Person | 'operator'): Promise<BrowserContext> => {
    const context =
      contexts.get(person) ?? (person === 'operator' ? operating(browser, world) : signedIn(browser, world, person))
    contexts.set(person, context)
    return context
  }
  return async ({ as, path, act }) => {
    const context = as === null ? await browser.newContext() : await contextOf(as)
    const page = await context.newPage()
    const complaints = complaintsOf(page)
    const answers: Response[] = []
    page.on('response', (response) => {
      if (response.request().isNavigationRequest()) answers.push(response)
    })
    await page.goto(`${world.url}${path(world)}`)
    await act?.(page, world)
    await page.waitForLoadState()
    const response = answers.findLast((answer) => answer.frame() === page.mainFrame())
    if (response === undefined) throw new Error('The page was not answered')
    return { page, response, complaints }
  }
}

export async function showIn(page: Page, { width, colorScheme }: (typeof VARIANTS)[number]): Promise<void> {
  await page.setViewportSize({ width, height: width < 600 ? 844 : 900 })
  await page.emulateMedia({ colorScheme })
}

async function signedIn(browser: Browser, world: World, person: Person): Promise<BrowserContext> {
  const context = await browser.newContext()
  const page = await context.newPage()
  await signIn(page, { url: world.url, email: world.emailOf(person) })
  await page.close()
  return context
}

async function operating(browser: Browser, { url, operatorKey }: World): Promise<BrowserContext> {
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(`${url}/operator/sign-in`)
  await page.fill('#key', operatorKey)
  await page.click('main button[type=submit]')
  await page.waitForURL((address) => !address.pathname.startsWith('/operator/sign-in'))
  await page.close()
  return context
}
