import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { settleMail } from '../../src/directory/mail-attempts.ts'
import { as, operator } from '../support/api.ts'
import { followed, newMember, newOrganization, newUser } from '../support/api-builders.ts'
import { accountsThat } from '../support/api-faults.ts'
import { someId } from '../support/api-world.ts'
import { runCron } from '../support/cron.ts'
import { cookieOf, operatorCookie } from '../support/portal-people.ts'
import { type Page, settingsAre, submit, visit } from './site.ts'

/* The operator's pages about people and about the deployment itself. */

const XSS = '"><script>alert(1)</script>'
const api = as(operator)
const open = async (path: string) => visit(path, { headers: await operatorCookie() })
const send = async (path: string, body: Readonly<Record<string, string>> = {}) =>
  submit(path, { headers: await operatorCookie(), body })
const locationOf = ({ headers }: { headers: Headers }) => headers.get('Location')

beforeAll(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})

const pages = [
  '/operator/users',
  '/operator/settings',
  '/operator/attributes',
  '/operator/sign-ins',
  '/operator/sign-ins/refusals',
  '/operator/events',
  '/operator/health',
]

test.each(pages)('%s is for the operator alone', async (path) => {
  const { owner } = await newOrganization()
  for (const headers of [{}, await cookieOf(owner)]) {
    const answer = await visit(path, { headers })
    expect([answer.status, locationOf(answer)]).toEqual([
      303,
      `/operator/sign-in?${new URLSearchParams({ next: path })}`,
    ])
  }
})

describe('users', () => {
  test('are found by name, address and id', async () => {
    const user = await newUser('Zelda Quandt')
    for (const query of ['zelda q', user.email, user.id]) {
      const page = await open(`/operator/users?${new URLSearchParams({ query })}`)
      expect([page.status, page.html.includes(`/operator/users/${user.id}`)]).toEqual([200, true])
    }
    expect((await open(`/operator/users?query=${someId('usr')}`)).text).toContain('Nobody found')
    expect((await open('/operator/users?query=nobody-of-this-name')).text).toContain('Nobody found')
    expect((await open('/operator/users?cursor=broken')).status).toBe(404)
  })

  test('come in pages', async () => {
    const people = Array.from({ length: 26 }, (_, index) => `Paged Person ${String(index).padStart(2, '0')}`)
    for (const name of people) await newUser(name)
    const first = await open('/operator/users?query=paged+person')
    expect(first.text).toContain('Paged Person 24')
    expect(first.text).not.toContain('Paged Person 25')
    const next = /href="([^"]*cursor=[^"]*)"/.exec(first.html)?.[1]?.replaceAll('&amp;', '&') ?? ''
    expect((await open(next)).text).toContain('Paged Person 25')
  })

  test('are shown with what they say, where they belong and where they are signed in', async () => {
    await api.post('/v1/user-attributes', { key: 'office', label: 'Office', type: 'string' })
    const team = await newOrganization({ name: 'Acme' })
    await api.patch(`/v1/users/${team.owner.id}`, { name: XSS, attributes: { office: XSS } })
    await cookieOf(team.owner)
    await followed(team)
    const page = await open(`/operator/users/${team.owner.id}`)
    expect(page.status).toBe(200)
    for (const part of [XSS, team.owner.email, team.owner.id, `Office ${XSS}`, 'Acme', 'Owner', 'Firefox on Linux']) {
      expect(page.text).toContain(part)
    }
    expect(page.html).toContain(`href="/operator/organizations/${team.id}"`)
    expect(page.html).not.toContain('<script>alert')
  })

  test('are signed out everywhere at once', async () => {
    const { owner } = await newOrganization()
    const devices = [await cookieOf(owner), await cookieOf(owner)]
    const ended = await send(`/operator/users/${owner.id}/sessions/end`)
    expect(locationOf(ended)).toBe(`/operator/users/${owner.id}`)
    expect(ended.headers.get('Set-Cookie')).toContain('muster_flash=sessions_ended.2')
    for (const headers of devices) expect((await visit('/account', { headers })).status).toBe(303)
    expect((await open(`/operator/users/${owner.id}`)).text).toContain('Nowhere.')
  })

  test('are deleted once the address is typed', async () => {
    const user = await newUser()
    const path = `/operator/users/${user.id}/delete`
    expect((await open(path)).text).toContain(`Type ${user.email} to confirm`)
    for (const email of ['', 'someone@x.test', XSS]) expect((await send(path, { email })).status).toBe(422)
    const deleted = await send(path, { email: user.email.toUpperCase() })
    expect([deleted.status, locationOf(deleted)]).toEqual([303, '/operator/users'])
    expect((await api.get(`/v1/users/${user.id}`)).status).toBe(404)
    const { body } = await api.get(`/v1/events?target=${user.id}&type=user.deleted`)
    expect(body.data[0].actor).toEqual({ type: 'operator', id: null })
  })

  test('stay as long as an organization would be without an owner, which is named', async () => {
    const team = await newOrganization({ name: XSS })
    await followed(team)
    const path = `/operator/users/${team.owner.id}/delete`
    const refused = await send(path, { email: team.owner.email })
    expect([refused.status, refused.text.includes(XSS), refused.html.includes('<script>alert')]).toEqual([
      409,
      true,
      false,
    ])
    expect(refused.html).toContain(`href="/operator/organizations/${team.id}"`)
    await newMember(team, 'owner')
    expect((await send(path, { email: team.owner.email })).status).toBe(303)
  })

  test.each(['', '/delete'])('that are not there have no page%s', async (below) => {
    for (const id of [someId('usr'), 'x', encodeURIComponent(XSS)]) {
      expect((await open(`/operator/users/${id}${below}`)).status).toBe(404)
    }
  })

  test.each(['/sessions/end', '/delete'])('that are not there, nothing is done to at %s', async (below) => {
    expect((await send(`/operator/users/${someId('usr')}${below}`)).status).toBe(404)
  })

  test.each(['/sessions/end', '/delete'])('are safe from forms of other sites at %s', async (below) => {
    const { owner } = await newOrganization()
    const headers = { ...(await operatorCookie()), Origin: 'https://evil.test' }
    const sent = await submit(`/operator/users/${owner.id}${below}`, { headers, body: { email: owner.email } })
    expect(sent.status).toBe(403)
  })
})

