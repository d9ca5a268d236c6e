import { afterEach, describe, expect, test } from 'vitest'
import { as, operator } from '../support/api.ts'
import {
  created,
  type Invited,
  newInvitation,
  newOrganization,
  newUser,
  type Person,
  type Team,
} from '../support/api-builders.ts'
import { newSession } from '../support/api-world.ts'
import { FORM, type Page, pageOf, settingsAre, submit, visit } from './site.ts'

afterEach(() => settingsAre())

const api = as(operator)

const statusOf = async ({ path }: Invited) => (await api.get(path)).body.status
const membersOf = async (team: Team) => (await api.get(`${team.path}/members`)).body.data

describe('accepting', () => {
  test('makes a member and leads to the confirmation', async () => {
    const team = await newOrganization()
    const invited = await newInvitation(team, { role: 'admin' })
    const answer = await submit(`${pageOf(invited)}/accept`)
    expect([answer.status, answer.headers.get('Location')]).toEqual([303, pageOf(invited)])
    expect(await membersOf(team)).toContainEqual(
      expect.objectContaining({ email: invited.email, role: 'admin', status: 'active' }),
    )
    expect((await visit(pageOf(invited))).heading).toBe('You are a member of Acme')
  })

  test('leads to the sign-in of the product, which learns organization and address', async () => {
    await settingsAre({ initiate_login_uri: 'https://app.example.com/login?from=muster' })
    const team = await newOrganization()
    const invited = await newInvitation(team, { email: 'bob+1@x.test' })
    const answer = await submit(`${pageOf(invited)}/accept`)
    expect([answer.status, answer.headers.get('Location')]).toEqual([
      303,
      `https://app.example.com/login?from=muster&organization_id=${team.id}&login_hint=bob%2B1%40x.test`,
    ])
  })

  test.each(['', '?redirect_url=https://evil.test', '?initiate_login_uri=https://evil.test'])(
    'leads nowhere that a request asks for: %s',
    async (query) => {
      const invited = await newInvitation(await newOrganization())
      const answer = await submit(`${pageOf(invited)}/accept${query}`)
      expect(answer.headers.get('Location')).toBe(pageOf(invited))
    },
  )

  test.each([null, 'https://app.example.com/login'])('twice is like once (sign-in at %s)', async (uri) => {
    await settingsAre({ initiate_login_uri: uri })
    const team = await newOrganization()
    const invited = await newInvitation(team)
    const [first, second] = [await submit(`${pageOf(invited)}/accept`), await submit(`${pageOf(invited)}/accept`)]
    expect([second.status, second.headers.get('Location')]).toEqual([303, first.headers.get('Location')])
    expect(await membersOf(team)).toHaveLength(2)
  })

  test('by many at once makes one member', async () => {
    const team = await newOrganization()
    const invited = await newInvitation(team)
    const answers = await Promise.all(Array.from({ length: 8 }, () => submit(`${pageOf(invited)}/accept`)))
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 303))
    expect(await membersOf(team)).toHaveLength(2)
  })

  test('shows the way to the sign-in afterwards, where the product has one', async () => {
    const invited = await newInvitation(await newOrganization())
    await submit(`${pageOf(invited)}/accept`)
    expect((await visit(pageOf(invited))).html).not.toContain('<form')
    await settingsAre({ initiate_login_uri: 'https://app.example.com/login' })
    const { html, text } = await visit(pageOf(invited))
    expect(text).toContain('Continue to sign in')
    expect(html).toMatch(/href="https:\/\/app\.example\.com\/login\?organization_id=org_\w+&amp;login_hint=/)
  })

  test('is refused kindly when the organization has one owner by now', async () => {
    const team = await newOrganization()
    const invited = await newInvitation(team, { role: 'owner' })
    await api.patch(team.path, { ownership: 'single' })
    const page = await submit(`${pageOf(invited)}/accept`)
    expect([page.status, page.heading]).toEqual([409, 'You cannot join just now'])
    expect(await statusOf(invited)).toBe('pending')
  })
})

const cookieOf = (answer: Page) => answer.headers.get('Set-Cookie') ?? ''
const signedInAs = async (user: Person) => ({ Cookie: `__Host-muster_session=${(await newSession(user)).token}` })

