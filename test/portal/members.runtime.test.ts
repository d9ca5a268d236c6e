import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test } from 'vitest'
import { ORIGIN } from '../support/api.ts'
import {
  carryOut,
  type Member,
  newHandedInvitation,
  newInvitation,
  newMember,
  newOrganization,
  newUser,
  remove,
  suspend,
  type Team,
} from '../support/api-builders.ts'
import { cookieOf } from '../support/portal-people.ts'
import { type Page, submit, visit } from './site.ts'

const membersOf = ({ slug }: { slug: string }) => `/o/${slug}/members`
const at = (team: Team, { memberId }: Pick<Member, 'memberId'>) => `${membersOf(team)}/${memberId}`
const as = async (team: Team, person: { id: string } = team.owner) => ({
  headers: { ...(await cookieOf(person)), Referer: `${ORIGIN}${membersOf(team)}?status=active` },
})

/** The row of somebody, as text and as markup. */
function row({ html }: Page, email: string): { readonly html: string; readonly text: string } {
  const found =
    html
      .slice(html.indexOf('<tbody>'))
      .split('<tr>')
      .find((part) => part.replace('<wbr/>', '').includes(email)) ?? ''
  return { html: found, text: found.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ') }
}

const rolesOffered = ({ html }: { html: string }): string[] =>
  [...html.matchAll(/<option value="([^"]+)"/g)].map(([, role = '']) => role)

const statusOf = async (team: Team, { memberId }: Member): Promise<string> =>
  (await team.owner.api.get(`${team.path}/members/${memberId}`)).body.status

describe('the roster', () => {
  let team: Team
  let [admin, member, resting]: Member[] = []
  let invited: { email: string }

  beforeAll(async () => {
    team = await newOrganization({ name: 'Acme', seat_limit: 10 })
    admin = await newMember(team, 'admin', 'Ada Admin')
    member = await newMember(team, 'member', 'Mia Member')
    resting = await newMember(team, 'member', 'Rex Resting')
    await suspend(team, resting)
    invited = await newInvitation(team, { name: 'Ina Invited', role: 'admin' })
    await newInvitation(team, { name: 'Ida Invited', send_email: true })
  })

  test('says who, as what, in which state and since when, and how many seats are taken', async () => {
    const page = await visit(membersOf(team), await as(team))
    expect(page.text).toContain('5 of 10 seats in use')
    expect(row(page, resting?.email ?? '').text).toMatch(/Rex Resting .*Suspended .*20\d\d .*Never/)
    expect(row(page, invited.email).text).toMatch(/Ina Invited .*Admin .*Pending .*By link .*20\d\d /)
    expect(row(page, team.owner.email).text).toContain('You')
  })

  test.each([
    ['?status=suspended', ['Rex Resting']],
    ['?status=pending', ['Ida Invited', 'Ina Invited']],
    ['?role=admin', ['Ada Admin', 'Ina Invited']],
    ['?query=MIA', ['Mia Member']],
    ['?role=admin&status=active', ['Ada Admin']],
    ['?sort=-name', ['Rex Resting', 'Mia Member', 'Ina Invited', 'Ida Invited', 'Ann Lee', 'Ada Admin']],
    [
      '?sort=nonsense&status=nonsense&role=!&limit=1',
      ['Ada Admin', 'Ann Lee', 'Ida Invited', 'Ina Invited', 'Mia Member', 'Rex Resting'],
    ],
  ])('is filtered and sorted by its address: %s', async (search, names) => {
    const { html } = await visit(`${membersOf(team)}${search}`, await as(team))
    const table = html.slice(html.indexOf('<tbody>'))
    const found = [...table.matchAll(/class="title"[^>]*><bdi dir="auto">([^<]+)/g)].map(([, name]) => name)
    expect(found).toEqual(names)
  })

  test('sorts by its columns, and turns round by the one that it is sorted by', async () => {
    const { html } = await visit(`${membersOf(team)}?sort=-date&query=i`, await as(team))
    expect(html).toContain(
      `<th scope="col" aria-sort="descending"><a class="sort" href="${membersOf(team)}?query=i&amp;sort=date">`,
    )
    expect(html).toContain(`href="${membersOf(team)}?query=i&amp;sort=-last_sign_in_at"`)
  })

  test('begins anew with a cursor that is none of its own', async () => {
    const page = await visit(`${membersOf(team)}?query=i&cursor=xyz`, await as(team))
    expect([page.status, page.headers.get('Location')]).toEqual([302, `${membersOf(team)}?query=i`])
  })

  test('offers an owner everything, but nothing that would leave nobody in charge', async () => {
    const page = await visit(membersOf(team), await as(team))
    expect(rolesOffered(row(page, admin?.email ?? ''))).toEqual(['owner', 'admin', 'member'])
    expect(row(page, member?.email ?? '').html).toContain(`href="${at(team, member as Member)}/remove"`)
    expect(row(page, resting?.email ?? '').html).toContain(`action="${at(team, resting as Member)}/reactivate"`)
    const own = row(page, team.owner.email)
    expect(rolesOffered(own)).toEqual([])
    expect(own.html).not.toMatch(/\/(suspend|remove)"/)
    expect(page.html).toContain(`${membersOf(team)}/invite"`)
  })

  test('offers an admin members only, and says why no more', async () => {
    const page = await visit(membersOf(team), await as(team, admin))
    expect(row(page, team.owner.email).text).toContain('Only an owner can change an owner.')
    expect(row(page, invited.email).text).toContain('Only an owner can change an admin.')
    expect(row(page, invited.email).html).not.toMatch(/\/(resend|cancel|link)"/)
    expect(rolesOffered(row(page, member?.email ?? ''))).toEqual(['member'])
  })

  test('offers a member nothing but to look', async () => {
    const page = await visit(membersOf(team), await as(team, member))
    const list = page.html.slice(page.html.indexOf('<table'), page.html.indexOf('</table>'))
    expect(list).not.toMatch(/<form|<select|<details/)
    expect(page.html).not.toContain('/invite"')
    expect(page.text).toContain('Mia Member')
  })

  test('shows a link that proves nothing, to those who could have made it, and no other link', async () => {
    const link = (id: string) => `${membersOf(team)}/invitations/${id}/link`
    const own = await newHandedInvitation(team, { role: 'admin' })
    const mailed = await newInvitation(team, { send_email: true })
    const operators = await newInvitation(team)
    const list = await visit(membersOf(team), await as(team))
    expect(row(list, own.email).html).toContain(`href="${link(own.id)}"`)
    for (const { id, email } of [mailed, operators]) {
      expect(row(list, email).html).not.toContain(link(id))
      const page = await visit(link(id), await as(team))
      expect([page.status, page.html.includes('/invitations/k1.')]).toEqual([404, false])
    }
    const shown = await visit(link(own.id), await as(team))
    expect(shown.text).toContain(`${ORIGIN}/invitations/${own.token}`)
    expect((await visit(membersOf(team), await as(team))).html).not.toContain(own.token)
    expect((await visit(link(own.id), await as(team, admin))).status).toBe(403)
    expect((await visit(link(own.id), await as(team, member))).status).toBe(403)
    await team.owner.api.post(`${own.path}/cancel`)
    expect((await visit(link(own.id), await as(team))).status).toBe(409)
    for (const { path } of [mailed, operators]) await team.owner.api.post(`${path}/cancel`)
  })
})

describe('what is done', () => {
  let team: Team
  let admin: Member
  let member: Member
  beforeAll(async () => {
    team = await newOrganization()
    admin = await newMember(team, 'admin', 'Ada Admin')
    member = await newMember(team, 'member', 'Mia Member')
  })

  test('leads back to the list as it was, and says so', async () => {
    const page = await submit(`${at(team, member)}/role`, { ...(await as(team)), body: { role: 'admin' } })
    expect([page.status, page.headers.get('Location')]).toEqual([303, `${membersOf(team)}?status=active`])
    expect(page.headers.get('Set-Cookie')).toContain('muster_flash=role_changed')
    await submit(`${at(team, member)}/role`, { ...(await as(team)), body: { role: 'member' } })
  })

  test.each(['https://evil.test/o/x/members', `${ORIGIN}/account`, `${ORIGIN}/o/other/members`, ''])(
    'leads to the list when it was asked for elsewhere: %s',
    async (Referer) => {
      const headers = { ...(await cookieOf(team.owner)), Referer }
      const page = await submit(`${at(team, member)}/reactivate`, { headers })
      expect(page.headers.get('Location')).toBe(membersOf(team))
    },
  )

  test('asks before it ends somebody’s access, and says what will be', async () => {
    const asked = await visit(`${at(team, member)}/remove`, await as(team))
    expect([asked.status, asked.heading]).toEqual([200, 'Remove Mia Member?'])
    expect(asked.text).toContain('Access ends at once, a seat becomes free, nothing else is deleted.')
    expect(await statusOf(team, member)).toBe('active')
    expect((await visit(`${at(team, member)}/suspend`, await as(team))).heading).toBe('Suspend Mia Member?')
  })

  test('suspends, reactivates and removes', async () => {
    const leaving = await newMember(team, 'member', 'Lea Leaving')
    for (const [action, status] of [
      ['suspend', 'suspended'],
      ['reactivate', 'active'],
      ['remove', 'removed'],
    ] as const) {
      expect((await submit(`${at(team, leaving)}/${action}`, await as(team))).status).toBe(303)
      expect(await statusOf(team, leaving)).toBe(status)
    }
    expect((await visit(membersOf(team), { headers: await cookieOf(leaving) })).status).toBe(404)
  })

  test.each([
    ['an admin, an owner', () => admin, () => team.owner],
    ['a member, anyone', () => member, () => admin],
  ])('is refused to %s, whatever the page showed', async (_, who, whom) => {
    const headers = await as(team, who())
    for (const action of ['role', 'suspend', 'reactivate', 'remove']) {
      const page = await submit(`${at(team, whom())}/${action}`, { ...headers, body: { role: 'member' } })
      expect([action, page.status, page.heading]).toEqual([action, 403, 'Your role does not allow this'])
    }
    expect(await statusOf(team, whom())).toBe('active')
  })

  test('is refused where nobody would be in charge any more, with the reason', async () => {
    for (const action of ['role', 'suspend', 'remove']) {
      const page = await submit(`${at(team, team.owner)}/${action}`, { ...(await as(team)), body: { role: 'member' } })
      expect([page.status, page.text]).toEqual([409, expect.stringContaining('There must always be an owner.')])
    }
  })

  test('is refused to other sites', async () => {
    const { headers } = await as(team)
    const foreign = { headers: { ...headers, Origin: 'https://evil.test' } }
    expect((await submit(`${at(team, member)}/remove`, foreign)).status).toBe(403)
    expect((await submit(`${membersOf(team)}/invite/send`, foreign)).status).toBe(403)
    expect(await statusOf(team, member)).toBe('active')
  })

  test('is done to nobody through a page that is looked at, and strangers find nothing', async () => {
    expect((await visit(`${at(team, member)}/reactivate`, await as(team))).status).toBe(302)
    const stranger = await as(team, await newUser())
    for (const path of [
      at(team, member),
      `${at(team, member)}/remove`,
      `${membersOf(team)}/invite`,
      `/o/${team.slug}/seats`,
    ]) {
      expect((await visit(path, stranger)).status).toBe(404)
      expect((await submit(path, stranger)).status).toBe(404)
    }
  })

  test('on a row that is stale, says what is the case', async () => {
    const gone = await newMember(team)
    await remove(team, gone)
    const late = await submit(`${at(team, gone)}/suspend`, await as(team))
    expect([late.status, late.text]).toEqual([404, expect.stringContaining('This member is not there any more.')])
    const invitation = await newInvitation(team)
    const path = `${membersOf(team)}/invitations/${invitation.id}`
    expect((await submit(`${path}/resend`, await as(team))).status).toBe(429)
    expect((await visit(`${path}/cancel`, await as(team))).text).toContain(invitation.email)
    expect((await submit(`${path}/cancel`, await as(team))).status).toBe(303)
    const again = await submit(`${path}/resend`, await as(team))
    expect([again.status, again.text]).toEqual([409, expect.stringContaining('not open any more')])
    expect((await submit(`${at(team, member)}/role`, { ...(await as(team)), body: { role: 'nobody' } })).status).toBe(
      422,
    )
  })
})

describe('seats', () => {
  test('that are all taken are told, with the way to more of them and the ways to free some', async () => {
    const full = await newOrganization({
      seat_limit: 2,
      upgrade_url: 'https://pay.test/seats?a=b&c="'.replace('"', ''),
    })
    const resting = await newMember(full)
    await suspend(full, resting)
    const waiting = await newInvitation(full)
    const page = await visit(`/o/${full.slug}/seats`, await as(full))
    expect(page.text).toContain('All 2 seats are taken.')
    expect(page.html).toContain('href="https://pay.test/seats?a=b&amp;c="')
    expect(page.text).toContain(waiting.email)
    expect(page.html).toContain(`/members/invitations/${waiting.id}/cancel"`)
    expect(page.html).toContain('<progress value="2" max="2"')
    expect((await visit(membersOf(full), await as(full))).text).toContain('All 2 seats are taken.')
    const back = await submit(`${at(full, resting)}/reactivate`, await as(full))
    expect([back.status, back.text]).toEqual([409, expect.stringContaining('Get more seats')])
  })

  test('without a limit are counted all the same', async () => {
    const page = await visit(`/o/${(await newOrganization()).slug}/seats`, { headers: {} })
    expect(page.status).toBe(303)
    const team = await newOrganization()
    expect((await visit(`/o/${team.slug}/seats`, await as(team))).text).toContain('1, no limit')
  })
})

describe('the page of a member', () => {
  let team: Team
  let member: Member
  beforeAll(async () => {
    team = await newOrganization()
    const permissions = ['organization:read', 'members:read', 'products:use', 'members:manage'] as const
    await carryOut(team, {
      type: 'CreateRole',
      key: 'recruiter',
      name: 'Recruiter',
      description: 'Hires.',
      permissions,
    })
    member = await newMember(team, 'recruiter', 'Rita Recruiter')
    await member.api.post(`${team.path}/invitations`, { email: 'eve@x.test' })
  })

  test('says who they are, what their role allows, and what they did', async () => {
    const page = await visit(at(team, member), await as(team))
    expect([page.status, page.heading, page.title]).toEqual([
      200,
      'Rita Recruiter',
      expect.stringMatching(/^\S*Rita Recruiter\S* · /),
    ])
    expect(page.text).toMatch(/Joined through\s*The operator/)
    expect(page.text).toContain('Invite, change, suspend and remove members')
    expect(page.text).toContain('invited eve@x.test as Member')
    expect(rolesOffered(page)).toEqual(['owner', 'admin', 'member', 'recruiter'])
  })

  test('tells what they did to themselves and to those who read the audit log only', async () => {
    const other = await newMember(team)
    expect((await visit(at(team, member), await as(team, other))).text).not.toContain('eve@x.test')
    expect((await visit(at(team, member), await as(team, member))).text).toContain('invited eve@x.test')
  })

  test('of somebody who was removed says so, and offers to invite them again', async () => {
    const gone = await newMember(team, 'member', 'Gil Gone')
    await remove(team, gone)
    const page = await visit(at(team, gone), await as(team))
    expect(page.text).toContain('Removed')
    expect(page.html).not.toMatch(/\/(suspend|remove|reactivate|role)"/)
    expect(page.html).toContain('/members/invite"')
  })
})

const PROBES = ['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "'--></title><svg onload=alert(1)>"]

test.each(PROBES)('%s is text wherever somebody may write it', async (probe) => {
  const team = await newOrganization({ name: probe, seat_limit: 9 })
  await carryOut(team, { type: 'CreateRole', key: 'probe', name: probe, description: probe, permissions: [] })
  const member = await newMember(team, 'probe', probe)
  const invited = await newHandedInvitation(team, { name: probe, role: 'probe' })
  const addresses = `${probe} <eve@x.test>, ${probe}`
  const pages = [
    await visit(membersOf(team), await as(team)),
    await visit(`${membersOf(team)}?query=${encodeURIComponent(probe)}&role=probe`, await as(team)),
    await visit(at(team, member), await as(team)),
    await visit(`${at(team, member)}/remove`, await as(team)),
    await visit(`${membersOf(team)}/invitations/${invited.id}/link`, await as(team)),
    await visit(`/o/${team.slug}/seats`, await as(team)),
    await submit(`${membersOf(team)}/invite`, { ...(await as(team)), body: { addresses, role: 'probe', name: probe } }),
    await submit(`${membersOf(team)}/invite`, { ...(await as(team)), body: { addresses, step: 'edit', name: probe } }),
  ]
  for (const { status, html } of pages) {
    expect(status).toBe(200)
    expect(html.match(/<script\b/g)).toHaveLength(1)
    expect(html.replaceAll(/="[^"]*"/g, '')).not.toMatch(/<img\b|<[^>]*\son\w+=/)
  }
})

test.each(['members', 'members?query=ada', 'members/invite', 'seats', 'roles'])(
  'the page %s takes one round trip to the organization',
  async (page) => {
    const team = await newOrganization()
    const calls: string[] = []
    const bindings = {
      ORGANIZATION: { getByName: (name: string) => counting(env.ORGANIZATION.getByName(name), calls) },
    }
    const { status } = await visit(`/o/${team.slug}/${page}`, { ...(await as(team)), bindings })
    expect([status, calls]).toEqual([200, ['readAll']])
  },
)

/** Notes which methods are called. */
const counting = <Stub extends object>(stub: Stub, calls: string[]): Stub =>
  new Proxy(stub, {
    get: (target, method) => {
      calls.push(String(method))
      return Reflect.get(target, method)
    },
  })