describe('settings', () => {
  afterEach(() => settingsAre())

  const path = '/operator/settings'
  const fields = {
    ...{ sign_up_enabled: 'on', max_organizations_per_user: '10', default_seat_limit: '', initiate_login_uri: '' },
    ...{ organization_label_singular: 'Organization', organization_label_plural: 'Organizations' },
    fresh_proof_minutes: '10',
    ...{ invitation_expiry_days: '15', invitation_mails_per_day: '2000', invitation_mail_interval_seconds: '60' },
    ...{ invitation_mails_per_recipient_per_day: '5', invitation_mails_per_inviter_per_day: '500' },
    ...{ code_mails_per_hour: '10000', code_mails_per_network_hour: '100', code_mails_per_wider_network_hour: '400' },
    ...{ wrong_codes_per_hour: '10000', wrong_codes_per_network_hour: '50', wrong_codes_per_wider_network_hour: '200' },
    ...{ new_organization_mails_per_day: '200', new_organization_days: '7', reserved_slugs: '' },
  }
  const current = async () => (await api.get('/v1/settings')).body
  const seenOn = ({ html }: Page): string => {
    const seen = /name="seen" value="([^"]*)"/.exec(html)?.[1] ?? ''
    return seen.replaceAll('&quot;', '"')
  }

  test('are all changed, and recorded as the API records it', async () => {
    await settingsAre()
    const changed = {
      ...{ max_organizations_per_user: '3', default_seat_limit: '7', initiate_login_uri: 'https://app.example/in' },
      ...{ organization_label_singular: 'Club', organization_label_plural: 'Clubs' },
      fresh_proof_minutes: '30',
      ...{ invitation_expiry_days: '90', invitation_mails_per_day: '0', invitation_mail_interval_seconds: '30' },
      ...{ invitation_mails_per_recipient_per_day: '6', invitation_mails_per_inviter_per_day: '600' },
      ...{ code_mails_per_hour: '11', code_mails_per_network_hour: '12', code_mails_per_wider_network_hour: '13' },
      ...{ wrong_codes_per_hour: '14', wrong_codes_per_network_hour: '15', wrong_codes_per_wider_network_hour: '16' },
      ...{ new_organization_mails_per_day: '201', new_organization_days: '8', reserved_slugs: 'shop store' },
    }
    const saved = await send(path, changed)
    expect([saved.status, locationOf(saved)]).toEqual([303, path])
    expect(await current()).toEqual({
      object: 'settings',
      ...{ sign_up_enabled: false, max_organizations_per_user: 3, default_seat_limit: 7 },
      ...{ initiate_login_uri: 'https://app.example/in', organization_label: { singular: 'Club', plural: 'Clubs' } },
      fresh_proof_minutes: 30,
      ...{ invitation_expiry_days: 90, invitation_mails_per_day: 0, invitation_mail_interval_seconds: 30 },
      ...{ invitation_mails_per_recipient_per_day: 6, invitation_mails_per_inviter_per_day: 600 },
      ...{ code_mails_per_hour: 11, code_mails_per_network_hour: 12, code_mails_per_wider_network_hour: 13 },
      ...{ wrong_codes_per_hour: 14, wrong_codes_per_network_hour: 15, wrong_codes_per_wider_network_hour: 16 },
      ...{ new_organization_mails_per_day: 201, new_organization_days: 8, reserved_slugs: ['shop', 'store'] },
      security_mails: false,
    })
    const [event] = (await api.get('/v1/events?type=settings.updated')).body.data
    expect(event.actor).toEqual({ type: 'operator', id: null })
    expect(event.data.invitation_expiry_days).toEqual({ from: 15, to: 90 })
    const page = await open(path)
    for (const value of Object.values(changed)) expect(page.html).toContain(`value="${value}"`)
    await send(path, fields)
    expect(await current()).toMatchObject({ sign_up_enabled: true, default_seat_limit: null, initiate_login_uri: null })
  })

  test('that somebody else has changed meanwhile stay, unless they were changed here too', async () => {
    const seen = seenOn(await open(path))
    await settingsAre({ invitation_expiry_days: 20, max_organizations_per_user: 4 })
    expect((await send(path, { ...fields, seen, max_organizations_per_user: '5' })).status).toBe(303)
    expect(await current()).toMatchObject({ invitation_expiry_days: 20, max_organizations_per_user: 5 })
    for (const broken of ['{', '[]', '"', 'null', XSS]) {
      expect((await send(path, { ...fields, seen: broken })).status).toBe(303)
    }
    expect(await current()).toMatchObject({ invitation_expiry_days: 15, max_organizations_per_user: 10 })
  })

  test.each([
    ['max_organizations_per_user', '-1'],
    ['max_organizations_per_user', ''],
    ['default_seat_limit', '0'],
    ['default_seat_limit', '1.5'],
    ['initiate_login_uri', 'javascript:alert(1)'],
    ['organization_label_singular', ''],
    ['organization_label_plural', 'x'.repeat(41)],
    ['invitation_expiry_days', '91'],
    ['invitation_expiry_days', 'ten'],
    ['invitation_mails_per_day', XSS],
  ])('are refused at their field: %s as %s', async (field, value) => {
    const answer = await send(path, { ...fields, max_organizations_per_user: '6', [field]: value })
    expect(answer.status).toBe(422)
    expect(answer.html.match(/id="[^"]*-error"/g)).toEqual([`id="${field}-error"`])
    expect(answer.html).not.toContain('<script>alert')
    expect(await current()).toMatchObject({ max_organizations_per_user: 10, invitation_expiry_days: 15 })
  })

  test('are shown as text, whatever they say', async () => {
    await settingsAre({ organization_label: { singular: XSS, plural: XSS } })
    const page = await open(path)
    expect([page.status, page.html.includes('<script>alert')]).toEqual([200, false])
  })

  test('are safe from forms of other sites', async () => {
    const headers = { ...(await operatorCookie()), Origin: 'https://evil.test' }
    expect((await submit(path, { headers, body: fields })).status).toBe(403)
  })
})

