import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { OPERATOR_SESSION_MS } from '../../src/accounts/operator-session.ts'
import { as, bearer, OPERATOR_KEY, ORIGIN, operator } from '../support/api.ts'
import { followed, newInvitation, newMember, newOrganization, type Team } from '../support/api-builders.ts'
import { someId } from '../support/api-world.ts'
import { cookieOf, operatorCookie } from '../support/portal-people.ts'
import { submit, visit } from './site.ts'

/* The operator's pages: who gets in, and what they see and do about organizations. */

const HOME = '/operator/organizations'
const SIGN_IN = '/operator/sign-in'
const XSS = '"><script>alert(1)</script>'
type Headers = Readonly<Record<string, string>>

const holding = (token: string): Headers => ({ Cookie: `__Host-muster_operator=${token}` })
const present = await operatorCookie()
const locationOf = ({ headers }: { headers: globalThis.Headers }) => headers.get('Location')
const api = as(operator)

let networks = 0
/** Wrong keys are counted by network, so every test has its own. */
const newNetwork = (): Headers => {
  networks += 1
  return { 'CF-Connecting-IP': `198.51.100.${networks}` }
}
const signIn = (key: string, headers: Headers = newNetwork(), fields = {}) =>
  submit(SIGN_IN, { headers, body: { key, ...fields } })

beforeAll(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})

