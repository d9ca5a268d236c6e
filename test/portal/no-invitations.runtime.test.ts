import { env, exports } from 'cloudflare:workers'
import PostalMime from 'postal-mime'
import { describe, expect, test } from 'vitest'
import { mimeMessage } from '../../src/mail/mime-message.ts'
import type { OutgoingMail } from '../../src/mail/transport.ts'
import { as, nobody, operator } from '../support/api.ts'
import { newOrganization, newUser } from '../support/api-builders.ts'
import { deliver, inviteByMail, transport } from '../support/api-mail.ts'
import { operatorCookie } from '../support/portal-people.ts'
import { visit as openPage, submit } from './site.ts'

const SITE = 'https://muster.test'
const blocked = async (email: string): Promise<boolean> =>
  (await as(operator).get('/v1/mail-blocks?limit=100')).body.data.some(
    (block: { email: string }) => block.email === email,
  )

/** What the recipient gets. */
async function mailTo(email: string): Promise<OutgoingMail> {
  const { message } = await inviteByMail(await newOrganization(), { email })
  const outbox = transport()
  await deliver([message], { transport: outbox })
  return outbox.sent[0] as OutgoingMail
}

const visit = (url: string, init: RequestInit = {}) =>
  exports.default.fetch(new Request(url, { redirect: 'manual', ...init }))
const post = (url: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  visit(url, { method: 'POST', body: new URLSearchParams(fields), headers })

describe('the link to no more invitations', () => {
  test('stands in text, HTML and header, and tells nobody the email', async () => {
    const mail = await mailTo('header@x.test')
    const url = mail.unsubscribeUrl ?? ''
    expect(url).toMatch(`${SITE}/no-invitations/`)
    for (const part of [mail.text, mail.html]) expect(part).toContain(url)
    expect(atob(url.split('.').at(-1)?.replaceAll('-', '+').replaceAll('_', '/') ?? '')).not.toContain('header')

    const { headers } = await PostalMime.parse((await mimeMessage(mail)).source)
    const headerOf = (name: string) => headers.find(({ key }) => key === name)?.value
    expect(headerOf('list-unsubscribe')).toBe(`<${url}>`)
    expect(headerOf('list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click')
  })

  test('changes nothing when it is looked at, and stops and allows invitations by its forms', async () => {
    const email = 'forms@x.test'
    const url = (await mailTo(email)).unsubscribeUrl ?? ''
    expect(await (await visit(url)).text()).toContain('Stop all invitations?')
    expect(await blocked(email)).toBe(false)

    expect((await post(url, { invitations: 'stop' })).status).toBe(303)
    expect(await blocked(email)).toBe(true)
    expect(await (await visit(url)).text()).toContain('get any more invitations')

    expect((await post(url, { invitations: 'allow' })).status).toBe(303)
    expect(await blocked(email)).toBe(false)
  })

  test('takes the one click of a mail program, without cookie or origin, as often as it comes', async () => {
    const email = 'one-click@x.test'
    const url = (await mailTo(email)).unsubscribeUrl ?? ''
    for (let time = 0; time < 2; time += 1) {
      expect((await post(url, { 'List-Unsubscribe': 'One-Click' }, { Origin: 'https://mail.example' })).status).toBe(
        200,
      )
    }
    expect(await blocked(email)).toBe(true)
    const events = (await as(operator).get('/v1/events?type=mail_block.created')).body.data
    expect(events[0]).toMatchObject({ actor: { type: 'invitee' }, target: { type: 'mail_block' } })
    expect(JSON.stringify(events)).not.toContain(email)
  })

  test('does nothing when it is forged, changed or of another kind', async () => {
    const mail = await mailTo('forged@x.test')
    const url = mail.unsubscribeUrl ?? ''
    const invitation = mail.links[0]?.split('/').at(-1) ?? ''
    for (const forged of [
      `${url}A`,
      url.slice(0, -1),
      url.replace('k1.', 'k2.'),
      `${SITE}/no-invitations/${invitation}`,
    ]) {
      expect((await visit(forged)).status).toBe(404)
      expect((await post(forged, { 'List-Unsubscribe': 'One-Click' })).status).toBe(404)
    }
    expect(await blocked('forged@x.test')).toBe(false)
  })
})

test('the operator alone lists and lifts blocks', async () => {
  const email = 'lifted@x.test'
  await post((await mailTo(email)).unsubscribeUrl ?? '', { invitations: 'stop' })
  const { data } = (await as(operator).get('/v1/mail-blocks?limit=100')).body
  const block = data.find((one: { email: string }) => one.email === email)
  const ann = await newUser()
  expect((await ann.api.get('/v1/mail-blocks')).status).toBe(403)
  expect((await ann.api.delete(`/v1/mail-blocks/${block.id}`)).status).toBe(403)
  expect((await as(nobody).get('/v1/mail-blocks')).status).toBe(401)
  expect((await as(operator).delete(`/v1/mail-blocks/${block.id}`)).status).toBe(204)
  expect((await as(operator).delete(`/v1/mail-blocks/${block.id}`)).status).toBe(404)
  expect(await blocked(email)).toBe(false)
})

test('a block outlives the account, and then names nobody', async () => {
  const ann = await newUser()
  await post((await mailTo(ann.email)).unsubscribeUrl ?? '', { invitations: 'stop' })
  expect((await as(operator).delete(`/v1/users/${ann.id}`)).status).toBe(204)
  expect(await blocked(ann.email)).toBe(false)
  const left = await env.ACCOUNTS.prepare('select count(*) as count from mail_blocks where email is null').first()
  expect(left).toEqual({ count: 1 })
  const { message } = await inviteByMail(await newOrganization(), { email: ann.email })
  const outbox = transport()
  await deliver([message], { transport: outbox })
  expect(outbox.sent).toEqual([])
})

test("the operator's page lists a block and lifts it", async () => {
  const email = 'page@x.test'
  await post((await mailTo(email)).unsubscribeUrl ?? '', { invitations: 'stop' })
  const headers = await operatorCookie()
  const page = await openPage('/operator/mail-blocks', { headers })
  expect(page.text).toContain(email)
  const path = new RegExp(`${email}[^]*?action="([^"]*)"`).exec(page.html)?.[1] ?? ''
  expect((await visit(`${SITE}${path}`, { method: 'POST' })).status).not.toBe(500)
  expect(await blocked(email)).toBe(true)
  expect((await submit(path, { headers, body: {} })).status).toBe(303)
  expect(await blocked(email)).toBe(false)
})