describe('user attributes', () => {
  const path = '/operator/attributes'
  const definitions = async () => (await api.get('/v1/user-attributes')).body.data as { key: string }[]
  const definitionOf = async (key: string) => (await definitions()).find((one) => one.key === key)

  test('are created, changed and deleted', async () => {
    const made = await send(`${path}/new-attribute`, {
      key: 'floor',
      label: 'Floor',
      type: 'enum',
      options: ' Ground \r\n\r\nFirst',
      required: 'on',
    })
    expect([made.status, locationOf(made)]).toEqual([303, path])
    const floor = { key: 'floor', label: 'Floor', type: 'enum', options: ['Ground', 'First'], required: true }
    expect(await definitionOf('floor')).toEqual({ object: 'user_attribute', ...floor, user_editable: false })
    expect((await open(path)).text).toContain('One of several: 2 options')
    expect((await open(`${path}/floor`)).html).toContain('>Ground\nFirst</textarea>')
    const saved = await send(`${path}/floor`, { label: 'Storey', options: 'First', user_editable: 'on' })
    expect(saved.status).toBe(303)
    expect(await definitionOf('floor')).toMatchObject({
      label: 'Storey',
      options: ['First'],
      required: false,
      user_editable: true,
    })
    expect((await open(`${path}/floor/delete`)).text).toContain('Delete Storey?')
    expect((await send(`${path}/floor/delete`)).status).toBe(303)
    expect(await definitionOf('floor')).toBeUndefined()
    const { body } = await api.get('/v1/events?target=floor')
    expect(body.data.map(({ type }: { type: string }) => type)).toEqual(
      ['deleted', 'updated', 'created'].map((done) => `user_attribute.${done}`),
    )
  })

  test.each([
    ['key', { key: 'No key' }],
    ['label', { label: '' }],
    ['type', { type: 'color' }],
    ['options', { type: 'enum' }],
    ['options', { options: 'a' }],
    ['options', { type: 'enum', options: 'a\na' }],
  ])('come back with what is wrong with their %s', async (field, wrong) => {
    const answer = await send(`${path}/new-attribute`, { key: 'fine', label: XSS, type: 'string', ...wrong })
    expect(answer.status).toBe(422)
    expect(answer.html).toContain(`id="${field}-error"`)
    expect(answer.html).not.toContain('<script>alert')
    expect(await definitionOf('fine')).toBeUndefined()
  })

  test('cannot be told by the same key', async () => {
    await api.post('/v1/user-attributes', { key: 'twice', label: XSS, type: 'string' })
    const again = await send(`${path}/new-attribute`, { key: 'twice', label: 'Again', type: 'string' })
    expect([again.status, again.text.includes('Choose another.'), again.html.includes('value="Again"')]).toEqual([
      409,
      true,
      true,
    ])
    for (const page of [path, `${path}/twice`, `${path}/twice/delete`]) {
      expect((await open(page)).html).not.toContain('<script>alert')
    }
    expect((await send(`${path}/twice`, { label: '' })).status).toBe(422)
    await api.post('/v1/user-attributes', { key: 'new', label: 'Brand new', type: 'string' })
    expect((await open(`${path}/new`)).heading).toBe('Brand new')
    expect(await definitionOf('twice')).toMatchObject({ label: XSS })
  })

  test.each(['/none', '/none/delete'])('that are not there have no page at %s', async (below) => {
    expect((await open(path + below)).status).toBe(404)
    expect((await send(path + below, { label: 'x' })).status).toBe(404)
  })

  test('are safe from forms of other sites', async () => {
    const headers = { ...(await operatorCookie()), Origin: 'https://evil.test' }
    const body = { key: 'evil', label: 'Evil', type: 'string' }
    expect((await submit(`${path}/new-attribute`, { headers, body })).status).toBe(403)
    expect(await definitionOf('evil')).toBeUndefined()
  })
})

