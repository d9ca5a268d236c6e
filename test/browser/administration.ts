import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import { heading, newBrowserTeam } from '../support/browser-team.ts'
import { operatorCalls } from '../support/operator-calls.ts'

const server = inject('server')
const operator = operatorCalls(server)

interface Terms {
  readonly javaScript: boolean
  /** How many addresses are pasted at once: a multiple of fifty, which is what the script sends at a time. */
  readonly many: number
}

export function describeAdministration({ javaScript, many }: Terms): void {
  let browser: Browser

  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(() => browser?.close())

  const newTeam = (...people: string[]) => newBrowserTeam(browser, server, { people })

  test(`${many} pasted addresses are invited, once each`, async () => {
    const team = await newTeam('ann')
    const { page, complaints } = await team.browserOf('ann', { javaScript })
    await page.goto(`${team.address}/members/invite`)
    const pasted = Array.from({ length: many }, (_, index) => team.emailOf(`invitee-${index}`))
    await page.getByLabel('Email addresses').fill(pasted.join('\n'))
    await page.getByRole('button', { name: 'Preview' }).click()
    await heading(page, 'Check and send')
    const sent: string[] = []
    let seen = () => {}
    const untilSeen = new Promise<void>((resolve) => {
      seen = resolve
    })
    // The second part waits until the page in between has been looked at.
    await page.route('**/*', async (route) => {
      const isPost = route.request().method() === 'POST'
      if (isPost) sent.push(route.request().url())
      if (isPost && sent.length > 1) await untilSeen
      await route.continue()
    })
    await page.getByRole('button', { name: `Invite ${many} people` }).click()
    if (javaScript) {
      await heading(page, 'Sending invitations')
      expect(await page.getByRole('status').textContent()).toMatch(new RegExp(`^Done\\d+ of ${many}$`))
      seen()
    }
    await heading(page, `${many} people invited`)
    expect(await page.getByRole('row').count()).toBe(many + 1)
    expect(sent).toHaveLength(javaScript ? many / 50 : 1)
    if (javaScript) expect(await page.evaluate('document.activeElement.textContent')).toBe(`${many} people invited`)
    expect((await operator('GET', `/v1/organizations/${team.id}/seats`)).pending).toBe(many)
    expect(complaints).toEqual([])
    await page.context().close()
  })

  test('ownership is handed over by typing the name', async () => {
    const team = await newTeam('ann', 'bob')
    const { page, complaints } = await team.browserOf('ann', { javaScript })
    await page.goto(`${team.address}/settings`)
    await page.getByRole('link', { name: 'Transfer ownership' }).click()
    await page.getByRole('listitem').filter({ hasText: 'bob' }).getByRole('link', { name: 'Choose' }).click()
    await heading(page, 'Transfer ownership?')
    await page.getByLabel('Name').fill(team.name.toUpperCase())
    await page.getByRole('button', { name: 'Transfer ownership' }).click()
    await page.locator('.error').waitFor()
    await page.getByLabel('Name').fill(team.name)
    await page.getByRole('button', { name: 'Transfer ownership' }).click()
    await page.getByText('Ownership was transferred. You are an admin now.').waitFor()
    const roleOf = (person: string) => page.getByRole('row').filter({ hasText: team.emailOf(person) })
    expect(await roleOf('bob').textContent()).toContain('Owner')
    expect(await roleOf('ann').textContent()).toContain('Admin')
    expect(complaints).toEqual([])
    await page.context().close()
  })

  test('the last owner cannot leave, and learns what to do instead', async () => {
    const team = await newTeam('ann', 'bob')
    const { page } = await team.browserOf('ann', { javaScript })
    await page.goto(`${team.address}/settings`)
    await page.getByRole('link', { name: 'Leave', exact: true }).click()
    await heading(page, `Leave ${team.name}?`)
    await page.getByRole('button', { name: 'Leave' }).click()
    await page.getByText('There must always be an owner.').waitFor()
    await page.getByRole('link', { name: 'Transfer ownership' }).click()
    await heading(page, 'Transfer ownership')
    await page.context().close()
  })
}
