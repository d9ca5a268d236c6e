import { beforeAll, describe, expect, test } from 'vitest'
import { ORIGIN } from '../support/api.ts'
import { newInvitation, newMember, newOrganization, type Team } from '../support/api-builders.ts'
import { cookieOf } from '../support/portal-people.ts'
import { type Page, settingsAre, submit, visit } from './site.ts'

const inviteAt = ({ slug }: { slug: string }) => `/o/${slug}/members/invite`
const as = async (person: { id: string }) => ({ headers: { ...(await cookieOf(person)) } })

const preview = async (team: Team, addresses: string, fields: Record<string, string> = {}): Promise<Page> =>
  submit(inviteAt(team), { ...(await as(team.owner)), body: { addresses, role: 'member', ...fields } })

/** What the form of a page carries, as a browser would send it. */
function fieldsOf({ html }: Page): Record<string, string> {
  const decoded = (text: string) =>
    text
      .replaceAll('&quot;', '"')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&#39;', "'")
      .replaceAll('&amp;', '&')
  const form = /<form[^>]*\/send".*?<\/form>/s.exec(html)?.[0] ?? ''
  const inputs = [...form.matchAll(/name="([^"]+)" value="([^"]*)"/g)]
  return Object.fromEntries(inputs.map(([, name = '', value = '']) => [name, decoded(value)]))
}

