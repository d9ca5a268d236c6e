import type { Page } from 'playwright-core'
import { hasCode, newestMail } from './mailbox.ts'

interface SigningIn {
  readonly url: string
  readonly email: string
  /** How often a code has been mailed to the address then. */
  readonly time?: number
}

/** By a mailed code, as people do. Whoever is new is then asked for their name. */
export async function signIn(page: Page, { url, email, time = 1 }: SigningIn): Promise<void> {
  await page.goto(`${url}/sign-in`)
  await page.getByLabel('Email address').fill(email)
  await page.getByRole('button', { name: 'Continue' }).click()
  const { subject } = await newestMail(url, email, time, hasCode)
  await page.getByLabel('Six digits').fill(/\d{6}/.exec(subject)?.[0] ?? '')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL(({ pathname }) => !pathname.startsWith('/sign-in'))
}
