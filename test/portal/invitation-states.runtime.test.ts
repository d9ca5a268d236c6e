import { afterEach, describe, expect, test } from 'vitest'
import { daysToMs } from '../../src/membership/invitation.ts'
import { as, operator } from '../support/api.ts'
import { type Invited, newInvitation, newOrganization, reseam, type Team, tokenOf } from '../support/api-builders.ts'
import { pageOf, settingsAre, submit, visit } from './site.ts'

afterEach(() => settingsAre())

const api = as(operator)

const ago = (ms: number) => () => Date.now() - ms

async function expiredInvitation(team: Team): Promise<Invited> {
  await reseam(team, { clock: ago(daysToMs(20)) })
  const invited = await newInvitation(team)
  await reseam(team, { clock: Date.now })
  return invited
}

/** The invitation with its newest link, and the link before. */
async function resentInvitation(team: Team): Promise<{ old: Invited; newest: Invited }> {
  await reseam(team, { clock: ago(120_000) })
  const old = await newInvitation(team)
  await reseam(team, { clock: Date.now })
  const { body } = await api.post(`${old.path}/resend`)
  return { old, newest: { ...old, token: tokenOf(body) } }
}

describe('an open invitation', () => {
  test('says who invites whom into what, in which role, and until when', async () => {
    await settingsAre({ organization_label: { singular: 'Company', plural: 'Companies' } })
    const team = await newOrganization({ name: 'Acme Robotics' })
    const expiresAt = new Date(Date.now() + daysToMs(7)).toISOString()
    const fields = { email: 'Bob@X.test', role: 'admin', expires_at: expiresAt, send_email: false }
    const { body } = await team.owner.api.post(`${team.path}/invitations`, fields)

    const page = await visit(pageOf({ token: tokenOf(body) }))
    expect(page.status).toBe(200)
    expect(page.title).toBe('Join Acme Robotics · Muster')
    expect(page.heading).toBe('Join Acme Robotics')
    expect(page.text).toContain('Ann Lee has invited you.')
    expect(page.text).toContain('Company Acme Robotics')
    expect(page.text).toContain('Your role Admin')
    expect(page.text).toContain('Invited by Ann Lee')
    expect(page.text).toContain('Sent to bob@x.test')
    expect(page.text).toMatch(/Expires \d{1,2} [A-Z][a-z]+ \d{4}, \d{2}:\d{2} UTC 7 days left/)
    expect(page.html).toContain(`datetime="${expiresAt}"`)
  })

  test('names nobody when the operator invited', async () => {
    const page = await visit(pageOf(await newInvitation(await newOrganization())))
    expect(page.text).toContain('You have been invited.')
    expect(page.text).not.toContain('Invited by')
  })

  test('offers to accept and to decline, each by a form', async () => {
    const { token } = await newInvitation(await newOrganization())
    const { html } = await visit(pageOf({ token }))
    expect(html).toContain(`<form method="post" action="/invitations/${token}/accept">`)
    expect(html).toContain(`<form method="post" action="/invitations/${token}/decline">`)
  })

  test('is left as it was by looking at it, however often', async () => {
    const team = await newOrganization()
    const invited = await newInvitation(team)
    const state = async () => [await api.get(`${invited.path}`), await api.get(`${team.path}/events`)]
    const before = await state()
    for (let look = 0; look < 5; look += 1) expect((await visit(pageOf(invited))).status).toBe(200)
    const head = await visit(pageOf(invited), { method: 'HEAD' })
    expect([head.status, head.html]).toEqual([200, ''])
    const after = await state()
    expect(after.map(({ body }) => body)).toEqual(before.map(({ body }) => body))
    expect(after.map(({ headers }) => headers.get('Muster-Revision'))).toEqual(
      before.map(({ headers }) => headers.get('Muster-Revision')),
    )
  })
})

