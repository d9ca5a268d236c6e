import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { openBrowser } from '../test/support/browser.ts'
import { PAGES } from '../test/support/portal-pages.ts'
import { type Looker, looker, showIn, VARIANTS } from '../test/support/portal-visits.ts'
import { seed } from '../test/support/portal-world.ts'
import { startServer } from '../test/support/server.ts'

/*
 * A picture of every page, as phones and desks show it, light and dark, from a server of its own with a team in it:
 *
 *   npm run screenshots [-- words that the names of the pages contain]
 *
 * The pictures land in screenshots/, which is not kept. Pages are listed in test/support/portal-pages.ts.
 *
 *   npm run screenshots -- --docs
 *
 * renews those of the documentation, in docs/images/: what a screen shows of a page.
 */

const root = resolve(import.meta.dirname, '..')
const FOLDER = resolve(root, 'screenshots')
const IN_DOCS = [
  { name: 'audit-log', file: 'audit-log', width: 1280, height: 800 },
  { name: 'members', file: 'members-desktop', width: 1280, height: 800 },
  { name: 'members', file: 'members-phone', width: 390, height: 844 },
]

const words = process.argv.slice(2)
const forDocs = words.includes('--docs')
const server = await startServer()
const browser = await openBrowser()
try {
  const look = looker(browser, await seed(server))
  await (forDocs ? renewDocs(look) : takeAll(look))
} finally {
  await browser.close()
  await server.stop()
}

async function takeAll(look: Looker): Promise<void> {
  const wanted = PAGES.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)))
  await mkdir(FOLDER, { recursive: true })
  for (const listed of wanted) {
    const { page, leave } = await look(listed)
    for (const variant of VARIANTS) {
      await showIn(page, variant)
      const name = `${listed.name}-${variant.width}-${variant.colorScheme}.png`
      await page.screenshot({ path: resolve(FOLDER, name), fullPage: true })
    }
    await leave()
  }
  console.log(`${wanted.length * VARIANTS.length} pictures are in ${FOLDER}`)
}

async function renewDocs(look: Looker): Promise<void> {
  // So that the list says of somebody when they last signed in.
  for (const as of ['owner', 'admin', 'member'] as const) await look({ name: 'account', as, path: () => '/account' })
  for (const { name, file, ...size } of IN_DOCS) {
    for (const listed of PAGES.filter((page) => page.name === name)) {
      const { page, leave } = await look(listed)
      await page.setViewportSize(size)
      await page.screenshot({ path: resolve(root, 'docs/images', `${file}.png`) })
      await leave()
    }
  }
}
