import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { codeOf, signInUrl } from '../../src/accounts/challenge-proof.ts'
import type { EmailChallenge } from '../../src/accounts/email-challenges.ts'
import { configOf } from '../../src/env.ts'
import { newMember, newOrganization, newUser } from '../support/api-builders.ts'
import { cookieOf, known } from '../support/portal-people.ts'
import { type Page, settingsAre, submit, visit } from './site.ts'

/* Signing in by the pages. Codes and links are worked out here as the mail would show them. */

const { LINK_KEYS } = configOf(env)

let addresses = 0
/** What the browser of a test sends along, and keeps. */
let jar: Map<string, string>
let network: string

beforeEach(() => {
  addresses += 1
  network = `198.51.100.${addresses}`
  jar = new Map()
})
afterEach(() => settingsAre())

const newAddress = () => `comer-${addresses}@x.test`
const headers = () => ({
  'CF-Connecting-IP': network,
  Cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
})

async function keep(answer: Promise<Page>): Promise<Page> {
  const page = await answer
  for (const cookie of page.headers.getSetCookie()) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
    if (value === '') jar.delete(name)
    else jar.set(name, value)
  }
  return page
}
const open = (path: string) => keep(visit(path, { headers: headers() }))
const send = (path: string, body: Record<string, string> = {}) => keep(submit(path, { headers: headers(), body }))
/** Where somebody who comes for the first time is asked who they are. */
const welcome = (next: string) => `/welcome?${new URLSearchParams({ next })}`
const leadsTo = ({ status, headers }: Page) => [status, headers.get('Location')]

async function mailed(email: string): Promise<{ code: string; link: string }> {
  const row = await env.ACCOUNTS.prepare('select * from email_challenges where subject = ?')
    .bind(email)
    .first<EmailChallenge>()
  if (row === null) throw new Error(`No mail is under way to ${email}`)
  return { code: codeOf(row, LINK_KEYS), link: new URL(signInUrl('https://muster.test', row, LINK_KEYS)).pathname }
}

const wrong = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0')

