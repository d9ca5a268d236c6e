import { beforeAll, describe, expect, test, vi } from 'vitest'
import { as, bearer, operator } from '../support/api.ts'
import { created, newMember, newOrganization, type Team } from '../support/api-builders.ts'
import { cookieOf, known } from '../support/portal-people.ts'
import { submit, visit } from './site.ts'

/* Roles, API keys and settings in the pages: what is offered to whom, and what comes of it. */

const XSS = '"><script>alert(1)</script>'
type Headers = Readonly<Record<string, string>>

let team: Team
let path: string
let owner: Headers
let admin: Headers
let member: Headers

beforeAll(async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  team = await newOrganization({ name: 'Acme' })
  path = `/o/${team.slug}`
  owner = await known(team)
  admin = await cookieOf(await newMember(team, 'admin'))
  member = await cookieOf(await newMember(team))
})

const form = (to: string, body: Readonly<Record<string, string>>, headers = owner) =>
  submit(`${path}${to}`, { body, headers })
const locationOf = ({ headers }: { headers: globalThis.Headers }) => headers.get('Location')

describe('roles', () => {
  test('are created, changed and deleted by an owner', async () => {
    const made = await form('/roles', { key: 'auditor', name: 'Auditor', permissions: 'audit_log:read' })
    expect([made.status, locationOf(made)]).toEqual([303, `${path}/roles`])
    const list = await visit(`${path}/roles`, { headers: owner })
    expect(list.text).toContain('Auditor')
    expect((await form('/roles/auditor', { name: 'Reader', permissions: 'members:read' })).status).toBe(303)
    const { body } = await team.owner.api.get(`${team.path}/roles`)
    expect(body.data.at(-1)).toMatchObject({ key: 'auditor', name: 'Reader', permissions: ['members:read'] })
    expect((await visit(`${path}/roles/auditor/delete`, { headers: owner })).text).toContain('gets the role')
    expect((await form('/roles/auditor/delete', { reassign_to: 'member' })).status).toBe(303)
    expect((await visit(`${path}/roles/auditor`, { headers: owner })).status).toBe(404)
  })

  test('that cannot be taken come back as they were typed', async () => {
    const answer = await form('/roles', { key: 'No key', name: XSS, permissions: 'audit_log:read' })
    expect(answer.status).toBe(422)
    expect(answer.html).not.toContain('<script>alert')
    expect(answer.html).toContain('value="No key"')
    expect(answer.html).toMatch(/id="key-error"/)
    expect((await form('/roles', { key: 'owner', name: 'Owner' })).status).toBe(409)
  })

  test.each([
    ['admin', () => admin],
    ['member', () => member],
  ])('are seen, and left as they are, by a plain %s', async (_, headersOf) => {
    const headers = headersOf()
    const list = await visit(`${path}/roles`, { headers })
    expect(list.status).toBe(200)
    expect(list.html).not.toContain('/roles/new')
    expect(list.text).toContain('Owners of this')
    expect((await visit(`${path}/roles/new`, { headers })).status).toBe(403)
    expect((await form('/roles', { key: 'mine', name: 'Mine' }, headers)).status).toBe(403)
    const { body } = await team.owner.api.get(`${team.path}/roles`)
    expect(body.data.map(({ key }: { key: string }) => key)).not.toContain('mine')
  })

  test('built in have no page to change or delete them', async () => {
    for (const page of ['/roles/admin', '/roles/admin/delete']) {
      expect((await visit(`${path}${page}`, { headers: owner })).status).toBe(404)
    }
  })
})

describe('API keys', () => {
  test('show their secret in the one answer that creates them', async () => {
    const made = await form('/api-keys', { name: 'Nightly', permissions: 'members:read', expires_on: '2099-12-31' })
    expect(made.status).toBe(201)
    const secret = /mk_org_[\w-]+/.exec(made.text)?.[0] ?? ''
    expect((await as(bearer(secret)).get(`${team.path}/members`)).status).toBe(200)
    expect(JSON.stringify([...made.headers])).not.toContain(secret)
    const list = await visit(`${path}/api-keys`, { headers: owner })
    expect(list.text).toContain(`Nightly …${secret.slice(-4)}`)
    expect(list.html).not.toContain(secret)

    const { body } = await team.owner.api.get(`${team.path}/api-keys`)
    const { id, expires_at } = body.data.at(-1)
    expect(expires_at).toBe('2099-12-31T23:59:59.000Z')
    expect((await visit(`${path}/api-keys/${id}/revoke`, { headers: owner })).text).toContain('for good')
    expect((await form(`/api-keys/${id}/revoke`, {})).status).toBe(303)
    expect((await as(bearer(secret)).get(`${team.path}/members`)).status).toBe(401)
  })

  test('that cannot be taken come back as they were typed', async () => {
    const answer = await form('/api-keys', { name: XSS, expires_on: '2001-01-01', permissions: 'members:read' })
    expect([409, 422]).toContain(answer.status)
    expect(answer.html).not.toContain('<script>alert')
    expect((await form('/api-keys', { name: 'None' })).status).toBe(422)
  })

  test('give an admin no permission that they lack', async () => {
    const page = await visit(`${path}/api-keys/new`, { headers: admin })
    expect(page.html).toMatch(/<input[^>]*value="roles:manage"[^>]*disabled/)
    const forced = await form('/api-keys', { name: 'More', permissions: 'roles:manage' }, admin)
    expect([forced.status, forced.text.includes('roles:manage')]).toEqual([409, true])
  })

  test('are nothing for a plain member', async () => {
    const page = await visit(`${path}/api-keys`, { headers: member })
    expect([page.status, page.html.includes('api_keys:manage')]).toEqual([403, true])
    expect((await visit(`${path}/roles`, { headers: member })).html).not.toContain(`href="${path}/api-keys"`)
    expect((await form('/api-keys', { name: 'Mine', permissions: 'members:read' }, member)).status).toBe(403)
  })
})