const send = async (team: Team, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Page> =>
  submit(`${inviteAt(team)}/send`, { headers: { ...(await cookieOf(team.owner)), ...headers }, body: fields })

const invitationsOf = async (team: Team): Promise<[string, string, string | null][]> =>
  (await team.owner.api.get(`${team.path}/invitations?limit=100&sort=email`)).body.data.map(
    ({ email, role, name }: { email: string; role: string; name: string | null }) => [email, role, name],
  )

describe('whom to invite', () => {
  let team: Team
  beforeAll(async () => {
    team = await newOrganization({ seat_limit: 6 })
  })

  test('is asked of those who manage members, for roles that are theirs to give', async () => {
    const [admin, member] = [await newMember(team, 'admin'), await newMember(team)]
    const roles = ({ html }: Page) => [...html.matchAll(/<option value="([^"]+)"/g)].map(([, role]) => role)
    expect(roles(await visit(inviteAt(team), await as(team.owner)))).toEqual(['owner', 'admin', 'member'])
    expect(roles(await visit(inviteAt(team), await as(admin)))).toEqual(['member'])
    for (const path of [inviteAt(team), `${inviteAt(team)}/file`]) {
      expect((await visit(path, await as(member))).status).toBe(403)
      expect((await submit(path, await as(member))).status).toBe(403)
    }
    expect((await submit(`${inviteAt(team)}/send`, await as(member))).status).toBe(403)
  })

  test('is shown before anything is sent: each address with what would become of it, and the seats', async () => {
    const waiting = await newInvitation(team)
    const text = `Ann Lee <NEW@x.test>, ${team.owner.email}; ${waiting.email}\nnonsense, new@x.test, two@x.test, three@x.test`
    const page = await preview(team, text)
    expect([page.status, page.heading]).toEqual([200, 'Check and send'])
    for (const outcome of [
      'new@x.testAnn LeeMemberWill be invited',
      `${team.owner.email}MemberIs a member already`,
      `${waiting.email}MemberIs invited already`,
      'nonsenseMemberNo email address',
      'new@x.testMemberNamed twice',
      'two@x.testMemberWill be invited',
      'three@x.testMemberNo seat left',
    ]) {
      expect(page.text).toContain(outcome)
    }
    expect(page.text).toContain('Seats in use afterwards6 of 6')
    expect(page.text).toContain('Invite 2 people')
    expect((await invitationsOf(team)).map(([email]) => email)).toEqual([waiting.email])
  })

  test.each([
    ['nobody', '', {}, 'Name at least one address.'],
    ['too many', 'a@x.test,'.repeat(1001), {}, 'At most 1,000 at once; these are 1001.'],
    ['two without mail', 'a@x.test b@x.test', { without_mail: 'on' }, 'Without mail, one person at a time.'],
    ['a name that is none', 'a@x.test', { name: 'x'.repeat(201) }, 'This name cannot be taken.'],
  ])('keeps what was typed and says what is wrong with it: %s', async (_, addresses, fields, error) => {
    const page = await preview(team, addresses, { role: 'admin', ...fields })
    expect([page.status, page.text]).toEqual([422, expect.stringContaining(error)])
    expect(page.html).toContain(`aria-invalid="true"`)
    expect(page.html).toContain(addresses.replace(/,$/, ','))
    expect(page.html).toContain('<option value="admin" selected="">')
  })

  test('can be changed once it was seen', async () => {
    const page = await preview(team, 'Ann <a@x.test>', { step: 'edit', name: 'Zed', without_mail: 'on' })
    expect([page.status, page.html]).toEqual([200, expect.stringContaining('Ann &lt;a@x.test&gt;</textarea>')])
    expect(page.html).toContain('value="Zed"')
    expect(page.html).toContain('name="without_mail" value="on" checked=""')
  })
})

describe('sending', () => {
  test('invites those who were seen, names and roles included, once however often it is sent', async () => {
    const team = await newOrganization()
    const fields = fieldsOf(await preview(team, 'Ann Lee <a@x.test>; b@x.test', { role: 'admin' }))
    const sent = await send(team, fields)
    expect([sent.status, sent.heading]).toEqual([200, '2 people invited'])
    const again = await send(team, fields)
    expect([again.status, again.heading]).toEqual([200, '2 people invited'])
    expect(await invitationsOf(team)).toEqual([
      ['a@x.test', 'admin', 'Ann Lee'],
      ['b@x.test', 'admin', null],
    ])
    expect((await send(team, { ...fields, rows: '[{"email":"c@x.test"}]' })).status).toBe(409)
  })

  test('takes the name beside the address of one person', async () => {
    const team = await newOrganization()
    await send(team, fieldsOf(await preview(team, 'a@x.test', { name: 'Ann Lee' })))
    expect(await invitationsOf(team)).toEqual([['a@x.test', 'member', 'Ann Lee']])
  })

  test('tells what has changed since it was seen', async () => {
    const team = await newOrganization({ seat_limit: 3, upgrade_url: 'https://pay.test/' })
    const fields = fieldsOf(await preview(team, 'a@x.test b@x.test'))
    await newInvitation(team, { email: 'c@x.test' })
    const sent = await send(team, fields)
    expect(sent.heading).toBe('1 person invited')
    expect(sent.text).toContain('a@x.testInvited')
    expect(sent.text).toContain('b@x.testNo seat left')
    expect(sent.text).toContain('Get more seats')
  })

  test('without a mail shows the link instead', async () => {
    const team = await newOrganization()
    const fields = fieldsOf(await preview(team, 'a@x.test', { without_mail: 'on', role: 'admin' }))
    const sent = await send(team, fields)
    expect([sent.status, sent.heading]).toEqual([200, 'Invitation link'])
    const link = new RegExp(`${ORIGIN}(/invitations/[\\w.-]+)`).exec(sent.html)?.[1] ?? ''
    expect((await visit(link)).text).toContain('Your role Admin')
    const late = await send(team, { ...fields, key: '0'.repeat(26) })
    expect([late.status, late.text]).toEqual([422, expect.stringContaining('has an open invitation already')])
  })

  test.each([
    ['no rows', { rows: '[]' }],
    ['broken rows', { rows: '[{"email":1}]' }],
    ['unknown fields', { rows: '[{"email":"a@x.test","admin":true}]' }],
    ['no JSON', { rows: '<script>' }],
    ['too many rows', { rows: JSON.stringify(Array.from({ length: 1001 }, () => ({ email: 'a@x.test' }))) }],
    ['an invented outcome', { done: '[{"email":"a@x.test","outcome":"<b>"}]' }],
    ['no key', { key: '' }],
    ['no role', { role: '<b>' }],
  ])('believes nothing that a form carries: %s', async (_, fields) => {
    const team = await newOrganization()
    const good = fieldsOf(await preview(team, 'a@x.test'))
    const page = await send(team, { ...good, ...fields })
    expect([page.status, page.text]).toEqual([422, expect.stringContaining('This list could not be read.')])
    expect(await invitationsOf(team)).toEqual([])
  })

  test('gives no role that the sender may not give, whatever the form says', async () => {
    const team = await newOrganization()
    const admin = await newMember(team, 'admin')
    const fields = fieldsOf(await preview(team, 'a@x.test', { role: 'owner' }))
    const page = await submit(`${inviteAt(team)}/send`, { ...(await as(admin)), body: fields })
    expect([page.heading, page.text]).toEqual([
      'Nobody was invited',
      expect.stringContaining('Not a role you can give'),
    ])
    expect(await invitationsOf(team)).toEqual([])
  })

  test('a long list goes in parts where the script asks for them, and tells of all in the end', async () => {
    const team = await newOrganization()
    const addresses = Array.from({ length: 120 }, (_, index) => `p${index}@x.test`).join('\n')
    let page = await preview(team, addresses)
    expect(page.html).toContain('hx-post')
    const progress: string[] = []
    for (let parts = 0; parts < 3; parts += 1) {
      page = await send(team, fieldsOf(page), { 'HX-Request': 'true' })
      progress.push(/(\d+ of 120)/.exec(page.text)?.[1] ?? page.heading)
    }
    expect(progress).toEqual(['50 of 120', '100 of 120', '120 people invited'])
    expect(page.html.match(/<tr>/g)).toHaveLength(121)
    const { body } = await team.owner.api.get(`${team.path}/seats`)
    expect(body.pending).toBe(120)
  })

  test('ends early where the day has no mails left, and says for whom', async () => {
    await settingsAre({ invitation_mails_per_day: 1 })
    const team = await newOrganization()
    const sent = await send(team, fieldsOf(await preview(team, 'a@x.test b@x.test')))
    expect(sent.text).toContain('b@x.testOver the mail limit')
    await settingsAre()
  })
})

describe('a file', () => {
  let team: Team
  beforeAll(async () => {
    team = await newOrganization()
  })

  async function upload(content: string | Uint8Array<ArrayBuffer>, fields: Record<string, string> = {}): Promise<Page> {
    const form = new FormData()
    for (const [name, value] of Object.entries({ role: 'member', ...fields })) form.set(name, value)
    form.set('file', new File([content], 'team.csv', { type: 'text/csv' }))
    const request = new Request(`${ORIGIN}/`, { method: 'POST', body: form })
    const headers = {
      ...(await cookieOf(team.owner)),
      'Content-Type': request.headers.get('Content-Type') ?? '',
    }
    return submit(`${inviteAt(team)}/file`, { headers, raw: await request.arrayBuffer() })
  }

  test('is read with its roles and names, and seen before it is sent', async () => {
    const page = await upload('email;role;name\r\na@x.test;admin;"Lee; Ann"\r\nb@x.test;;\r\n')
    expect([page.status, page.heading]).toEqual([200, 'Check and send'])
    expect(page.text).toContain('a@x.testLee; AnnAdminWill be invited')
    const sent = await send(team, fieldsOf(page))
    expect(sent.heading).toBe('2 people invited')
    expect(await invitationsOf(team)).toEqual([
      ['a@x.test', 'admin', 'Lee; Ann'],
      ['b@x.test', 'member', null],
    ])
  })

  test('may come in the encoding of an old spreadsheet', async () => {
    const latin = Uint8Array.from('email,name\nz@x.test,Zoë Müller\n', (character) => character.charCodeAt(0))
    expect((await upload(latin)).text).toContain('z@x.testZoë Müller')
  })

  test.each([
    ['nothing in it', '', 'Choose a file.'],
    ['no rows', 'email\n', 'There are no rows.'],
    ['no addresses', 'name\nAnn\n', 'The header names no column email.'],
    ['a column that is none', 'email,phone\na@x.test,1\n', 'phone: There is no such column.'],
    ['a name that is too long', `email,name\na@x.test,Ann\nb@x.test,${'x'.repeat(201)}\n`, 'Line 3: '],
  ])('with %s is refused, and says where', async (_, content, error) => {
    const page = await upload(content, { role: 'admin' })
    expect([page.status, page.text]).toEqual([422, expect.stringContaining(error)])
    expect(page.html).toContain('<option value="admin" selected="">')
  })

  test('that is too large is refused before it is read', async () => {
    const page = await upload('a'.repeat(512 * 1024 + 1))
    expect([page.status, page.text]).toEqual([413, expect.stringContaining('at most 512 KiB')])
  })
})