describe('events', () => {
  afterEach(() => settingsAre())

  test('are told in words, by kind and by whom they are about', async () => {
    const user = await newUser(XSS)
    await settingsAre({ invitation_expiry_days: 33 })
    const page = await open('/operator/events')
    expect(page.text).toContain('The operator changed the settings: days that an invitation is valid from 15 to 33')
    expect(page.text).toContain(`The operator created the account of ${XSS}`)
    expect(page.html).not.toContain('<script>alert')
    const settings = await open('/operator/events?type=settings.updated')
    expect([settings.text.includes('from 15 to 33'), settings.text.includes('the account of')]).toEqual([true, false])
    const ofUser = await open(`/operator/events?query=${user.id}`)
    expect([ofUser.text.includes('changed the settings'), ofUser.text.includes('the account of')]).toEqual([
      false,
      true,
    ])
    expect((await open('/operator/events?type=no.such')).text).toContain('the account of')
  })

  test('come in pages, and of a broken cursor there is none', async () => {
    for (let time = 0; time < 26; time += 1) await newUser()
    const first = await open('/operator/events?type=user.created')
    const next = /href="([^"]*cursor=[^"]*)"/.exec(first.html)?.[1]?.replaceAll('&amp;', '&') ?? ''
    expect(next).toContain('type=user.created')
    expect((await open(next)).text).toContain('First page')
    expect((await open('/operator/events?cursor=broken')).status).toBe(404)
  })
})

