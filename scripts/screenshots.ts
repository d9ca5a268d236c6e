import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { openBrowser } from '../test/support/browser.ts'
import { PAGES } from '../test/support/portal-pages.ts'
import { looker, showIn, VARIANTS } from '../test/support/portal-visits.ts'
import { seed } from '../test/support/portal-world.ts'
import { startServer } from '../test/support/server.ts'

/*
 * A picture of every page, as phones and desks show it, light and dark, from a server of its own with a team in it:
 *
 *   npm run screenshots [-- words that the names of the pages contain]
 *
 * The pictures land in screenshots/, which is not kept. Pages are listed in test/support/portal-pages.ts.
 */

const FOLDER = resolve(import.meta.dirname, '../screenshots')

const words = process.argv.slice(2)
const wanted = PAGES.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)))
await mkdir(FOLDER, { recursive: true })
const server = await startServer()
const browser = await openBrowser()
try {
  const look = looker(browser, await seed(server))
  for (const listed of wanted) {
    const { page } = await look(listed)
    for (const variant of VARIANTS) {
      await showIn(page, variant)
      const name = `${listed.name}-${variant.width}-${variant.colorScheme}.png`
      await page.screenshot({ path: resolve(FOLDER, name), fullPage: true })
    }
    await page.close()
  }
  console.log(`${wanted.length * VARIANTS.length} pictures are in ${FOLDER}`)
} finally {
  await browser.close()
  await server.stop()
}
