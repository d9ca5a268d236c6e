import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { as, ORIGIN, operator } from '../support/api.ts'
import {
  carryOut,
  type Member,
  newMember,
  newOrganization,
  newUser,
  remove,
  suspend,
  type Team,
} from '../support/api-builders.ts'
import { cookieOf, known } from '../support/portal-people.ts'
import { settingsAre, submit, visit } from './site.ts'

afterEach(() => settingsAre())

const api = as(operator)
const membersOf = ({ slug }: { slug: string }) => `/o/${slug}/members`

describe('without a session', () => {
  test.each([
    ['/account', '/sign-in?next=%2Faccount'],
    ['/organizations', '/sign-in?next=%2Forganizations'],
    ['/o/acme/members?query=ann', '/sign-in?next=%2Fo%2Facme%2Fmembers%3Fquery%3Dann'],
  ])('%s leads to sign-in and back', async (path, location) => {
    const page = await visit(path)
    expect([page.status, page.headers.get('Location')]).toEqual([303, location])
  })

  test.each([
    ['nothing', {}],
    ['no token', { Cookie: '__Host-muster_session=hello' }],
    ['an unknown token', { Cookie: `__Host-muster_session=mst_${'a'.repeat(43)}` }],
    ['a cookie without the prefix', { Cookie: `muster_session=mst_${'a'.repeat(43)}` }],
    ['a bearer token', { Authorization: operator.Authorization ?? '' }],
  ])('%s opens nothing', async (_, headers) => {
    expect((await visit('/account', { headers })).status).toBe(303)
  })

  test('what is sent leads to sign-in, and back to the page that it was sent from', async () => {
    const headers = { Referer: `${ORIGIN}/account` }
    expect((await submit('/account/sessions/end-others', { headers })).headers.get('Location')).toBe(
      '/sign-in?next=%2Faccount',
    )
    const foreign = await submit('/account', { headers: { Referer: 'https://evil.test/account' } })
    expect(foreign.headers.get('Location')).toBe('/sign-in')
  })

  test('a part of a page takes the whole browser along', async () => {
    const part = await visit('/o/acme/members', { headers: { 'HX-Request': 'true' } })
    expect([part.status, part.headers.get('HX-Redirect')]).toEqual([204, '/sign-in?next=%2Fo%2Facme%2Fmembers'])
  })
})

describe('the pages of an organization', () => {
  let team: Team
  let member: Member

  beforeAll(async () => {
    team = await newOrganization({ name: 'Acme' })
    member = await newMember(team)
  })

  test('name it, the part one is in, and oneself', async () => {
    const page = await visit(membersOf(team), { headers: await known(team) })
    expect([page.status, page.title, page.heading]).toEqual([200, 'Members · Acme · Muster', 'Members'])
    expect(page.html).toContain(`<a href="${membersOf(team)}" aria-current="page">Members</a>`)
    expect(page.text).toContain(team.owner.email)
    expect(page.text).toContain('Bob Fox')
  })

  test.each(['id', 'former slug'])('are found by %s, and go by the present slug', async (by) => {
    const own = await newOrganization()
    const headers = await known(own)
    const slug = `renamed-${own.id.slice(-8)}`
    await api.patch(own.path, { slug })
    const reference = by === 'id' ? own.id : own.slug
    const page = await visit(`/o/${reference}/members?query=a`, { headers })
    expect([page.status, page.headers.get('Location')]).toEqual([302, `/o/${slug}/members?query=a`])
    expect((await visit(`/o/${slug}/members`, { headers })).status).toBe(200)
  })

  test('are remembered as where one works', async () => {
    const [one, other] = [await newOrganization(), await newOrganization()]
    await api.post(`${other.path}/members`, { user_id: one.owner.id })
    const headers = await known(one)
    await known(other)
    expect((await visit('/', { headers })).headers.get('Location')).toBe('/organizations')
    await visit(membersOf(other), { headers })
    const later = await cookieOf(one.owner)
    expect((await visit('/', { headers: later })).headers.get('Location')).toBe(`/o/${other.slug}`)
    expect((await visit(`/o/${other.slug}`, { headers })).headers.get('Location')).toBe(membersOf(other))
  })

  test('look the same to strangers as those of no organization', async () => {
    const headers = await known(await newOrganization())
    const [foreign, absent] = [
      await visit(membersOf(team), { headers }),
      await visit('/o/nowhere/members', { headers }),
    ]
    expect([foreign.status, foreign.heading]).toEqual([404, 'There is nothing here'])
    expect(foreign.html).toBe(absent.html)
    for (const reference of [team.id, 'org_01h455vb4pex5vsknk084sn02q', '..', '%00', 'x'.repeat(300)]) {
      expect((await visit(`/o/${reference}/members`, { headers })).status).toBe(404)
    }
  })

  test('close with the very next click after a removal', async () => {
    const leaving = await newMember(team)
    const headers = await cookieOf(leaving)
    expect((await visit(membersOf(team), { headers })).status).toBe(200)
    await remove(team, leaving)
    expect((await visit(membersOf(team), { headers })).status).toBe(404)
  })

  test('say that one is suspended', async () => {
    const resting = await newMember(team)
    await suspend(team, resting)
    const page = await visit(membersOf(team), { headers: await cookieOf(resting) })
    expect([page.status, page.heading]).toEqual([403, 'Your membership is suspended'])
  })

  test('say which permission is missing, and show no way to what one may not see', async () => {
    const permissions = ['organization:read'] as const
    await carryOut(team, { type: 'CreateRole', key: 'guest', name: 'Guest', description: '', permissions })
    const guest = await newMember(team, 'guest')
    const page = await visit(membersOf(team), { headers: await cookieOf(guest) })
    expect([page.status, page.heading]).toEqual([403, 'Your role does not allow this'])
    expect(page.text).toContain('It takes the permission members:read.')
    const navigation = /<nav class="sections".*?<\/nav>/s.exec(page.html)?.[0] ?? ''
    expect(navigation).not.toContain(membersOf(team))
  })

  test('that failed are not put into a part of another page', async () => {
    const headers = { ...(await cookieOf(await newUser())), 'HX-Request': 'true' }
    const part = await visit(membersOf(team), { headers })
    expect([part.status, part.headers.get('HX-Refresh')]).toEqual([404, 'true'])
  })

  test('are searched', async () => {
    const headers = await cookieOf(member)
    const found = await visit(`${membersOf(team)}?query=bob`, { headers })
    expect(found.text).toContain('Bob Fox')
    expect(found.text).not.toContain(team.owner.email)
    expect((await visit(`${membersOf(team)}?query=zzz`, { headers })).text).toContain('Nobody found')
  })
})

