import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { as, operator } from '../support/api.ts'
import {
  created,
  followed,
  type Invited,
  newInvitation,
  newOrganization,
  newUser,
  type Person,
  reseam,
  type Team,
} from '../support/api-builders.ts'
import { cookieOf } from '../support/portal-people.ts'
import { pageOf, settingsAre, submit, visit } from './site.ts'

/* Invitations that are answered where one chooses, and what everybody has to say of themselves before. */

const XSS = '"><script>alert(1)</script>'
const api = as(operator)

beforeAll(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})
afterEach(async () => {
  await settingsAre()
  for (const key of ['wing', 'floor']) await api.delete(`/v1/user-attributes/${key}`)
})

interface Invitee {
  readonly team: Team
  readonly person: Person
  readonly invited: Invited
  readonly headers: Readonly<Record<string, string>>
  readonly path: string
}

async function given(fields: object = {}, team?: Team, isSignedIn = true): Promise<Invitee> {
  const inviting = team ?? (await newOrganization({ name: 'Acme' }))
  const person = await newUser('Ida Ray', { email_verified: true })
  const invited = await newInvitation(inviting, { email: person.email, ...fields })
  await followed(inviting)
  const path = `/organizations/invitations/${invited.id}`
  return { team: inviting, person, invited, headers: isSignedIn ? await cookieOf(person) : {}, path }
}

const locationOf = ({ headers }: { headers: globalThis.Headers }) => headers.get('Location')
const statusOf = async ({ path }: Invited) => (await api.get(path)).body.status
const chooser = (headers: Readonly<Record<string, string>>) => visit('/organizations', { headers })

async function requireWing(): Promise<void> {
  const definition = { key: 'wing', label: 'Wing', type: 'enum', options: ['North', 'South'] }
  created(await api.post('/v1/user-attributes', { ...definition, required: true, user_editable: true }))
}