describe('an invitation that is over', () => {
  test('by its time: says until when it was open and whom to ask', async () => {
    const team = await newOrganization({ name: 'Acme Robotics' })
    const page = await visit(pageOf(await expiredInvitation(team)))
    expect([page.status, page.heading]).toEqual([410, 'This invitation has expired'])
    expect(page.text).toMatch(/was open until \d{1,2} [A-Z][a-z]+ \d{4}, \d{2}:\d{2} UTC\./)
    expect(page.text).toContain('Ask whoever manages the team of Acme Robotics to send you a new one.')
  })

  test('names the inviter as the one to ask', async () => {
    const team = await newOrganization()
    const { body } = await team.owner.api.post(`${team.path}/invitations`, { email: 'bob@x.test', send_email: false })
    await api.post(`${team.path}/invitations/${body.id}/cancel`)
    const page = await visit(pageOf({ token: tokenOf(body) }))
    expect(page.text).toContain('If that comes as a surprise, ask Ann Lee.')
  })

  test('by canceling', async () => {
    const invited = await newInvitation(await newOrganization())
    await api.post(`${invited.path}/cancel`)
    const page = await visit(pageOf(invited))
    expect([page.status, page.heading]).toEqual([410, 'This invitation was canceled'])
  })

  test('by declining', async () => {
    const invited = await newInvitation(await newOrganization())
    await submit(`${pageOf(invited)}/decline`)
    const page = await visit(pageOf(invited))
    expect([page.status, page.heading]).toEqual([410, 'You declined this invitation'])
  })

  test('by accepting: says so to whoever comes back', async () => {
    const team = await newOrganization({ name: 'Acme Robotics' })
    const invited = await newInvitation(team)
    await submit(`${pageOf(invited)}/accept`)
    const page = await visit(pageOf(invited))
    expect([page.status, page.heading]).toEqual([200, 'You are a member of Acme Robotics'])
    expect(page.text).toContain(`The invitation to ${invited.email} was accepted on`)
    expect(page.html).toContain(`href="/o/${team.id}"`)
  })

  test.each(['accept', 'decline'])('takes no %s, and says why', async (answer) => {
    const team = await newOrganization()
    const expired = await expiredInvitation(team)
    const canceled = await newInvitation(team)
    await api.post(`${canceled.path}/cancel`)
    for (const [invited, heading] of [
      [expired, 'This invitation has expired'],
      [canceled, 'This invitation was canceled'],
    ] as const) {
      const page = await submit(`${pageOf(invited)}/${answer}`)
      expect([page.status, page.heading]).toEqual([410, heading])
    }
  })
})

describe('a link', () => {
  test('that a newer one has replaced leads to the latest mail; the newest works', async () => {
    const { old, newest } = await resentInvitation(await newOrganization())
    for (const page of [await visit(pageOf(old)), await submit(`${pageOf(old)}/accept`)]) {
      expect([page.status, page.heading]).toEqual([410, 'A newer link was sent'])
      expect(page.text).toContain(`Open the latest mail to ${old.email}`)
      expect(page.html).not.toContain(newest.token)
    }
    expect((await visit(pageOf(newest))).status).toBe(200)
  })

  test('that was replaced tells a member that they are one', async () => {
    const { old, newest } = await resentInvitation(await newOrganization())
    await submit(`${pageOf(newest)}/accept`)
    const page = await visit(pageOf(old))
    expect([page.status, page.heading]).toEqual([200, 'You are a member of Acme'])
  })

  test.each([
    ['signed otherwise', (token: string) => `${token.slice(0, -4)}AAAA`],
    ['of another invitation', (token: string) => token.replace(/inv_.{4}/, 'inv_0000')],
    ['with another number', (token: string) => token.replace(/\.1\./, '.2.')],
    ['cut off', (token: string) => token.slice(0, 60)],
    ['with something behind', (token: string) => `${token}.`],
    ['invented', () => 'nothing'],
    ['with markup', () => encodeURIComponent('<script>alert(1)</script>')],
    ['badly encoded', () => '%E0%A4%A'],
  ])('%s shows nothing of the invitation', async (_name, tamper) => {
    const invited = await newInvitation(await newOrganization({ name: 'Hush Hush' }))
    const path = pageOf({ token: tamper(invited.token) })
    for (const page of [await visit(path), await submit(`${path}/accept`), await submit(`${path}/decline`)]) {
      expect([page.status, page.heading]).toEqual([404, 'This link does not work'])
      expect(page.html).not.toContain('Hush')
      expect(page.html).not.toContain(invited.email)
      expect(page.html).not.toContain('<script')
    }
    expect((await api.get(invited.path)).body.status).toBe('pending')
  })

  test('of an organization that was deleted leads nowhere', async () => {
    const team = await newOrganization()
    const invited = await newInvitation(team)
    await api.delete(team.path)
    expect((await visit(pageOf(invited))).status).toBe(404)
  })
})