describe('the cookie of a session', () => {
  test('is set by accepting, for this host alone, out of reach of scripts and other sites', async () => {
    const invited = await newInvitation(await newOrganization())
    const cookie = cookieOf(await submit(`${pageOf(invited)}/accept`))
    expect(cookie).toMatch(
      /^__Host-muster_session=mst_[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    )
    expect(cookieOf(await submit(`${pageOf(invited)}/accept`))).toBe('')
  })

  test('is a plain one where the site is reached over plain http', async () => {
    const invited = await newInvitation(await newOrganization())
    const bindings = { PUBLIC_URL: 'http://localhost:8787', ALLOWED_HOSTS: 'muster.test' }
    const cookie = cookieOf(await submit(`${pageOf(invited)}/accept`, { bindings }))
    expect(cookie).toMatch(/^muster_session=mst_[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/)
  })

  test('lets the invitee accept as who they are', async () => {
    const user = await newUser()
    const invited = await newInvitation(await newOrganization(), { email: user.email })
    const answer = await submit(`${pageOf(invited)}/accept`, { headers: await signedInAs(user) })
    expect([answer.status, cookieOf(answer)]).toEqual([303, ''])
    expect(await statusOf(invited)).toBe('accepted')
  })

  test('of someone else leads to a page that offers to switch, and then the link counts', async () => {
    const invited = await newInvitation(await newOrganization())
    const other = await newUser()
    const headers = await signedInAs(other)
    const refused = await submit(`${pageOf(invited)}/accept`, { headers })
    expect([refused.status, refused.heading]).toEqual([409, 'This invitation is for another account'])
    expect(refused.text).toContain(`you are signed in as ${other.email}`)
    expect(await statusOf(invited)).toBe('pending')

    const [, action = ''] = /action="([^"]+)"/.exec(refused.html) ?? []
    const switched = await submit(action, { headers })
    expect([switched.status, switched.headers.get('Location')]).toEqual([303, pageOf(invited)])
    expect(cookieOf(switched)).toMatch(/^__Host-muster_session=; Max-Age=0; Path=\/;/)
    expect((await submit(`${pageOf(invited)}/accept`, { headers })).status).toBe(303)
    expect(await statusOf(invited)).toBe('accepted')
  })
})

test('a link that was handed over rather than mailed asks whoever holds it to sign in', async () => {
  const team = await newOrganization()
  const { url } = created<{ url: string }>(
    await team.owner.api.post(`${team.path}/invitations`, { email: 'handed@x.test', send_email: false }),
  )
  const page = await submit(`${new URL(url).pathname}/accept`)
  expect([page.status, page.heading]).toEqual([403, 'Sign in to accept this invitation'])
  expect(await membersOf(team)).toHaveLength(1)
})

describe('declining', () => {
  test('ends the invitation and leads to the page that says so; twice is like once', async () => {
    const team = await newOrganization()
    const invited = await newInvitation(team)
    for (let time = 0; time < 2; time += 1) {
      const answer = await submit(`${pageOf(invited)}/decline`)
      expect([answer.status, answer.headers.get('Location')]).toEqual([303, pageOf(invited)])
    }
    expect(await statusOf(invited)).toBe('declined')
    expect(await membersOf(team)).toHaveLength(1)
  })

  test('comes too late after accepting', async () => {
    const invited = await newInvitation(await newOrganization())
    await submit(`${pageOf(invited)}/accept`)
    const page = await submit(`${pageOf(invited)}/decline`)
    expect([page.status, page.heading]).toEqual([409, 'You are a member of Acme'])
    expect(await statusOf(invited)).toBe('accepted')
  })

  test('cannot be taken back by the same link', async () => {
    const invited = await newInvitation(await newOrganization())
    await submit(`${pageOf(invited)}/decline`)
    const page = await submit(`${pageOf(invited)}/accept`)
    expect([page.status, page.heading]).toEqual([410, 'You declined this invitation'])
  })
})

describe('an answer that no page of ours has sent', () => {
  const EVIL = 'https://evil.test'

  test.each([
    ['of another site', { Origin: EVIL, 'Sec-Fetch-Site': 'cross-site' }],
    ['of a sister site', { Origin: 'https://other.muster.test', 'Sec-Fetch-Site': 'same-site' }],
    ['of a page without origin', { Origin: 'null' }],
    ['of nowhere', {}],
  ])('%s is refused', async (_name, headers) => {
    const invited = await newInvitation(await newOrganization())
    for (const answer of ['accept', 'decline', 'switch-account']) {
      for (const type of [FORM, { 'Content-Type': 'text/plain' }, {}]) {
        const sent = { ...type, ...headers } as Record<string, string>
        const page = await visit(`${pageOf(invited)}/${answer}`, { method: 'POST', headers: sent })
        expect([page.status, page.heading]).toEqual([403, 'This request came from elsewhere'])
      }
    }
    expect(await statusOf(invited)).toBe('pending')
  })

  test('is told from our own where the browser hides the origin but says where it comes from', async () => {
    const invited = await newInvitation(await newOrganization())
    const headers = { Origin: 'null', 'Sec-Fetch-Site': 'same-origin' }
    expect((await submit(`${pageOf(invited)}/accept`, { headers })).status).toBe(303)
  })
})
