import { beforeEach, describe, expect, test } from 'vitest'
import { DEFAULT_SETTINGS } from '../../../src/contract/settings.ts'
import { as, expectInvalid, expectProblem, nobody, operator } from '../../support/api.ts'
import { created, newInvitation, newOrganization, newUser } from '../../support/api-builders.ts'

const api = as(operator)
const change = (fields: object) => api.patch('/v1/settings', fields)

beforeEach(async () => {
  const { object: _, ...defaults } = DEFAULT_SETTINGS
  await change(defaults)
})

test('nobody has set anything: the settings are the defaults', async () => {
  expect((await api.get('/v1/settings')).body).toEqual({
    object: 'settings',
    sign_up_enabled: true,
    max_organizations_per_user: 10,
    invitation_expiry_days: 15,
    organization_label: { singular: 'Organization', plural: 'Organizations' },
    default_seat_limit: null,
    initiate_login_uri: null,
    invitation_mails_per_day: 2000,
    security_mails: true,
    fresh_proof_minutes: 10,
    invitation_mail_interval_seconds: 60,
    invitation_mails_per_recipient_per_day: 5,
    invitation_mails_per_inviter_per_day: 500,
    new_organization_mails_per_day: 200,
    new_organization_days: 7,
    code_mails_per_hour: 10_000,
    code_mails_per_network_hour: 100,
    code_mails_per_wider_network_hour: 400,
    wrong_codes_per_hour: 10_000,
    wrong_codes_per_network_hour: 50,
    wrong_codes_per_wider_network_hour: 200,
    reserved_slugs: [],
  })
})

test('a change keeps what it does not name, and is what everyone reads from then on', async () => {
  const label = { singular: 'Team', plural: 'Teams' }
  const changed = await change({ organization_label: label, default_seat_limit: 7 })

  expect(changed.body).toEqual({ ...DEFAULT_SETTINGS, organization_label: label, default_seat_limit: 7 })
  expect((await api.get('/v1/settings')).body).toEqual(changed.body)
})

test('what was set can be unset', async () => {
  await change({ default_seat_limit: 7, initiate_login_uri: 'https://product.test/login' })
  await change({ default_seat_limit: null, initiate_login_uri: null })
  expect((await api.get('/v1/settings')).body).toEqual(DEFAULT_SETTINGS)
})

test('of changes to different settings at the same time none is lost', async () => {
  const changes = [
    { sign_up_enabled: false },
    { max_organizations_per_user: 3 },
    { invitation_expiry_days: 9 },
    { default_seat_limit: 4 },
    { initiate_login_uri: 'https://product.test/login' },
    { invitation_mails_per_day: 12 },
    { fresh_proof_minutes: 7 },
    { code_mails_per_network_hour: 40 },
    { wrong_codes_per_hour: 999 },
  ]
  await Promise.all(changes.map(change))
  expect((await api.get('/v1/settings')).body).toEqual(Object.assign({}, DEFAULT_SETTINGS, ...changes))
})

test('an empty change changes nothing', async () => {
  expect((await change({})).body).toEqual(DEFAULT_SETTINGS)
})

test.each([
  ['invitation_expiry_days', [1, 90], [0, 91, -1, 1.5, '15', null]],
  ['max_organizations_per_user', [0, 10_000], [-1, 10_001, 0.5, null]],
  ['default_seat_limit', [1, 1_000_000_000, null], [0, -1, 2.5, 1_000_000_001, 'none']],
  ['invitation_mails_per_day', [0, 1_000_000], [-1, 1_000_001, 1e20]],
  ['code_mails_per_hour', [0, 100_000_000], [-1, 100_000_001, 1.5, null]],
  ['wrong_codes_per_wider_network_hour', [0, 100_000_000], [-1, 100_000_001, '5']],
  ['fresh_proof_minutes', [1, 1440], [0, 1441, 1.5, null]],
  ['invitation_mail_interval_seconds', [0, 3_600], [-1, 3_601, 0.5]],
  ['invitation_mails_per_recipient_per_day', [1, 1_000], [0, 1_001]],
  ['invitation_mails_per_inviter_per_day', [1, 1_000_000], [0, 1_000_001]],
  ['new_organization_mails_per_day', [1, 1_000_000], [0, 1_000_001]],
  ['new_organization_days', [0, 365], [-1, 366]],
  ['sign_up_enabled', [true, false], ['true', 1, null]],
  [
    'initiate_login_uri',
    ['https://product.test/login?a=b', 'http://localhost:3000/', null],
    ['/login', 'javascript:alert(1)', 'ftp://x.test/', 'product.test', '', 'data:text/html,x', 'file:///etc/passwd'],
  ],
])('%s has its bounds', async (field, good, bad) => {
  for (const value of good) expect((await change({ [field]: value })).body[field]).toBe(value)
  for (const value of bad) expectInvalid(await change({ [field]: value }), field)
})