describe('settings', () => {
  test('change name and address, and lead on to the new address', async () => {
    const own = await newOrganization({ name: 'Before' })
    const headers = await known(own)
    const slug = `after-${own.id.slice(-8)}`
    const saved = await submit(`/o/${own.slug}/settings`, { headers, body: { name: 'After', slug } })
    expect([saved.status, locationOf(saved)]).toEqual([303, `/o/${slug}/settings`])
    const taken = await submit(`/o/${slug}/settings`, { headers, body: { name: 'After', slug: team.slug } })
    expect([taken.status, taken.text.includes('This slug is taken')]).toEqual([409, true])
    const wrong = await submit(`/o/${slug}/settings`, { headers, body: { name: XSS, slug: 'A' } })
    expect([wrong.status, wrong.html.includes('<script>alert')]).toEqual([422, false])
  })

  test('are values rather than forms for a plain member', async () => {
    const page = await visit(`${path}/settings`, { headers: member })
    expect(page.status).toBe(200)
    for (const action of ['/settings"', '/settings/ownership"', '/settings/delete"']) {
      expect(page.html).not.toContain(`action="${path}${action}`)
    }
    expect((await form('/settings', { name: 'Mine', slug: team.slug }, member)).status).toBe(409)
    expect((await form('/settings/delete', { name: 'Acme' }, member)).status).toBe(403)
    expect((await visit(`${path}/settings/transfer`, { headers: member })).status).toBe(403)
  })

  test('allow one owner only where there is one', async () => {
    const own = await newOrganization()
    const second = await newMember(own, 'owner')
    const headers = await known(own)
    const to = `/o/${own.slug}/settings/ownership`
    const refused = await submit(to, { headers, body: { ownership: 'single' } })
    expect([refused.status, refused.text.includes('There are 2 owners')]).toEqual([409, true])
    await own.owner.api.patch(`${own.path}/members/${second.memberId}`, { role: 'member' })
    expect((await submit(to, { headers, body: { ownership: 'single' } })).status).toBe(303)
    for (const body of [{ ownership: 'none' }, {}]) expect((await submit(to, { headers, body })).status).toBe(422)
    expect((await own.owner.api.get(own.path)).body.ownership).toBe('single')
  })

  test('transfer ownership once the name is typed', async () => {
    const own = await newOrganization({ name: 'Handed over' })
    const heir = await newMember(own, 'member', 'Hera Heir')
    const headers = await known(own)
    const transfer = `/o/${own.slug}/settings/transfer`
    expect((await visit(`${transfer}?query=her`, { headers })).text).toContain('Hera Heir')
    const to = `${transfer}/${heir.memberId}`
    expect((await submit(to, { headers, body: { name: 'Something' } })).status).toBe(422)
    expect((await submit(to, { headers, body: { name: 'Handed over' } })).status).toBe(303)
    const { body } = await as(operator).get(`${own.path}/members`)
    const roles = Object.fromEntries(body.data.map(({ user_id, role }: Record<string, string>) => [user_id, role]))
    expect(roles).toEqual({ [own.owner.id]: 'admin', [heir.id]: 'owner' })
  })

  test('hold the last owner, and say what to do instead', async () => {
    const own = await newOrganization()
    const headers = await known(own)
    const refused = await submit(`/o/${own.slug}/settings/leave`, { headers, body: {} })
    expect(refused.status).toBe(409)
    expect(refused.html).toContain('/settings/transfer')
    await newMember(own, 'owner')
    const left = await submit(`/o/${own.slug}/settings/leave`, { headers, body: {} })
    expect(locationOf(left)).toBe('/organizations')
    expect((await visit(`/o/${own.slug}/settings`, { headers })).status).toBe(404)
  })

  test('delete once the name is typed, and everybody is out', async () => {
    const own = await newOrganization({ name: 'Doomed' })
    const guest = await cookieOf(await newMember(own))
    const headers = await known(own)
    const to = `/o/${own.slug}/settings/delete`
    expect((await submit(to, { headers, body: { name: 'doomed' } })).status).toBe(422)
    expect((await submit(to, { headers, body: { name: 'Doomed' } })).status).toBe(303)
    expect((await visit(`/o/${own.slug}/members`, { headers: guest })).status).toBe(404)
    created(await as(operator).post('/v1/organizations', { name: 'Doomed' }))
  })
})

test.each(['/roles', '/api-keys', '/settings', '/settings/ownership', '/settings/delete'])(
  'a form of another site sends nothing to %s',
  async (to) => {
    const headers = { ...owner, Origin: 'https://evil.test' }
    expect((await submit(`${path}${to}`, { headers, body: { name: 'Acme', ownership: 'single' } })).status).toBe(403)
  },
)