describe('where one chooses', () => {
  test('stands who invites one as what, and accepting leads in', async () => {
    const { team, person, headers, path, invited } = await given({ role: 'admin' })
    const page = await chooser(headers)
    expect(page.text).toContain(`To ${person.email}.`)
    expect(page.text).toContain('Accept an invitation, or create one')
    expect(page.text).toMatch(/Acme ?As Admin; \d+ days left/)
    const accepted = await submit(`${path}/accept`, { headers })
    expect([accepted.status, locationOf(accepted)]).toEqual([303, `/o/${team.slug}`])
    expect((await visit(`/o/${team.slug}/members`, { headers })).status).toBe(200)
    expect(await statusOf(invited)).toBe('accepted')
    expect((await chooser(headers)).html).not.toContain(path)
  })

  test('accepting twice is like once', async () => {
    const { team, headers, path } = await given()
    await submit(`${path}/accept`, { headers })
    const again = await submit(`${path}/accept`, { headers })
    expect([again.status, locationOf(again)]).toEqual([303, `/o/${team.slug}`])
  })

  test('accepting leads to the sign-in of the product, where there is one', async () => {
    await settingsAre({ initiate_login_uri: 'https://app.example.com/login' })
    const { team, headers, path } = await given()
    const accepted = await submit(`${path}/accept`, { headers })
    expect(locationOf(accepted)).toContain(`https://app.example.com/login?organization_id=${team.id}`)
  })

  test('declining takes it away and joins nothing', async () => {
    const { team, headers, path, invited } = await given()
    const declined = await submit(`${path}/decline`, { headers })
    expect([declined.status, locationOf(declined)]).toEqual([303, '/organizations'])
    expect(await statusOf(invited)).toBe('declined')
    expect((await chooser(headers)).html).not.toContain(path)
    expect((await visit(`/o/${team.slug}/members`, { headers })).status).toBe(404)
  })

  test('names that people chose are text', async () => {
    const { headers } = await given({}, await newOrganization({ name: XSS }))
    const page = await chooser(headers)
    expect(page.html).not.toContain('<script>alert')
    expect(page.text).toContain(XSS)
  })

  test.each<[string, number, string, (invitee: Invitee) => Promise<unknown>]>([
    ['canceled', 410, 'was canceled', ({ team, invited }) => team.owner.api.post(`${invited.path}/cancel`)],
    ['declined', 410, 'was declined', ({ headers, path }) => submit(`${path}/decline`, { headers })],
    [
      'expired',
      410,
      'has expired meanwhile',
      ({ team }) => reseam(team, { clock: () => Date.now() + 16 * 86_400_000 }),
    ],
    ['deleted with its organization', 404, 'not there any more', ({ team }) => team.owner.api.delete(team.path)],
  ])('what was %s meanwhile is refused, with the reason', async (_, status, reason, meanwhile) => {
    const invitee = await given()
    await meanwhile(invitee)
    for (const answer of ['accept', ...(status === 404 ? ['decline'] : [])]) {
      const page = await submit(`${invitee.path}/${answer}`, { headers: invitee.headers })
      expect([page.status, page.heading]).toEqual([status, 'Organizations'])
      expect(page.html).toMatch(/role="alert"/)
      expect(page.text).toContain(reason)
    }
  })

  test('a seat that a mail reserved stays free for it, and a second owner is none', async () => {
    const team = await newOrganization({ name: 'Single' })
    const { headers, path } = await given({ role: 'owner' }, team)
    await team.owner.api.patch(team.path, { ownership: 'single' })
    const page = await submit(`${path}/accept`, { headers })
    expect([page.status, page.text.includes('only one')]).toEqual([409, true])
    const full = await newOrganization({ seat_limit: 2 })
    const invitee = await given({}, full)
    expect((await submit(`${invitee.path}/accept`, { headers: invitee.headers })).status).toBe(303)
  })

  test('nobody answers the invitation of another address', async () => {
    const { invited, path } = await given()
    const stranger = await cookieOf(await newUser())
    const unknown = '/organizations/invitations/inv_01h455vb4pex5vsknk084sn02q'
    for (const answer of ['accept', 'decline']) {
      const foreign = await submit(`${path}/${answer}`, { headers: stranger })
      const absent = await submit(`${unknown}/${answer}`, { headers: stranger })
      expect([foreign.status, foreign.text]).toEqual([404, absent.text])
      expect(locationOf(await submit(`${path}/${answer}`))).toBe('/sign-in')
      const evil = { ...stranger, Origin: 'https://evil.test' }
      expect((await submit(`${path}/${answer}`, { headers: evil })).status).toBe(403)
    }
    expect(await statusOf(invited)).toBe('pending')
    expect((await chooser(stranger)).text).not.toContain('Acme')
  })

  test('an address that was never confirmed has no invitations', async () => {
    const team = await newOrganization({ name: 'Acme' })
    const person = await newUser('Una Ver', { email_verified: false })
    const invited = await newInvitation(team, { email: person.email })
    await followed(team)
    const headers = await cookieOf(person)
    expect((await chooser(headers)).text).not.toContain('Acme')
    expect((await submit(`/organizations/invitations/${invited.id}/accept`, { headers })).status).toBe(404)
  })

  test('an answer that is looked at leads back', async () => {
    const { headers, path } = await given()
    expect(locationOf(await visit(`${path}/accept`, { headers }))).toBe('/organizations')
    expect((await visit('/organizations?invitations=nonsense&cursor=nonsense', { headers })).status).toBe(200)
  })
})

