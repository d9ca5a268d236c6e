import { execFile } from 'node:child_process'
import { mkdir, readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import type { Browser } from 'playwright-core'
import { browserPath, openBrowser } from '../test/support/browser.ts'
import { PAGES } from '../test/support/portal-pages.ts'
import { looker } from '../test/support/portal-visits.ts'
import { seed } from '../test/support/portal-world.ts'
import { startServer } from '../test/support/server.ts'

/*
 * Measures pages with Lighthouse, as a phone and as a desk, on a server of its own with a team in it, and fails when a
 * category of one is below what is wanted:
 *
 *   npm run lighthouse [-- names of pages]
 *
 * npx fetches Lighthouse when it is asked for: its hundred packages are not what everybody installs. The reports land in
 * dist/lighthouse/, which is not kept.
 */

const WANTED = 95
const FOLDER = resolve(import.meta.dirname, '../dist/lighthouse')
const FORM_FACTORS = { phone: [], desk: ['--preset=desktop'] }

const names = process.argv.slice(2)
const measured = PAGES.filter(({ name }) => (names.length === 0 ? ['sign-in', 'members'] : names).includes(name))
await mkdir(FOLDER, { recursive: true })
const server = await startServer()
const low: string[] = []
try {
  for (const { name, url, cookie } of await openedPages()) {
    for (const [formFactor, options] of Object.entries(FORM_FACTORS)) {
      const scores = await measure(url, cookie, resolve(FOLDER, `${name}-${formFactor}`), options)
      console.log(`${name}, ${formFactor}: ${scores.map(([category, score]) => `${category} ${score}`).join(', ')}`)
      if (scores.some(([, score]) => score < WANTED)) low.push(`${name}, ${formFactor}`)
    }
  }
} finally {
  await server.stop()
}
if (low.length > 0) {
  console.error(`Below ${WANTED}: ${low.join('; ')}`)
  process.exitCode = 1
}

/** Each page's address, and the cookies of whom it is for. The browser is gone when the measuring begins. */
async function openedPages(): Promise<{ name: string; url: string; cookie: string }[]> {
  const browser: Browser = await openBrowser()
  const look = looker(browser, await seed(server))
  const opened = []
  for (const listed of measured) {
    const { page } = await look(listed)
    const cookies = await page.context().cookies()
    const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
    opened.push({ name: listed.name, url: page.url(), cookie })
  }
  await browser.close()
  return opened
}

interface Report {
  readonly categories: Readonly<Record<string, { readonly title: string; readonly score: number }>>
}

/** The score of each category, out of 100. */
async function measure(
  url: string,
  cookie: string,
  path: string,
  options: readonly string[],
): Promise<[category: string, score: number][]> {
  const headers = cookie === '' ? [] : [`--extra-headers=${JSON.stringify({ Cookie: cookie })}`]
  await promisify(execFile)(
    'lighthouse',
    [
      url,
      '--quiet',
      '--disable-storage-reset',
      '--chrome-flags=--headless --no-sandbox',
      ...['--output=json', '--output=html', `--output-path=${path}`],
      ...headers,
      ...options,
    ],
    { env: { ...process.env, CHROME_PATH: await browserPath() } },
  )
  const report = JSON.parse(await readFile(`${path}.report.json`, 'utf8')) as Report
  return Object.values(report.categories).map(({ title, score }) => [title, Math.round(score * 100)])
}