describe('sign-in', () => {
  test('takes the operator key, and keeps it out of the browser', async () => {
    const entered = await signIn(OPERATOR_KEY)
    expect([entered.status, locationOf(entered)]).toEqual([303, HOME])
    const cookie = entered.headers.get('Set-Cookie') ?? ''
    expect(cookie).toMatch(/^__Host-muster_operator=[^;]+; Max-Age=28800; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
    expect(decodeURIComponent(cookie)).not.toContain(OPERATOR_KEY)
    expect(cookie).not.toContain(btoa(OPERATOR_KEY))
    const list = await visit(HOME, { headers: { Cookie: cookie.split(';')[0] ?? '' } })
    expect([list.status, list.heading]).toEqual([200, 'Organizations'])
  })

  test.each([
    ['another key', `${OPERATOR_KEY.slice(0, -1)}x`],
    ['a part of the key', OPERATOR_KEY.slice(0, -1)],
    ['the key and more', `${OPERATOR_KEY}j`],
    ['the key in another case', OPERATOR_KEY.toUpperCase()],
    ['nothing', ''],
    ['markup', XSS],
  ])('refuses %s', async (_, key) => {
    const refused = await signIn(key)
    expect(refused.status).toBe(401)
    expect(refused.text).toContain('This is not an operator key.')
    expect(refused.headers.get('Set-Cookie')).toBeNull()
    if (key !== '') expect(refused.html).not.toContain(key)
  })

  test('allows ten wrong keys in a quarter of an hour, however many come at once, and then not even the right one', async () => {
    const network = newNetwork()
    const tries = await Promise.all(Array.from({ length: 15 }, () => signIn('wrong', network)))
    expect(tries.map(({ status }) => status).sort()).toEqual([...Array(10).fill(401), ...Array(5).fill(429)])
    const right = await signIn(OPERATOR_KEY, network)
    expect([right.status, right.headers.get('Set-Cookie')]).toEqual([429, null])
    expect(Number(right.headers.get('Retry-After'))).toBeGreaterThan(0)
    expect((await signIn(OPERATOR_KEY)).status).toBe(303)
  })

  test('counts no right key', async () => {
    const network = newNetwork()
    for (let times = 0; times < 12; times += 1) expect((await signIn(OPERATOR_KEY, network)).status).toBe(303)
  })

  test('leads on to where one wanted to go, if that is a page of the operator', async () => {
    const wanted = `${HOME}?query=acme`
    expect(locationOf(await visit(wanted))).toBe(`${SIGN_IN}?${new URLSearchParams({ next: wanted })}`)
    expect((await visit(`${SIGN_IN}?next=${encodeURIComponent(wanted)}`)).html).toContain(`value="${wanted}"`)
    expect(locationOf(await signIn(OPERATOR_KEY, newNetwork(), { next: wanted }))).toBe(wanted)
    for (const next of ['https://evil.test/operator/', '//evil.test/operator/', '/account', '/operatorx', '']) {
      expect(locationOf(await signIn(OPERATOR_KEY, newNetwork(), { next }))).toBe(HOME)
    }
    expect(locationOf(await visit(`${SIGN_IN}?next=${encodeURIComponent(wanted)}`, { headers: present }))).toBe(wanted)
  })

  test('ends with sign-out, which leaves the session of a person alone', async () => {
    const { owner } = await newOrganization()
    const person = await cookieOf(owner)
    const both = { Cookie: `${person.Cookie}; ${(await operatorCookie()).Cookie}` }
    const left = await submit('/operator/sign-out', { headers: both, body: {} })
    expect(locationOf(left)).toBe(SIGN_IN)
    const cookies = left.headers.getSetCookie().join('\n')
    expect(cookies).toMatch(/^__Host-muster_operator=; Max-Age=0; Path=\/; HttpOnly; Secure; SameSite=Lax$/m)
    expect(cookies).not.toContain('muster_session')
    expect((await visit('/account', { headers: both })).status).toBe(200)
  })

  test('is nothing that a form of another site can send', async () => {
    const Origin = 'https://evil.test'
    expect((await signIn(OPERATOR_KEY, { ...newNetwork(), Origin })).status).toBe(403)
    expect((await submit('/operator/sign-out', { headers: { ...present, Origin }, body: {} })).status).toBe(403)
  })

  test.each([
    ['PUT', SIGN_IN],
    ['GET', '/operator/sign-out'],
  ])('knows no %s of %s', async (method, path) => {
    expect((await visit(path, { method, headers: { Origin: ORIGIN } })).status).toBe(405)
  })
})

describe('a session of the operator', () => {
  const changed = (token: string, at: number) =>
    `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`
  const tokenOf = ({ Cookie }: Headers) => Cookie?.split('=')[1] ?? ''
  const otherKey = 'ok_other_m4vX8sLw2RkTz6JcYp0Hd9NbFe3Ua7Gi'

  const dead: readonly (readonly [string, () => string | Promise<string>])[] = [
    ['that is over', async () => tokenOf(await operatorCookie(OPERATOR_KEY, Date.now() - OPERATOR_SESSION_MS - 1))],
    ['with another token', () => changed(tokenOf(present), 10)],
    ['with a part of the token', () => tokenOf(present).slice(0, -1)],
    ['with the hash that the directory keeps', keptHash],
    ['that is the key itself', () => OPERATOR_KEY],
    ['of nothing', () => ''],
  ]

  async function keptHash(): Promise<string> {
    const rows = await env.ACCOUNTS.prepare('select token_hash as "hash" from operator_sessions').all<{
      hash: string
    }>()
    expect(rows.results.map(({ hash }) => hash)).not.toContain(tokenOf(present))
    return rows.results[0]?.hash ?? ''
  }

  test.each(dead)('%s is none', async (_, made) => {
    const value = await made()
    const answer = await visit(HOME, { headers: holding(value) })
    expect([answer.status, locationOf(answer)]).toEqual([303, `${SIGN_IN}?${new URLSearchParams({ next: HOME })}`])
    expect((await submit(`${HOME}/${someId('org')}/delete`, { headers: holding(value), body: {} })).status).toBe(303)
  })

  test('ends when the operator key is changed', async () => {
    expect((await visit(HOME, { headers: present })).status).toBe(200)
    const answer = await visit(HOME, { headers: present, bindings: { OPERATOR_KEY: otherKey } })
    expect(answer.status).toBe(303)
  })

  test('ends with sign-out, for whoever kept the cookie too', async () => {
    const cookie = await operatorCookie()
    expect((await visit(HOME, { headers: cookie })).status).toBe(200)
    await submit('/operator/sign-out', { headers: cookie, body: {} })
    expect((await visit(HOME, { headers: cookie })).status).toBe(303)
    expect((await visit(HOME, { headers: present })).status).toBe(200)
  })

  test('outlives a new link key in front of the old one', async () => {
    const LINK_KEYS = `k2:5ac81d7f30e9b642d1f78c05ae3692b4c7e0158d9fa34b6271de80c5f93ab46e,${env.LINK_KEYS}`
    expect((await visit(HOME, { headers: present, bindings: { LINK_KEYS } })).status).toBe(200)
  })

  test('is no credential of the API, and no person', async () => {
    expect((await as(present).get('/v1/organizations')).status).toBe(401)
    expect((await as(bearer(tokenOf(present))).get('/v1/organizations')).status).toBe(401)
    expect((await visit('/account', { headers: present })).status).toBe(303)
    const { owner } = await newOrganization()
    const { Cookie } = await cookieOf(owner)
    expect((await visit(HOME, { headers: { Cookie } })).status).toBe(303)
    const session = Cookie.split('=')[1] ?? ''
    expect((await visit(HOME, { headers: holding(session) })).status).toBe(303)
  })

  test.each(['', '/organizations', `/organizations/${someId('org')}`, '/organizations/new', '/nothing', '/health'])(
    'is asked for at /operator%s',
    async (path) => {
      const answer = await visit(`/operator${path}`)
      expect([answer.status, locationOf(answer)?.startsWith(SIGN_IN)]).toEqual([303, true])
      const partial = await visit(`/operator${path}`, { headers: { 'HX-Request': 'true' } })
      expect([partial.status, partial.headers.get('HX-Redirect')?.startsWith(SIGN_IN)]).toEqual([204, true])
    },
  )
})

describe('the list of organizations', () => {
  const search = (query: string, others = {}) =>
    visit(`${HOME}?${new URLSearchParams({ query, ...others })}`, { headers: present })

  test('finds by name, address, id and external id', async () => {
    const externalId = `customer-${someId('org').slice(-8)}`
    const name = `Zebra ${externalId}`
    const team = await newOrganization({ name, external_id: externalId, seat_limit: 7 })
    await newInvitation(team)
    await followed(team)
    for (const query of [name.toLowerCase(), team.slug, team.id, externalId]) {
      const found = await search(query)
      expect(found.html.match(new RegExp(`href="${HOME}/${team.id}"`, 'g')), query).toHaveLength(1)
      expect(found.text).toContain('2 of 7')
    }
    expect((await search(someId('org'))).text).toContain('Nothing found')
    expect((await search(name, { cursor: 'broken' })).status).toBe(200)
    expect((await search(XSS)).html).not.toContain('<script>alert')
  })

  test('goes on by pages', async () => {
    const name = `Page ${someId('org').slice(-8)}`
    const teams = await Promise.all(Array.from({ length: 26 }, () => api.post('/v1/organizations', { name })))
    for (const { body } of teams) await followed(body)
    const first = await search(name)
    const next = /href="([^"]*cursor=[^"]*)"/.exec(first.html)?.[1]?.replaceAll('&amp;', '&') ?? ''
    const second = await visit(next, { headers: present })
    const links = [first, second].map(({ html }) => html.match(/operator\/organizations\/org_\w+/g) ?? [])
    expect(links.map((found) => found.length)).toEqual([25, 1])
    expect(new Set(links.flat()).size).toBe(26)
  })
})

describe('a new organization', () => {
  const create = (fields: Readonly<Record<string, string>>) =>
    submit(`${HOME}/new`, { headers: present, body: { ownership: 'multiple', ...fields } })
  const idFrom = (answer: { headers: globalThis.Headers }) => locationOf(answer)?.split('/').at(-1) ?? ''

  test('has the name, plan and owner that were given', async () => {
    const { owner } = await newOrganization()
    const slug = `made-${someId('org').slice(-8)}`
    const fields = { name: 'Made', slug, external_id: slug, seat_limit: '9', owner: owner.email.toUpperCase() }
    const made = await create(fields)
    expect([made.status, locationOf(made)?.startsWith(`${HOME}/org_`)]).toEqual([303, true])
    const path = `/v1/organizations/${idFrom(made)}`
    expect((await api.get(path)).body).toMatchObject({ name: 'Made', slug, external_id: slug, seat_limit: 9 })
    expect((await api.get(`${path}/members`)).body.data).toMatchObject([{ user_id: owner.id, role: 'owner' }])
  })

  test('has an owner by id, by an address without an account, or none yet', async () => {
    const { owner } = await newOrganization()
    const address = `new-${someId('usr').slice(-8)}@x.test`
    for (const [who, emails] of [
      [owner.id, [owner.email]],
      [address, [address]],
      ['', []],
    ] as const) {
      const made = await create({ name: 'Owned', owner: who })
      const { body } = await api.get(`/v1/organizations/${idFrom(made)}/members`)
      expect(body.data.map(({ email }: { email: string }) => email)).toEqual(emails)
    }
  })

  test('is refused with what was typed', async () => {
    const team = await newOrganization()
    const taken = await create({ name: 'Taken', slug: team.slug })
    expect([taken.status, taken.text.includes('This slug is taken')]).toEqual([409, true])
    for (const wrong of [{ slug: 'A' }, { seat_limit: 'x' }, { owner: XSS }, { owner: someId('usr') }, { name: '' }]) {
      const answer = await create({ name: 'Kept as typed', ...wrong })
      expect([answer.status, answer.html.includes('<script>alert')]).toEqual([422, false])
      if (!('name' in wrong)) expect(answer.html).toContain('value="Kept as typed"')
    }
    expect((await visit(`${HOME}/new`, { headers: present })).heading).toBe('New organization')
  })
})

describe('the page of an organization', () => {
  let team: Team
  let path: string
  beforeAll(async () => {
    team = await newOrganization({ name: 'Acme' })
    path = `${HOME}/${team.id}`
  })
  const show = (to = path) => visit(to, { headers: present })
  const send = (to: string, body: Readonly<Record<string, string>>) => submit(to, { headers: present, body })
  const revisionOn = ({ html }: { html: string }) => /name="revision" value="(\d+)"/.exec(html)?.[1] ?? ''

  test('tells who owns it, and what is taken of its seats', async () => {
    await newMember(team, 'owner', 'Second Owner')
    await newMember(team)
    await newInvitation(team)
    const page = await show()
    expect([page.status, page.heading]).toEqual([200, 'Acme'])
    for (const text of [
      '2 active owners',
      'Second Owner',
      team.owner.email,
      '3 active members, 1 pending invitation',
    ]) {
      expect(page.text).toContain(text)
    }
  })

  test('tells what has happened in it lately, in words', async () => {
    await team.owner.api.patch(team.path, { upgrade_url: 'https://x.test/plans' })
    const { text } = await show()
    for (const sentence of [
      'The operator created Acme',
      'The operator added Second Owner as Owner',
      'Ann Lee, through the operator, changed',
    ]) {
      expect(text).toContain(sentence)
    }
  })

  test('sets the limit of seats, and takes it away', async () => {
    const limited = await send(`${path}/seats`, { seat_limit: '12', revision: revisionOn(await show()) })
    expect([limited.status, locationOf(limited)]).toEqual([303, path])
    expect((await api.get(team.path)).body.seat_limit).toBe(12)
    const { body } = await api.get(`${team.path}/events?type=seat_limit.changed`)
    expect(body.data[0]).toMatchObject({ actor: { type: 'operator' }, data: { seat_limit: { from: null, to: 12 } } })
    expect((await send(`${path}/seats`, { seat_limit: '', revision: revisionOn(await show()) })).status).toBe(303)
    expect((await api.get(team.path)).body.seat_limit).toBeNull()
  })

  test.each(['0', '-1', '1.5', 'many', '1e3', '99999999999', XSS])('takes no limit of %s', async (seat_limit) => {
    const before = (await api.get(team.path)).body
    const answer = await send(`${path}/seats`, { seat_limit, revision: revisionOn(await show()) })
    expect([answer.status, answer.html.includes('id="seat_limit-error"')]).toEqual([422, true])
    expect(answer.html).not.toContain('<script>alert')
    expect((await api.get(team.path)).body).toEqual(before)
  })

  test('changes nothing over the head of somebody else, and then does when it is sent again', async () => {
    const seen = revisionOn(await show())
    await api.patch(team.path, { seat_limit: 30 })
    const stale = await send(`${path}/seats`, { seat_limit: '20', revision: seen })
    expect([stale.status, stale.text.includes('Somebody else has changed it meanwhile')]).toEqual([409, true])
    expect(stale.html).toContain('value="20"')
    expect((await api.get(team.path)).body.seat_limit).toBe(30)
    expect((await send(`${path}/seats`, { seat_limit: '20', revision: revisionOn(stale) })).status).toBe(303)
    expect((await api.get(team.path)).body.seat_limit).toBe(20)
  })

  test('changes details, and says what cannot be taken', async () => {
    const other = await newOrganization()
    const details = { name: 'Acme 2', external_id: '', upgrade_url: 'https://x.test/up', ownership: 'multiple' }
    const slug = `acme-${team.id.slice(-8)}`
    const sent = (fields: object) =>
      show().then((page) => send(path, { ...details, slug, revision: revisionOn(page), ...fields }))
    expect((await sent({})).status).toBe(303)
    expect((await api.get(team.path)).body).toMatchObject({ name: 'Acme 2', slug, upgrade_url: 'https://x.test/up' })
    const taken = await sent({ slug: other.slug })
    expect([taken.status, taken.text.includes('This slug is taken')]).toEqual([409, true])
    const single = await sent({ ownership: 'single' })
    expect([single.status, single.text.includes('There are 2 owners')]).toEqual([409, true])
    for (const wrong of [
      { name: '' },
      { slug: 'A b' },
      { upgrade_url: 'javascript:alert(1)' },
      { ownership: 'none' },
    ]) {
      expect((await sent(wrong)).status).toBe(422)
    }
    const named = await sent({ name: XSS })
    expect(named.status).toBe(303)
    expect((await show()).html).not.toContain('<script>alert')
  })

  test('deletes once the name is typed, and brings back', async () => {
    const own = await newOrganization({ name: 'Doomed' })
    const at = `${HOME}/${own.id}`
    expect((await show(`${at}/delete`)).text).toContain('to confirm')
    expect((await send(`${at}/delete`, { name: 'doomed' })).status).toBe(422)
    expect((await send(`${at}/delete`, { name: 'Doomed' })).status).toBe(303)
    expect((await api.get(own.path)).status).toBe(404)
    await followed(own)
    const gone = await show(at)
    expect([gone.status, gone.text.includes('Can be restored until')]).toEqual([200, true])
    const deleted = await visit(`${HOME}?${new URLSearchParams({ query: own.id, status: 'deleted' })}`, {
      headers: present,
    })
    expect(deleted.text).toContain('Deleted')
    expect((await visit(`${HOME}?query=${own.id}`, { headers: present })).text).toContain('Nothing found')
    expect((await send(`${at}/restore`, {})).status).toBe(303)
    expect((await api.get(own.path)).body.name).toBe('Doomed')
  })

  test('rebuilds what the directory has of it', async () => {
    await followed(team)
    await env.DIRECTORY.prepare('delete from members where organization_id = ?').bind(team.id).run()
    expect((await send(`${path}/rebuild`, {})).status).toBe(303)
    const { results } = await env.DIRECTORY.prepare('select id from members where organization_id = ?')
      .bind(team.id)
      .all()
    expect(results).toHaveLength(3)
  })

  test.each(['', '/delete', '/nothing'])('is not there at %s of what is no organization', async (to) => {
    for (const id of [someId('org'), 'acme', 'org_x', '%22%3E'])
      expect((await show(`${HOME}/${id}${to}`)).status).toBe(404)
  })

  test.each(['', '/seats', '/delete', '/restore', '/rebuild'])('does nothing at %s for another site', async (to) => {
    const headers = { ...present, Origin: 'https://evil.test' }
    expect((await submit(`${path}${to}`, { headers, body: { name: 'Acme', seat_limit: '1' } })).status).toBe(403)
  })

  test.each(['', '/seats', '/delete', '/restore', '/rebuild'])(
    'does nothing at %s of what is no organization',
    async (to) => {
      expect(
        (await send(`${HOME}/${someId('org')}${to}`, { name: 'Acme', slug: 'abc', ownership: 'multiple' })).status,
      ).not.toBe(303)
    },
  )
})
