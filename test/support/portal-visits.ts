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
  /** Done with it: its tab shows the next page. A new one for each would take longer than most pages do. */
  leave(): Promise<void>
}

/** How every page is looked at. Color scheme and size change on the loaded page, which changes nothing on the server. */
export const VARIANTS = [390, 1280].flatMap((width) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme })),
)

export type Looker = (wanted: PortalPage) => Promise<Look>

interface LookerOptions {
  /** Runs in every page before its own. The browser compiles it once, and not for each page that it is sent to. */
  readonly script?: string
}

interface Tab {
  readonly page: Page
  readonly complaints: string[]
  readonly answers: Response[]
}

/** Looks at pages of the portal, each as the person it is for. Everybody signs in once. */
export function looker(browser: Browser, world: World, { script = '' }: LookerOptions = {}): Looker {
  const newContext = async () => {
    // Pages that fade into each other take time, and have colors that are not theirs meanwhile.
    const context = await browser.newContext({ reducedMotion: 'reduce' })
    if (script !== '') await context.addInitScript(script)
    return context
  }
  const contexts = new Map<PortalPage['as'], Promise<BrowserContext>>()
  const contextOf = (person: Person | 'operator'): Promise<BrowserContext> => {
    const context =
      contexts.get(person) ??
      newContext().then((empty) => (person === 'operator' ? operating(empty, world) : signedIn(empty, world, person)))
    contexts.set(person, context)
    return context
  }
  const left = new Map<PortalPage['as'], Tab[]>()
  const tabOf = async (as: PortalPage['as']): Promise<Tab> =>
    left.get(as)?.pop() ?? newTab(as === null ? await newContext() : await contextOf(as))
  /** Nobody has a browser of their own each time: what it was told is forgotten. */
  const leave = async (as: PortalPage['as'], tab: Tab): Promise<void> => {
    if (as === null) await tab.page.context().clearCookies()
    left.set(as, [...(left.get(as) ?? []), tab])
  }
  return async ({ as, path, act }) => {
    const tab = await tabOf(as)
    const { page, complaints, answers } = tab
    complaints.length = 0
    answers.length = 0
    await page.goto(`${world.url}${path(world)}`)
    await act?.(page, world)
    await page.waitForLoadState()
    const response = answers.findLast((answer) => answer.frame() === page.mainFrame())
    if (response === undefined) throw new Error('The page was not answered')
    return { page, response, complaints, leave: () => leave(as, tab) }
  }
}

async function newTab(context: BrowserContext): Promise<Tab> {
  const page = await context.newPage()
  const answers: Response[] = []
  page.on('response', (response) => {
    if (response.request().isNavigationRequest()) answers.push(response)
  })
  return { page, complaints: complaintsOf(page), answers }
}

export async function showIn(page: Page, { width, colorScheme }: (typeof VARIANTS)[number]): Promise<void> {
  await page.setViewportSize({ width, height: width < 600 ? 844 : 900 })
  await page.emulateMedia({ colorScheme })
}

async function signedIn(context: BrowserContext, world: World, person: Person): Promise<BrowserContext> {
  const page = await context.newPage()
  await signIn(page, { url: world.url, email: world.emailOf(person) })
  await page.close()
  return context
}

async function operating(context: BrowserContext, { url, operatorKey }: World): Promise<BrowserContext> {
  const page = await context.newPage()
  await page.goto(`${url}/operator/sign-in`)
  await page.fill('#key', operatorKey)
  await page.click('main button[type=submit]')
  await page.waitForURL((address) => !address.pathname.startsWith('/operator/sign-in'))
  await page.close()
  return context
}