describe('the overview', () => {
  test('lists what one belongs to, under the name that the deployment has for it', async () => {
    await settingsAre({ organization_label: { singular: 'Workspace', plural: 'Workspaces' } })
    const team = await newOrganization({ name: 'Globex' })
    const page = await visit('/organizations', { headers: await known(team) })
    expect([page.heading, page.title]).toEqual(['Workspaces', 'Workspaces · Muster'])
    expect(page.text).toContain('Globex')
    expect(page.html).toContain(`href="/o/${team.slug}"`)
  })

  test('offers to begin where sign-up is open, and explains where it is not', async () => {
    const headers = await cookieOf(await newUser())
    expect((await visit('/', { headers })).headers.get('Location')).toBe('/organizations')
    expect((await visit('/organizations', { headers })).html).toContain('href="/organizations/new"')
    await settingsAre({ sign_up_enabled: false })
    expect((await visit('/organizations', { headers })).html).not.toContain('href="/organizations/new"')
    const form = await visit('/organizations/new', { headers })
    expect([form.status, form.text]).toEqual([403, expect.stringContaining('New ones are set up for you')])
    expect((await submit('/organizations/new', { headers, body: { name: 'Acme' } })).status).toBe(403)
  })
})

describe('a new organization', () => {
  test('is one form away, and says that it is ready, once', async () => {
    const headers = await cookieOf(await newUser())
    const answer = await submit('/organizations/new', { headers, body: { name: '  Initech  ' } })
    expect([answer.status, answer.headers.get('Location')]).toEqual([303, expect.stringMatching(/^\/o\/initech/)])
    const flash = answer.headers.get('Set-Cookie') ?? ''
    expect(flash).toMatch(/^muster_flash=organization_created; Max-Age=60; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
    const both = { Cookie: `${headers.Cookie}; muster_flash=organization_created` }
    const page = await visit(answer.headers.get('Location') ?? '', { headers: both })
    expect([page.title, page.text]).toEqual([
      'Members · Initech · Muster',
      expect.stringContaining('It is ready. Invite your team.'),
    ])
    expect(page.headers.get('Set-Cookie')).toMatch(/^muster_flash=; Max-Age=0/)
  })

  test.each([
    ['', 'at least 1'],
    ['x'.repeat(201), 'at most 200'],
  ])('keeps what was typed and says what is wrong with it', async (name) => {
    const page = await submit('/organizations/new', { headers: await cookieOf(await newUser()), body: { name } })
    expect(page.status).toBe(422)
    expect(page.html).toContain(`value="${name}"`)
    expect(page.html).toMatch(/aria-invalid="true" aria-describedby="name-error name-hint"/)
  })

  test('has a limit', async () => {
    await settingsAre({ max_organizations_per_user: 0 })
    const page = await submit('/organizations/new', {
      headers: await cookieOf(await newUser()),
      body: { name: 'One more' },
    })
    expect([page.status, page.text]).toEqual([422, expect.stringContaining('You have created 0 already')])
  })
})

test.each(['<b>', 'organization_created.<b>', 'constructor', 'other_sessions_ended.99999999999', '__proto__'])(
  'no cookie makes a page say what it likes: %s',
  async (value) => {
    const { Cookie } = await cookieOf(await newUser())
    const page = await visit('/organizations', {
      headers: { Cookie: `${Cookie}; muster_flash=${encodeURIComponent(value)}` },
    })
    expect(page.status).toBe(200)
    expect(page.html).not.toContain('class="alert')
  },
)

describe('an outage', () => {
  test('of the directory is told as such', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {})
    const headers = await cookieOf(await newUser())
    const DIRECTORY = {
      prepare: () => ({
        bind: () => {
          throw new Error('D1_ERROR: Network connection lost.')
        },
      }),
    }
    const page = await visit('/account', { headers, bindings: { DIRECTORY } })
    expect([page.status, page.headers.get('Retry-After')]).toEqual([503, '5'])
  })
})