describe('what everybody has to say', () => {
  const answers: [string, (invitee: Invitee) => string, boolean][] = [
    ['where one chooses', ({ path }) => `${path}/accept`, true],
    ['behind the link, signed in', ({ invited }) => `${pageOf(invited)}/accept`, true],
    ['behind the link, signed out', ({ invited }) => `${pageOf(invited)}/accept`, false],
  ]

  test.each(answers)('is asked for on accepting %s, and then it is accepted at once', async (_, to, isSignedIn) => {
    await requireWing()
    const invitee = await given({}, undefined, isSignedIn)
    const { headers } = invitee
    const send = (body?: Record<string, string>) => submit(to(invitee), { headers, ...(body && { body }) })

    const asked = await send()
    expect([asked.status, asked.heading]).toEqual([422, 'One more thing'])
    expect(asked.html).toMatch(/<select[^>]*name="attributes.wing"/)
    expect(asked.html).not.toContain('wing-error')
    expect(await statusOf(invitee.invited)).toBe('pending')

    const empty = await send({ 'attributes.wing': '' })
    expect([empty.status, empty.text.includes('This is required.')]).toEqual([422, true])
    const wrong = await send({ 'attributes.wing': XSS })
    expect([wrong.status, wrong.html.includes('<script>alert')]).toEqual([422, false])
    expect(wrong.text).toContain('none of the options')
    expect(await statusOf(invitee.invited)).toBe('pending')

    expect((await send({ 'attributes.wing': 'South' })).status).toBe(303)
    expect(await statusOf(invitee.invited)).toBe('accepted')
    expect((await api.get(`/v1/users/${invitee.person.id}`)).body.attributes).toEqual({ wing: 'South' })
  })

  test('is asked for once, beside what was typed, when more is required meanwhile', async () => {
    await requireWing()
    const { headers, path } = await given()
    await submit(`${path}/accept`, { headers })
    const floor = { key: 'floor', label: 'Floor', type: 'number', required: true, user_editable: true }
    created(await api.post('/v1/user-attributes', floor))
    const more = await submit(`${path}/accept`, { headers, body: { 'attributes.wing': 'North' } })
    expect(more.status).toBe(422)
    expect(more.html).toMatch(/<option value="North" selected/)
    expect(more.html).toContain('name="attributes.floor"')
    const typed = { 'attributes.wing': 'North', 'attributes.floor': 'ground' }
    const wrong = await submit(`${path}/accept`, { headers, body: typed })
    expect(wrong.html).toMatch(/value="ground"/)
    expect(wrong.text).toContain('This must be a number.')
  })

  test('is not asked of whoever has said it, nor changed by whoever has not been asked', async () => {
    await requireWing()
    created(
      await api.post('/v1/user-attributes', { key: 'floor', label: 'Floor', type: 'number', user_editable: false }),
    )
    const { person, headers, path } = await given()
    await api.patch(`/v1/users/${person.id}`, { attributes: { wing: 'North' } })
    const accepted = await submit(`${path}/accept`, { headers, body: { 'attributes.floor': '7' } })
    expect(accepted.status).toBe(303)
    expect((await api.get(`/v1/users/${person.id}`)).body.attributes).toEqual({ wing: 'North' })
  })

  test('is asked for with the name of what one creates, and then it is created', async () => {
    await requireWing()
    const founder = await newUser()
    const headers = await cookieOf(founder)
    const create = (body: Record<string, string>) => submit('/organizations/new', { headers, body })
    expect((await visit('/organizations/new', { headers })).html).toContain('name="attributes.wing"')

    const nothing = await create({ name: 'Foundry' })
    expect(nothing.status).toBe(422)
    expect(nothing.html).toContain('value="Foundry"')
    expect(nothing.html).toContain('name="attributes.wing"')
    const wrong = await create({ name: XSS, 'attributes.wing': 'West' })
    expect([wrong.status, wrong.html.includes('<script>alert')]).toEqual([422, false])
    const nameless = await create({ name: '', 'attributes.wing': 'South' })
    expect(nameless.status).toBe(422)
    expect(nameless.html).toMatch(/<option value="South" selected/)
    expect((await api.get(`/v1/users/${founder.id}`)).body.attributes).toEqual({})

    const made = await create({ name: 'Foundry', 'attributes.wing': 'South' })
    expect([made.status, locationOf(made)]).toEqual([303, expect.stringMatching(/^\/o\/foundry.*\/members$/)])
    expect((await api.get(`/v1/users/${founder.id}`)).body.attributes).toEqual({ wing: 'South' })
    expect((await visit('/organizations/new', { headers })).html).not.toContain('attributes.wing')
  })
})