/** D1 as if one table were not there. */
const withoutTable = (table: string): D1Database =>
  new Proxy(env.ACCOUNTS, {
    get(target, name) {
      if (name !== 'prepare') return (Reflect.get(target, name) as () => unknown).bind(target)
      return (query: string) => target.prepare(query.replaceAll(table, 'no_such_table'))
    },
  })

describe('health', () => {
  const item = (text: string, title: string): string =>
    new RegExp(`${title}.*?(Good|Under way|Look at it)`).exec(text)?.[0] ?? ''

  test('says that nothing waits, once cron has run', async () => {
    await env.ACCOUNTS.prepare('delete from sweeps').run()
    expect((await open('/operator/health')).text).toContain('Never')
    await runCron(Date.now())
    const { text, status } = await open('/operator/health')
    expect([status, item(text, 'Last run')]).toEqual([200, expect.stringContaining('Good')])
  })

  test('names the chore that failed', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
    await runCron(Date.now(), { ACCOUNTS: withoutTable('creation_claims') })
    const { text } = await open('/operator/health')
    expect(item(text, 'Last run')).toContain('Look at it')
    expect(text).toContain('Settling claims')
  })

  test('counts what waits, from the directory', async () => {
    const team = await newOrganization()
    await followed(team)
    const old = Date.now() - 60 * 60_000
    const run = (query: string, ...values: readonly unknown[]) =>
      env.ACCOUNTS.prepare(query)
        .bind(...values)
        .run()
    await env.DIRECTORY.prepare(
      'update projections set head_version = head_version + 1, projected_at = ? where organization_id = ?',
    )
      .bind(old, team.id)
      .run()
    await run('update users set settled_revision = 0, updated_at = ? where id = ?', old, team.owner.id)
    await run('insert into mail_attempts values (?, ?, ?)', `health-${team.id}`, 'sending', Date.now())
    await settleMail(env.ACCOUNTS, `health-${team.id}`, 'failed')
    const { text, html } = await open('/operator/health')
    for (const title of ['Organizations behind', 'People whose changes', 'Mails that failed']) {
      expect(item(text, title)).toMatch(/\D[1-9]\d*Look at it$/)
    }
    expect(html).toContain(`href="/operator/organizations/${team.id}"`)
    expect(item(text, 'Overdue claims')).toMatch(/\D0Good$/)
  })

  test('tells of a directory that is out of reach', async () => {
    const headers = await operatorCookie()
    let isOut = false
    const directory = accountsThat(() => isOut)
    const look = () => visit('/operator/health', { headers, bindings: { ACCOUNTS: directory } })
    await look()
    isOut = true
    const page = await look()
    expect([page.status, page.text.includes('A database is out of reach.')]).toEqual([503, true])
  })
})
