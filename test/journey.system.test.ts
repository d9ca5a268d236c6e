import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest'
import type { Event, Invitation, Member, Organization, RosterEntry, User } from '../src/contract/resources.ts'
import { openBrowser, visit } from './support/browser.ts'

/* The main journey as a newcomer walks it: against the server of `npm run dev`, by HTTP and in a browser. */

interface Answer<Body> {
  readonly status: number
  readonly body: Body
}

interface List<Resource> {
  readonly data: Resource[]
}

const caller = (url: string, operatorKey: string) => {
  return async <Body = object>(
    method: string,
    path: string,
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<Answer<Body>> => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { Authorization: `Bearer ${operatorKey}`, 'Content-Type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, body: JSON.parse(text || 'null') as Body }
  }
}

const { url, operatorKey } = inject('server')
const call = caller(url, operatorKey)

async function mailTo(address: string): Promise<{ subject: string; links: string[] }> {
  return vi.waitFor(
    async () => {
      const response = await fetch(`${url}/dev/mailbox.json?to=${encodeURIComponent(address)}`)
      const { data } = (await response.json()) as { data: { subject: string; links: string[] }[] }
      if (data[0] === undefined) throw new Error(`No mail to ${address} yet`)
      return data[0]
    },
    { timeout: 20_000, interval: 200 },
  )
}

let addresses = 0
const address = (name: string) => `${name}-${++addresses}-${Date.now()}@acme.test`

async function team(seatLimit: number) {
  const ann = (await call<User>('POST', '/v1/users', { email: address('ann'), name: 'Ann' })).body
  const organization = { name: 'Acme', seat_limit: seatLimit, owner_user_id: ann.id }
  const { id } = (await call<Organization>('POST', '/v1/organizations', organization)).body
  return { ann, path: `/v1/organizations/${id}` }
}

describe('from an empty organization to a full one', () => {
  test('an invitation is mailed, accepted by its link, and counts as a seat from the moment it was sent', async () => {
    const { ann, path } = await team(2)
    const bob = address('bob')

    const asAnn = { 'Muster-On-Behalf-Of': ann.id }
    const invited = await call<Invitation>('POST', `${path}/invitations`, { email: bob, name: 'Bob' }, asAnn)
    expect(invited).toMatchObject({ status: 201, body: { status: 'pending', delivery: 'queued' } })
    expect(invited.body.url).toBeUndefined()

    const refused = await call('POST', `${path}/invitations`, { email: address('cat') })
    expect(refused).toMatchObject({ status: 409, body: { code: 'seat_limit_reached', seats: { used: 2, limit: 2 } } })

    const mail = await mailTo(bob)
    expect(mail.subject).toBe('Ann has invited you to join Acme')
    const token = mail.links[0]?.split('/').at(-1)
    expect(await call('POST', `/v1/invitations/${token}/accept`)).toMatchObject({ status: 200 })

    const { body: roster } = await call<List<RosterEntry>>('GET', `${path}/roster`)
    expect(roster.data.map(({ name, role, status }) => [name, role, status])).toEqual([
      ['Ann', 'owner', 'active'],
      ['Bob', 'member', 'active'],
    ])
  })

  test('what became of the mail is told beside the invitation', async () => {
    const { path } = await team(5)
    const { body: invitation } = await call<Invitation>('POST', `${path}/invitations`, { email: address('dan') })
    await mailTo(invitation.email)
    await vi.waitFor(
      async () => {
        expect((await call<Invitation>('GET', `${path}/invitations/${invitation.id}`)).body.delivery).toBe('sent')
      },
      { timeout: 20_000, interval: 200 },
    )
  })

  test('an expired invitation frees its seat before cron has run, and cron writes it down', async () => {
    const { path } = await team(2)
    const soon = new Date(Date.now() + 1_500).toISOString()
    const { body: invitation } = await call<Invitation>('POST', `${path}/invitations`, {
      email: address('eve'),
      expires_at: soon,
    })
    expect((await call('GET', `${path}/seats`)).body).toMatchObject({ used: 2, available: 0 })

    await vi.waitFor(
      async () => {
        expect((await call('GET', `${path}/seats`)).body).toMatchObject({ used: 1, available: 1 })
      },
      { timeout: 10_000, interval: 100 },
    )
    await vi.waitFor(
      async () => {
        await fetch(`${url}/__scheduled`)
        const { body: events } = await call<List<Event>>('GET', `${path}/events?type=invitation.expired`)
        expect(events.data.map(({ target }) => target.id)).toEqual([invitation.id])
      },
      { timeout: 20_000, interval: 500 },
    )
  })
})

describe('in a browser', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(() => browser?.close())

  test('mailbox → link → accept', async () => {
    const { path } = await team(3)
    const bob = address('bob')
    await call('POST', `${path}/invitations`, { email: bob, name: 'Bob' })
    await mailTo(bob)

    const { page, complaints } = await visit(browser, { viewport: { width: 390, height: 800 } })
    await page.goto(`${url}/dev/mailbox?to=${encodeURIComponent(bob)}`)
    await page.locator('a[href*="/invitations/"]').first().click()
    await page.getByRole('button', { name: 'Accept' }).click()
    await page.getByRole('heading', { name: 'You are a member of Acme' }).waitFor()

    expect(complaints).toEqual([])
    const { body: members } = await call<List<Member>>('GET', `${path}/members?query=${encodeURIComponent(bob)}`)
    expect(members.data).toMatchObject([{ email: bob, status: 'active', source: 'invitation' }])
  })
})
