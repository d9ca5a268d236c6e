import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { openBrowser } from '../test/support/browser.ts'
import { startServer } from '../test/support/server.ts'
import { PAGES, type ScreenshotPage } from './screenshots/pages.ts'
import { type Person, seed, type World } from './screenshots/seed.ts'

/*
 * A picture of every page, as phones and desks show it, light and dark, from a server of its own with a team in it:
 *
 *   npm run screenshots [-- words that the names of the pages contain]
 *
 * The pictures land in screenshots/, which is not kept. Pages are listed in screenshots/pages.ts.
 */

const FOLDER = resolve(import.meta.dirname, '../screenshots')

const VARIANTS = [390, 1280].flatMap((width) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme })),
)

const words = process.argv.slice(2)
const wanted = PAGES.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)))
await mkdir(FOLDER, { recursive: true })
const server = await startServer()
const browser = await openBrowser()
try {
  const world = await seed(server)
  const states = new Map<Person, State>()
  for (const page of wanted) await picture(page, world, await stateOf(page.as, world, states))
  console.log(`${wanted.length * VARIANTS.length} pictures are in ${FOLDER}`)
} finally {
  await browser.close()
  await server.stop()
}

type State = NonNullable<BrowserContextOptions['storageState']> | null

/** Everybody signs in once. */
async function stateOf(person: Person | null, world: World, known: Map<Person, State>): Promise<State> {
  if (person === null) return null
  const state = known.get(person) ?? (await signIn(browser, world, person))
  known.set(person, state)
  return state
}

async function signIn(browser: Browser, world: World, person: Person): Promise<State> {
  const context = await browser.newContext()
  const page = await context.newPage()
  const email = world.emailOf(person)
  await page.goto(`${world.url}/sign-in`)
  await page.fill('#email', email)
  await page.click('main button[type=submit]')
  await page.fill('#code', await world.codeOf(email))
  await page.click('main button[type=submit]')
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'))
  const state = await context.storageState()
  await context.close()
  return state
}

async function picture({ name, path, act }: ScreenshotPage, world: World, state: State): Promise<void> {
  for (const { width, colorScheme } of VARIANTS) {
    const context = await browser.newContext({
      viewport: { width, height: width < 600 ? 844 : 900 },
      colorScheme,
      ...(state === null ? {} : { storageState: state }),
    })
    const page = await context.newPage()
    await page.goto(`${world.url}${path(world)}`)
    await act?.(page)
    const shownWidth = await page.evaluate('document.documentElement.scrollWidth')
    if (shownWidth !== width) console.warn(`${name} is ${shownWidth} wide on a screen of ${width}`)
    await page.screenshot({ path: resolve(FOLDER, `${name}-${width}-${colorScheme}.png`), fullPage: true })
    await context.close()
  }
}