describe('by code', () => {
  test('whoever has it goes on to where they wanted', async () => {
    const email = newAddress()
    expect((await open('/sign-in?next=/account')).html).toContain('name="next" value="/account"')
    expect(leadsTo(await send('/sign-in', { email: ` ${email.toUpperCase()} `, next: '/account' }))).toEqual([
      303,
      '/sign-in/code',
    ])
    const asked = await open('/sign-in/code')
    expect(asked.text).toContain(`It was sent to ${email}`)
    expect(asked.text).toContain('The mail is on its way.')
    expect(asked.html).toMatch(/inputmode="numeric"/)
    expect(asked.html).toMatch(/autocomplete="one-time-code"/)
    const { code } = await mailed(email)
    const entered = await send('/sign-in/code', { code: `${code.slice(0, 3)} ${code.slice(3)}` })
    expect(leadsTo(entered)).toEqual([303, welcome('/account')])
    expect(entered.headers.getSetCookie()).toContainEqual(
      expect.stringMatching(
        /^__Host-muster_session=mst_[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
      ),
    )
    expect((await open('/account')).text).toContain('This device')
    expect(leadsTo(await open('/sign-in'))).toEqual([302, '/organizations'])
  })

  test('a wrong one says how many tries are left, and after the last of them only the link works', async () => {
    const email = newAddress()
    await send('/sign-in', { email })
    const { code } = await mailed(email)
    for (const left of [
      '4 tries are left',
      '3 tries are left',
      '2 tries are left',
      'One try is left',
      'no more tries are left',
    ]) {
      const page = await send('/sign-in/code', { code: wrong(code) })
      expect([page.status, page.text]).toEqual([401, expect.stringContaining(left)])
    }
    const over = await send('/sign-in/code', { code })
    expect([over.status, over.heading]).toEqual([429, 'Too many wrong codes'])
    expect(over.text).toContain('Open the link in the mail instead')
    expect(Number(over.headers.get('Retry-After'))).toBeGreaterThan(0)
    expect(jar.has('__Host-muster_session')).toBe(false)
  })

  test('what is no code costs no try', async () => {
    const email = newAddress()
    await send('/sign-in', { email })
    for (const code of ['', '12345', '12345x']) expect((await send('/sign-in/code', { code })).status).toBe(422)
    const { code } = await mailed(email)
    expect((await send('/sign-in/code', { code: wrong(code) })).text).toContain('4 tries are left')
  })

  test('it is sent again, and at the limit the newest one still works', async () => {
    const email = newAddress()
    await send('/sign-in', { email })
    for (let time = 0; time < 6; time += 1) {
      expect(leadsTo(await send('/sign-in/resend'))).toEqual([303, '/sign-in/code'])
    }
    expect((await open('/sign-in/code')).text).toContain('After several mails, no new one is sent for a while')
    expect((await send('/sign-in/code', { code: (await mailed(email)).code })).status).toBe(303)
  })

  test('looking changes nothing, the button signs in, once', async () => {
    const email = newAddress()
    await send('/sign-in', { email, next: '/organizations/new' })
    const { link } = await mailed(email)
    for (let time = 0; time < 3; time += 1) expect((await open(link)).text).toContain(`sign in as ${email}`)
    expect(leadsTo(await send(link))).toEqual([303, welcome('/organizations/new')])
    const again = await send(link)
    expect([again.status, again.heading]).toEqual([410, 'This link has expired'])
  })

  test('in another browser, or of somebody else, it does not go where this browser wanted', async () => {
    const email = newAddress()
    await send('/sign-in', { email, next: '/account' })
    const { link } = await mailed(email)
    jar = new Map()
    await send('/sign-in', { email: `other-${email}`, next: '/organizations/new' })
    expect(leadsTo(await send(link))).toEqual([303, welcome('/organizations')])
  })

  test.each(['/sign-in/link/wrong', '/sign-in/link/k1.chl_1.aaaa'])('%s leads nowhere', async (link) => {
    for (const page of [await open(link), await send(link)]) {
      expect([page.status, page.heading]).toEqual([410, 'This link has expired'])
    }
  })

  test('another site cannot press the button', async () => {
    const email = newAddress()
    await send('/sign-in', { email })
    const { link } = await mailed(email)
    const foreign = { ...headers(), Origin: 'https://evil.test', 'Sec-Fetch-Site': 'cross-site' }
    for (const path of [link, '/sign-in', '/sign-in/code', '/sign-out', '/account']) {
      expect((await submit(path, { headers: foreign })).status, path).toBe(403)
    }
    expect((await send(link)).status).toBe(303)
  })
})

test.each([
  'https://evil.test',
  '//evil.test',
  '/\\evil.test',
  '/\t/evil.test',
  '/a/..//evil.test',
  'javascript:alert(1)',
  `/${'a'.repeat(600)}`,
])('signing in does not lead to %s', async (next) => {
  const email = newAddress()
  await send('/sign-in', { email, next })
  await send('/sign-in/code', { code: (await mailed(email)).code })
  expect(leadsTo(await open(`/sign-in?${new URLSearchParams({ next })}`))).toEqual([302, '/organizations'])
})

test('where sign-up is closed, an unknown address learns so once it is proven', async () => {
  await settingsAre({ sign_up_enabled: false })
  const email = newAddress()
  expect((await open('/sign-in')).text).not.toContain('New here?')
  await send('/sign-in', { email })
  const page = await send('/sign-in/code', { code: (await mailed(email)).code })
  expect([page.status, page.heading]).toEqual([403, 'There is no account for you yet'])
  expect(jar.has('__Host-muster_session')).toBe(false)
})

test('whoever has one organization arrives there', async () => {
  const team = await newOrganization()
  await known(team)
  await send('/sign-in', { email: team.owner.email })
  const entered = await send('/sign-in/code', { code: (await mailed(team.owner.email)).code })
  expect(leadsTo(entered)).toEqual([303, `/o/${team.slug}`])
})

describe('the account', () => {
  test('signs out: the cookie goes, and the session with it', async () => {
    const own = await cookieOf(await newUser())
    const out = await submit('/sign-out', { headers: own })
    expect(leadsTo(out)).toEqual([303, '/sign-in'])
    expect(out.headers.getSetCookie()).toContainEqual(expect.stringMatching(/^__Host-muster_session=; Max-Age=0/))
    expect((await visit('/account', { headers: own })).status).toBe(303)
  })

  test('ends other sessions, one or all, and never those of somebody else', async () => {
    const person = await newUser()
    const [here, there, elsewhere] = [await cookieOf(person), await cookieOf(person), await cookieOf(person)]
    const stranger = await cookieOf(await newUser())
    const [foreignId] = idsIn(await visit('/account', { headers: stranger }))
    const ids = idsIn(await visit('/account', { headers: here }))
    expect([ids.length, foreignId]).toEqual([2, undefined])
    const one = await submit(`/account/sessions/${ids[0]}/end`, { headers: here })
    expect(leadsTo(one)).toEqual([303, '/account'])
    expect(idsIn(await visit('/account', { headers: here }))).toEqual(ids.slice(1))
    const all = await submit('/account/sessions/end-others', { headers: here })
    expect(all.headers.get('Set-Cookie')).toContain('muster_flash=other_sessions_ended.1;')
    for (const ended of [there, elsewhere]) expect((await visit('/account', { headers: ended })).status).toBe(303)
    for (const kept of [here, stranger]) expect((await visit('/account', { headers: kept })).status).toBe(200)
  })

  test('keeps the name that one gives oneself, as text', async () => {
    const person = await newUser()
    const own = await cookieOf(person)
    const name = '"><img src=x onerror=alert(1)>'
    expect((await submit('/account', { headers: own, body: { name } })).status).toBe(303)
    const page = await visit('/account', { headers: own })
    expect(page.html).toContain('value="&quot;&gt;&lt;img src=x onerror=alert(1)&gt;"')
    expect(page.html).not.toContain('<img')
    const long = await submit('/account', { headers: own, body: { name: 'x'.repeat(201) } })
    expect([long.status, long.html]).toEqual([422, expect.stringContaining('aria-invalid="true"')])
  })

  test('is left alone by the last owner of an organization, who learns what to do instead', async () => {
    const team = await newOrganization()
    const headers = await known(team)
    const path = `/account/organizations/${team.id}/leave`
    expect((await visit(path, { headers })).text).toContain('You lose access to Acme at once.')
    const refused = await submit(path, { headers })
    expect([refused.status, refused.text]).toEqual([409, expect.stringContaining('Make someone else an owner first.')])
  })

  test('leaves an organization, and finds nothing there any more', async () => {
    const team = await newOrganization()
    const member = await newMember(team)
    const headers = await known(team, member)
    expect(leadsTo(await submit(`/account/organizations/${team.id}/leave`, { headers }))).toEqual([303, '/account'])
    expect((await visit(`/o/${team.slug}/members`, { headers })).status).toBe(404)
    const strange = await submit(`/account/organizations/${team.id}/leave`, { headers })
    expect(strange.status).toBe(404)
  })

  test('is deleted once its address is typed, unless an organization would be without an owner', async () => {
    const person = await newUser()
    const own = await cookieOf(person)
    const typo = await submit('/account/delete', { headers: own, body: { email: 'someone@else.test' } })
    expect(typo.status).toBe(422)
    const gone = await submit('/account/delete', { headers: own, body: { email: person.email.toUpperCase() } })
    expect(leadsTo(gone)).toEqual([303, '/sign-in'])
    expect((await visit('/account', { headers: own })).status).toBe(303)

    const team = await newOrganization()
    const headers = await known(team)
    const kept = await submit('/account/delete', { headers, body: { email: team.owner.email } })
    expect([kept.status, kept.text]).toEqual([409, expect.stringContaining('You are the last owner here')])
    expect((await visit('/account', { headers })).status).toBe(200)
  })
})

const idsIn = ({ html }: Page): string[] =>
  [...html.matchAll(/action="\/account\/sessions\/(ses_\w+)\/end"/g)].map(([, id = '']) => id)
