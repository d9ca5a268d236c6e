import { beforeAll, describe, expect, test, vi } from 'vitest'
import { tamper } from '../features/storage.ts'
import { as, operator } from '../support/api.ts'
import { carryOut, type Member, newInvitation, newMember, newOrganization, type Team } from '../support/api-builders.ts'
import { cookieOf, known } from '../support/portal-people.ts'
import { type Page, visit } from './site.ts'

/* The audit log in the pages: for whom it is, how one finds one's way in it, and what proves that it is whole. */

const XSS = '"><script>alert(1)</script>'
type Headers = Readonly<Record<string, string>>

let team: Team
let log: string
let owner: Headers
let bob: Member

beforeAll(async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  team = await newOrganization({ name: 'Acme' })
  log = `/o/${team.slug}/audit-log`
  owner = await known(team)
  bob = await newMember(team, 'member', 'Bob Fox')
  await team.owner.api.patch(`${team.path}/members/${bob.memberId}`, { role: 'admin' })
  await bob.api.post(`${team.path}/invitations`, { email: 'ida@x.test', send_email: false })
  await team.owner.api.patch(team.path, { name: `Acme ${XSS}`, upgrade_url: 'https://x.test/plans' })
})

const look = (address = '', headers = owner): Promise<Page> => visit(`${log}${address}`, { headers })
const entriesOf = ({ html }: Page): number[] => [...html.matchAll(/>#(\d+)<\/a>/g)].map(([, seq]) => Number(seq))
const ids = ({ id, memberId }: Member) => ({ actor: `?actor=${id}`, target: `?target=${memberId}` })

describe('the log', () => {
  test('tells in words who did what to whom, newest first', async () => {
    const page = await look()
    expect(page.status).toBe(200)
    expect(entriesOf(page)).toEqual([6, 5, 4, 3, 2, 1])
    // A link ends at each name, which the text here shows as a space.
    expect(page.text).toContain('Ann Lee , through the operator, changed the role of Bob Fox from Member to Admin')
    expect(page.text).toContain('Bob Fox , through the operator, invited ida@x.test as Member')
    expect(page.text).toContain('The operator added Bob Fox as Member')
  })

  test('shows what people wrote as text', async () => {
    for (const address of ['', '/6', `?query=${encodeURIComponent(XSS)}`, `?actor=${encodeURIComponent(XSS)}`]) {
      const page = await look(address)
      expect(page.status).toBe(200)
      expect(page.html).not.toContain('<script>alert')
    }
    expect((await look()).text).toContain(XSS)
  })

  test.each<[string, () => string, readonly number[]]>([
    ['a group of kinds', () => '?kind=members', [4, 3, 2]],
    ['one kind', () => '?kind=invitation.created', [5]],
    ['who did it', () => ids(bob).actor, [5]],
    ['whom it was done to', () => ids(bob).target, [4, 3]],
    ['both', () => `${ids(bob).target}&actor=${team.owner.id}`, [4]],
    ['days that are past', () => '?to=2020-01-01', []],
    ['days to come', () => '?from=2099-01-01', []],
    ['today', () => `?from=${today()}&to=${today()}`, [6, 5, 4, 3, 2, 1]],
    ['nothing, where the choice is none', () => '?kind=x&from=yesterday&to=2026-02-31x&actor=', [6, 5, 4, 3, 2, 1]],
  ])('is filtered by %s', async (_, addressOf, entries) => {
    const page = await look(addressOf())
    expect(page.status).toBe(200)
    expect(entriesOf(page)).toEqual(entries)
    expect(page.text.includes('No entry matches')).toBe(entries.length === 0)
  })

  test('says whose entries these are, and leads back to everything', async () => {
    const page = await look(`${ids(bob).target}&kind=members`)
    expect(page.text).toContain('Done to Bob Fox')
    expect(page.html).toContain(`href="${log}?kind=members"`)
  })

  test('leads from a name, present or past, to what they did and what was done to them', async () => {
    const gone = await newMember(team, 'member', 'Gerda Gone')
    await carryOut(team, { type: 'RemoveMember', memberId: gone.memberId })
    const page = await look('?query=gerda&kind=members')
    expect(page.text).toContain('Gerda Gone')
    expect(page.html).toContain(`href="${log}?kind=members&amp;target=${gone.memberId}"`)
    expect((await look('?query=nobody-like-this')).text).toContain('Nobody found')
  })

  test('has pages that what happens meanwhile does not shift', async () => {
    const long = await newOrganization()
    const emails = Array.from({ length: 60 }, (_, index) => `${index}@x.test`)
    await long.owner.api.post(`${long.path}/invitations/bulk`, { emails })
    const headers = await known(long)
    const first = await visit(`/o/${long.slug}/audit-log`, { headers })
    const next = /href="([^"]*cursor=[^"]*)"/.exec(first.html)?.[1]?.replaceAll('&amp;', '&') ?? ''
    await newInvitation(long)
    const second = await visit(next, { headers })
    expect(entriesOf(first)).toEqual(Array.from({ length: 50 }, (_, index) => 62 - index))
    expect(entriesOf(second)).toEqual(Array.from({ length: 12 }, (_, index) => 12 - index))
    const other = await visit(`${next}&kind=members`, { headers })
    expect([other.status, other.headers.get('Location')]).toEqual([302, `/o/${long.slug}/audit-log?kind=members`])
  })
})

const today = (): string => new Date().toISOString().slice(0, 10)

describe('an entry', () => {
  test('says when, by whom, to whom, what was before and after, and its hash', async () => {
    const { body } = await team.owner.api.get(`${team.path}/events?after_seq=3&limit=1`)
    const [event] = body.data
    const page = await look('/4')
    expect(page.title).toMatch(/^Entry #4: /)
    for (const said of [event.id, event.hash, bob.memberId, team.owner.id, 'member.role_changed']) {
      expect(page.text).toContain(said)
    }
    expect(page.html).toMatch(/data-label="Before">.*?member.*?data-label="After">.*?admin/s)
    expect(page.html).toContain(`href="${log}/3"`)
    expect(page.html).toContain(`href="${log}/5"`)
  })

  test.each(['/0', '/999999', '/4x', '/-1', '/99999999999999999999'])('that is none is not found: %s', async (path) => {
    expect((await look(path)).status).toBe(404)
  })

  test('of which something was erased says so', async () => {
    const own = await newOrganization()
    const eve = await newMember(own, 'member', 'Eve Erased')
    const headers = await known(own)
    const person = { userId: eve.id, email: eve.email }
    const step = { type: 'ErasePerson', ...person, afterSeq: 0 } as const
    await carryOut(own, step)
    const page = await visit(`/o/${own.slug}/audit-log/3`, { headers })
    expect(page.text).toContain('Redacted')
    expect(page.text).toContain('The operator added somebody as Member')
    for (const known of [eve.email, 'deleted.invalid']) expect(page.text).not.toContain(known)
    expect((await visit(`/o/${own.slug}/audit-log`, { headers })).text).toContain('Redacted')
    expect((await visit(`/o/${own.slug}/audit-log/verification`, { headers })).text).toContain('Verified up to #5')
  })
})

describe('the proof', () => {
  test('is made when it is asked for', async () => {
    const { body } = await team.owner.api.get(`${team.path}/events/verify`)
    expect((await look('/verification')).heading).toBe('Verification')
    expect((await look('/verification')).text).toContain(`Verified up to #${body.verified_up_to}`)
  })

  test('names the first entry that was changed', async () => {
    const broken = await newOrganization()
    await newMember(broken)
    await newMember(broken)
    const headers = await known(broken)
    await tamper(broken, 'update events set occurred_at = occurred_at + 1 where seq = ?', 3)
    const page = await visit(`/o/${broken.slug}/audit-log/verification`, { headers })
    expect(page.text).toContain('Broken at #3')
    expect(page.text).toContain('Verified up to #2')
  })
})

describe('the export', () => {
  test.each(['csv', 'ndjson'])('is the same file as that of the API: %s', async (format) => {
    const file = await look(`/export?format=${format}`)
    const { text } = await team.owner.api.get(`${team.path}/events/export?format=${format}`)
    expect(file.html).toBe(text)
    expect(file.headers.get('Content-Disposition')).toBe(`attachment; filename="events.${format}"`)
    expect(file.headers.get('Cache-Control')).toBe('no-store')
  })

  test('in a format that there is none of is not found', async () => {
    expect((await look('/export?format=xml')).status).toBe(404)
  })
})

describe.each(['', '/1', '/verification', '/export?format=csv'])('%s', (page) => {
  test('is for those who may read the log', async () => {
    const plain = await cookieOf(await newMember(team))
    const refused = await look(page, plain)
    expect([refused.status, refused.html.includes('audit_log:read')]).toEqual([403, true])
    expect((await visit(`/o/${team.slug}/members`, { headers: plain })).html).not.toContain(`href="${log}"`)
    const admin = await look(page, await cookieOf(bob))
    expect(admin.status).toBe(200)
  })

  test('tells nobody else that there is such an organization', async () => {
    const stranger = await cookieOf((await newOrganization()).owner)
    const foreign = await look(page, stranger)
    const absent = await visit(`/o/no-such-team/audit-log${page}`, { headers: stranger })
    expect([foreign.status, foreign.text]).toEqual([404, absent.text])
    expect((await look(page, {})).headers.get('Location')).toContain('/sign-in?')
  })
})

test('people are looked for by those who may see people', async () => {
  await as(operator).post(`${team.path}/roles`, {
    key: 'auditor',
    name: 'Auditor',
    permissions: ['organization:read', 'audit_log:read'],
  })
  const auditor = await cookieOf(await newMember(team, 'auditor'))
  const page = await look('?query=bob', auditor)
  expect(page.status).toBe(200)
  expect(page.html).not.toContain('type="search"')
  expect(entriesOf(page).length).toBeGreaterThan(0)
})