test('reserved slugs are slugs', async () => {
  expect((await change({ reserved_slugs: ['shop', 'store'] })).body.reserved_slugs).toEqual(['shop', 'store'])
  expectInvalid(await change({ reserved_slugs: ['shop', 'Not A Slug'] }), 'reserved_slugs.1')
  expect((await change({ reserved_slugs: [] })).body.reserved_slugs).toEqual([])
})

test('a label needs both of its forms, short ones', async () => {
  expectInvalid(await change({ organization_label: { singular: 'Team' } }), 'organization_label.plural')
  const tooLong = { singular: 'a'.repeat(41), plural: 'b'.repeat(40) }
  expectInvalid(await change({ organization_label: tooLong }), 'organization_label.singular')
  expectInvalid(await change({ organization_label: { singular: ' ', plural: 'Teams' } }), 'organization_label.singular')
})

test('a refused change changes nothing, not even its valid part', async () => {
  expectInvalid(await change({ default_seat_limit: 7, invitation_expiry_days: 0 }), 'invitation_expiry_days')
  expect((await api.get('/v1/settings')).body).toEqual(DEFAULT_SETTINGS)
})

describe('takes effect at once:', () => {
  const lifetimeDays = async (team: { path: string }, id: string) => {
    const { created_at: from, expires_at: to } = (await api.get(`${team.path}/invitations/${id}`)).body
    return (Date.parse(to) - Date.parse(from)) / 86_400_000
  }

  test('invitation_expiry_days, on invitations from then on', async () => {
    const team = await newOrganization()
    const before = await newInvitation(team)
    await change({ invitation_expiry_days: 3 })
    const after = await newInvitation(team)

    expect(await lifetimeDays(team, before.id)).toBe(15)
    expect(await lifetimeDays(team, after.id)).toBe(3)
  })

  test('default_seat_limit, on organizations from then on that are given none', async () => {
    await change({ default_seat_limit: 5 })
    const [person, name] = [await newUser(), 'Acme']
    const limitOf = async (organization: Promise<{ body: { seat_limit: number | null } }>) =>
      (await organization).body.seat_limit

    expect(await limitOf(person.api.post('/v1/organizations', { name }))).toBe(5)
    expect(await limitOf(api.post('/v1/organizations', { name }))).toBe(5)
    expect(await limitOf(api.post('/v1/organizations', { name, seat_limit: 8 }))).toBe(8)
    expect(await limitOf(api.post('/v1/organizations', { name, seat_limit: null }))).toBe(null)
  })

  test('invitation_mails_per_day, exactly, and not on invitations without a mail', async () => {
    const team = await newOrganization()
    await change({ invitation_mails_per_day: 2 })
    const invite = (email: string, fields: object = {}) =>
      team.owner.api.post(`${team.path}/invitations`, { email, ...fields })
    expect((await invite('a@x.test')).status).toBe(201)
    expect((await invite('b@x.test')).status).toBe(201)

    const refused = await invite('c@x.test')

    expectProblem(refused, 429, 'invitation_rate_limited')
    expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThan(0)
    expect((await invite('c@x.test', { send_email: false })).status).toBe(201)
  })

  test('sign_up_enabled, on people but not on the operator', async () => {
    const person = await newUser()
    await change({ sign_up_enabled: false })

    expectProblem(await person.api.post('/v1/organizations', { name: 'Acme' }), 403, 'sign_up_disabled')
    created(await api.post('/v1/organizations', { name: 'Acme', owner_user_id: person.id }))
  })

  test('initiate_login_uri, on where an invitee goes after accepting', async () => {
    await change({ initiate_login_uri: 'https://product.test/login?from=muster' })
    const team = await newOrganization()
    const { token } = await newInvitation(team, { email: 'ida+x@x.test' })

    const { body } = await as(nobody).post(`/v1/invitations/${token}/accept`)

    const url = new URL(body.redirect_url)
    expect(url.origin + url.pathname).toBe('https://product.test/login')
    expect(Object.fromEntries(url.searchParams)).toEqual({
      from: 'muster',
      organization_id: team.id,
      login_hint: 'ida+x@x.test',
    })
  })
})
