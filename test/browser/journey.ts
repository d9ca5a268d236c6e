import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { openBrowser, type Visit, visit } from '../support/browser.ts'
import { heading } from '../support/browser-team.ts'
import { newestMail } from '../support/mailbox.ts'
import { operatorCalls } from '../support/operator-calls.ts'
import { signIn } from '../support/sign-in-page.ts'

/* From nothing to a team whose seats are taken, and on to somebody's removal; by the same steps with and without script. */

const server = inject('server')
const { url } = server
const operator = operatorCalls(server)

const UPGRADE_URL = 'https://billing.x.test/plans'

export function describeJourney({ javaScript }: { readonly javaScript: boolean }): void {
  let browser: Browser

  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(() => browser?.close())

  const mark = `${javaScript ? 'scripted' : 'plain'}-${Date.now()}`
  const name = `Acme ${mark}`
  const addressOf = (person: string) => `${person}-${mark}@x.test`
  /** Everybody has a browser of their own. */
  const people = new Map<string, Visit>()
  const pageOf = async (person: string): Promise<Page> => {
    const known = people.get(person) ?? (await visit(browser, { javaScript }))
    people.set(person, known)
    return known.page
  }
  const members = async (person: string): Promise<Page> => {
    const page = await pageOf(person)
    const sections = page.getByRole('navigation', { name: 'Parts of the organization' })
    await sections.getByRole('link', { name: 'Members' }).click()
    await heading(page, 'Members')
    return page
  }
  const rowOf = (page: Page, person: string) => page.getByRole('row').filter({ hasText: addressOf(person) })

  afterAll(async () => {
    for (const { page } of people.values()) await page.context().close()
  })

  test('a newcomer signs up by a mailed code and creates an organization', async () => {
    const ann = await pageOf('ann')
    await signIn(ann, { url, email: addressOf('ann') })
    await heading(ann, 'Welcome')
    await ann.getByLabel('Name').fill('Ann Lee')
    await ann.getByRole('button', { name: 'Continue' }).click()
    await ann.getByRole('link', { name: 'Create' }).click()
    await ann.getByLabel('Name').fill(name)
    await ann.getByRole('button', { name: 'Create' }).click()
    await heading(ann, 'Members')
    expect(await said(ann)).toContain('It is ready. Invite your team.')
    const slug = new URL(ann.url()).pathname.split('/')[2] ?? ''
    expect(slug).toBe(name.toLowerCase().replaceAll(' ', '-'))
  })

  test('she invites three people by pasting them', async () => {
    const ann = await pageOf('ann')
    await ann.getByRole('link', { name: 'Invite people' }).first().click()
    const pasted = ['bob', 'carol', 'dave'].map((person) => `${person} <${addressOf(person)}>`).join('\n')
    await ann.getByLabel('Email addresses').fill(pasted)
    await ann.getByRole('button', { name: 'Preview' }).click()
    expect(await ann.getByText('Will be invited', { exact: true }).count()).toBe(3)
    await ann.getByRole('button', { name: 'Invite 3 people' }).click()
    await heading(ann, '3 people invited')
  })

  test.each(['bob', 'carol', 'dave'])('%s accepts by the mailed link and opens the team', async (person) => {
    const { links } = await newestMail(url, addressOf(person))
    const page = await pageOf(person)
    await page.goto(links[0] ?? '')
    await page.getByRole('button', { name: 'Accept invitation' }).click()
    await heading(page, `You are a member of ${name}`)
    await page.getByRole('link', { name: `Open ${name}` }).click()
    await heading(page, 'Members')
    expect(await rowOf(page, person).textContent()).toContain('You')
    expect(await page.getByRole('link', { name: 'Invite people' }).count()).toBe(0)
  })

  test('she makes an admin of one of them, who then sees what an admin sees', async () => {
    const ann = await members('ann')
    const row = rowOf(ann, 'bob')
    await row.getByRole('combobox').selectOption({ label: 'Admin' })
    await row.getByRole('button', { name: 'Save' }).click()
    await ann.getByText('The role was changed.').waitFor()
    expect(await row.getByRole('combobox').inputValue()).toBe('admin')
    const bob = await members('bob')
    expect(await bob.getByRole('link', { name: 'Invite people' }).count()).toBe(1)
  })

  test('once the seats are taken she is told where to get more, and nobody can be invited', async () => {
    const ann = await members('ann')
    const { data = [] } = await operator('GET', `/v1/organizations?query=${encodeURIComponent(name)}`)
    await operator('PATCH', `/v1/organizations/${data[0]?.id}`, { seat_limit: 4, upgrade_url: UPGRADE_URL })
    await members('ann')
    expect(await said(ann)).toContain('All 4 seats are taken.')
    expect(await ann.getByRole('link', { name: 'Get more seats' }).getAttribute('href')).toBe(UPGRADE_URL)
    await ann.getByRole('link', { name: 'Invite people' }).click()
    await ann.getByLabel('Email addresses').fill(addressOf('eve'))
    await ann.getByRole('button', { name: 'Preview' }).click()
    await heading(ann, 'Check and send')
    expect(await rowOf(ann, 'eve').textContent()).toContain('No seat left')
    expect(await ann.getByRole('button', { name: /^Invite/ }).count()).toBe(0)
    expect(await ann.getByRole('link', { name: 'Get more seats' }).getAttribute('href')).toBe(UPGRADE_URL)
  })

  test('whom she removes is refused at the next click, and their seat is free', async () => {
    const carol = await members('carol')
    const ann = await members('ann')
    await rowOf(ann, 'carol').locator('.menu > summary').click()
    await rowOf(ann, 'carol').getByRole('link', { name: 'Remove' }).click()
    await heading(ann, 'Remove carol?')
    await ann.getByRole('button', { name: 'Remove', exact: true }).click()
    await ann.getByText('They were removed. Their access has ended.').waitFor()
    expect(await rowOf(ann, 'carol').count()).toBe(0)
    expect(await ann.getByText('All 4 seats are taken.').count()).toBe(0)
    const [answer] = await Promise.all([
      carol.waitForResponse((response) => response.request().isNavigationRequest()),
      carol.getByRole('link', { name: 'Roles', exact: true }).click(),
    ])
    expect(answer.status()).toBe(404)
    await heading(carol, 'There is nothing here')
    expect(await carol.getByRole('main').getByText(name).count()).toBe(0)
  })

  test('no page complains', () => {
    expect([...people.values()].flatMap(({ complaints }) => complaints)).toEqual([])
  })
}

/** By the alerts of a page. */
const said = async (page: Page): Promise<string> => (await page.locator('.alert').allTextContents()).join('\n')
