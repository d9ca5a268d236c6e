import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { as, operator } from '../support/api.ts'
import { carryOut, newInvitation, newOrganization, tokenOf } from '../support/api-builders.ts'
import { known } from '../support/portal-people.ts'
import { type Page, pageOf, settingsAre, submit, visit } from './site.ts'

afterEach(() => settingsAre())

const api = as(operator)

const policy = (formAction: string) =>
  `default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; form-action ${formAction}; base-uri 'none'; frame-ancestors 'none'`

describe('every page', () => {
  const pages: Record<string, Page> = {}

  beforeAll(async () => {
    const team = await newOrganization()
    const [open, canceled, accepted] = [await newInvitation(team), await newInvitation(team), await newInvitation(team)]
    await api.post(`${canceled.path}/cancel`)
    await submit(`${pageOf(accepted)}/accept`)
    pages.landing = await visit('/')
    pages.mailbox = await visit('/dev/mailbox')
    pages.open = await visit(pageOf(open))
    pages.canceled = await visit(pageOf(canceled))
    pages.accepted = await visit(pageOf(accepted))
    pages.wrong = await visit('/invitations/wrong')
    pages.foreign = await submit(`${pageOf(open)}/accept`, { headers: { Origin: 'https://evil.test' } })
    pages.method = await visit(`${pageOf(open)}/accept`)
    pages['sign-in'] = await visit('/sign-in?next=/account')
    pages['dead sign-in link'] = await visit('/sign-in/link/wrong')
    const headers = await known(team)
    pages.overview = await visit('/organizations', { headers })
    pages.account = await visit('/account', { headers })
    pages.members = await visit(`/o/${team.slug}/members`, { headers })
    pages['not found'] = await visit('/o/nowhere/members', { headers })
    pages.redirect = await submit(`${pageOf(accepted)}/accept`)
    const recorded = vi.spyOn(console, 'error').mockImplementation(() => {})
    pages.error = await visit(pageOf(open), { bindings: { ORGANIZATION: {} } })
    recorded.mockRestore()
  })

  const plain = [
    ...['landing', 'mailbox', 'open', 'canceled', 'accepted', 'wrong', 'foreign', 'method', 'error'],
    ...['sign-in', 'dead sign-in link'],
  ]
  const scripted = ['overview', 'account', 'members', 'not found']

  test.each([...plain, ...scripted, 'redirect'])(
    '%s lets nothing in, stays out of frames and caches, and tells no one its address',
    (name) => {
      expect(Object.fromEntries(pages[name]?.headers ?? [])).toMatchObject({
        'content-security-policy': policy("'self'"),
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
        'x-request-id': expect.stringMatching(/^[\w=-]{1,255}$/),
      })
    },
  )

  test.each([...plain, ...scripted])(
    '%s has no script and no style of its own, and one heading of the first level',
    (name) => {
      const { html = '', title } = pages[name] ?? {}
      const [scripts, rest] = [html.match(/<script.*?<\/script>/gs) ?? [], html.replace(/<script.*?<\/script>/gs, '')]
      expect(html).toMatch(/^<!doctype html><html lang="en">/)
      expect(scripts.length).toBe(scripted.includes(name) ? 1 : 0)
      for (const script of scripts) expect(script).toMatch(/^<script src="\/assets\/\w+\.js" defer=""><\/script>$/)
      expect(rest).not.toMatch(/<(script|style|iframe|object|embed|base)\b|\son\w+=|\shx-on|\sstyle=|javascript:/i)
      expect(html.match(/<h1\b/g)).toHaveLength(1)
      expect(title).toMatch(/^\S.* · Muster$/)
    },
  )
})

test('forms lead nowhere but here, and to the sign-in of the product where there is one', async () => {
  await settingsAre({ initiate_login_uri: 'https://app.example.com:8443/a/login?b=c' })
  const { headers } = await visit(pageOf(await newInvitation(await newOrganization())))
  expect(headers.get('Content-Security-Policy')).toBe(policy("'self' https: https://app.example.com:8443"))
})

const PROBES = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "'--></title><svg onload=alert(1)>",
  '{{7*7}} &lt;b&gt; &amp;',
]

/** What stands in quotes is a value, whatever it says; the quotes of a probe are escaped. */
const withoutValues = (html: string): string => html.replace(/"[^"]*"/g, '""')

test.each(PROBES)('%s is text wherever somebody may write it', async (probe) => {
  await settingsAre({ organization_label: { singular: probe.slice(0, 40), plural: 'x' } })
  const team = await newOrganization({ name: probe })
  await carryOut(team, { type: 'UpdateMember', memberId: team.owner.memberId, profile: { name: probe } })
  await carryOut(team, { type: 'CreateRole', key: 'probe', name: probe, description: '', permissions: [] })
  const fields = { email: 'bob@x.test', name: probe, role: 'probe', send_email: false }
  const invited = { token: tokenOf((await team.owner.api.post(`${team.path}/invitations`, fields)).body) }

  const open = await visit(pageOf(invited))
  expect(open.heading).toBe(`Join ${probe}`)
  expect(open.text).toContain(`Your role ${probe}`)
  expect(open.text).toContain(`Invited by ${probe}`)
  expect(open.text).toContain(probe.slice(0, 40))
  await submit(`${pageOf(invited)}/accept`)
  const headers = await known(team)
  const shown = [await visit(`/o/${team.slug}/members`, { headers }), await visit('/organizations', { headers })]
  for (const { html } of [open, await visit(pageOf(invited)), ...shown]) {
    const [own, ...others] = html.match(/<script\b[^>]*>/g) ?? []
    if (own !== undefined) expect(own).toContain('src="/assets/')
    expect(others).toEqual([])
    expect(elementsOf(html)).not.toContain('img')
    expect(withoutValues(html)).not.toMatch(/<[^>]*\son\w+=/)
  }
})

const elementsOf = (html: string): string[] => [...html.matchAll(/<([a-z][a-z0-9]*)/g)].map(([, name = '']) => name)

test('a name keeps its direction to itself and is seen even when nothing of it is visible', async () => {
  const rtl = await visit(pageOf(await newInvitation(await newOrganization({ name: 'شركة' }))))
  expect(rtl.html).toContain('<h1>Join <bdi dir="auto">شركة</bdi></h1>')
  const invisible = await visit(pageOf(await newInvitation(await newOrganization({ name: '\u200b\u2060' }))))
  expect(invisible.heading).toBe('Join (unnamed)')
})
