import { existsSync } from 'node:fs'
import { type Browser, chromium as driver, type Page } from 'playwright-core'

/** A page in a real browser, and what it complained about. */
export interface Visit {
  readonly page: Page
  /** Errors of scripts, violations of the content security policy, and whatever could not be loaded. */
  readonly complaints: readonly string[]
}

export interface VisitOptions {
  readonly javaScript?: boolean
  readonly viewport?: { readonly width: number; readonly height: number }
  readonly colorScheme?: 'light' | 'dark'
  readonly locale?: string
}

/**
 * One browser serves a test file; every visit has cookies of its own. The bundled browser's recommended flags are left
 * out on purpose: they turn off web security, which is part of what the tests are about.
 */
export async function openBrowser(): Promise<Browser> {
  return driver.launch({ executablePath: await browserPath() })
}

export async function browserPath(): Promise<string> {
  return (await bundledBrowser()) ?? installedBrowser()
}

/** From npm alone, where the package has a browser to unpack. */
async function bundledBrowser(): Promise<string | null> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return null
  const { default: chromium } = await import('@sparticuz/chromium')
  return chromium.executablePath()
}

export async function visit(browser: Browser, options: VisitOptions = {}): Promise<Visit> {
  const context = await browser.newContext({
    javaScriptEnabled: options.javaScript ?? true,
    viewport: options.viewport ?? { width: 1280, height: 800 },
    colorScheme: options.colorScheme ?? 'light',
    locale: options.locale ?? 'en-US',
  })
  const page = await context.newPage()
  return { page, complaints: complaintsOf(page) }
}

/** A page that answers 4xx on purpose is reported by the browser as a failed load; that is no complaint of the page. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = []
  const documents = new Set<string>()
  page.on('request', (request) => request.isNavigationRequest() && documents.add(request.url()))
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    if (message.type() !== 'error') return
    const { url } = message.location()
    const refused = message.text().startsWith('Failed to load resource') && documents.has(url)
    if (!refused) complaints.push(`${message.text()} (${url})`)
  })
  return complaints
}

const INSTALLED: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ],
  linux: ['/usr/bin/google-chrome', '/usr/bin/chromium', '/usr/bin/chromium-browser', '/snap/bin/chromium'],
  win32: ['C:/Program Files/Google/Chrome/Application/chrome.exe'],
}

function installedBrowser(): string {
  const candidates = [process.env.CHROME_PATH ?? '', ...(INSTALLED[process.platform] ?? [])]
  const found = candidates.find((path) => path !== '' && existsSync(path))
  if (found === undefined) throw new Error('The browser tests need Chrome or Chromium; CHROME_PATH may name it.')
  return found
}
