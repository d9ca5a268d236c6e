import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { signInvitationLink } from '../../src/accounts/invitation-link.ts'
import { configOf } from '../../src/env.ts'
import { as, operator } from '../support/api.ts'
import {
  created,
  type Member,
  newMember,
  newOrganization,
  remove,
  suspend,
  type Team,
} from '../support/api-builders.ts'
import { type ApiKey, newApiKey } from '../support/api-world.ts'
import { cookieOf } from '../support/portal-people.ts'
import { type Page, pageOf, submit, visit } from './site.ts'

/* The pages that list what ends or passes on when somebody loses permissions, and what people see of it afterwards. */

const READS = ['organization:read', 'members:read']

beforeAll(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})

interface Made {
  readonly team: Team
  readonly sue: Member
  readonly invitation: { readonly id: string; readonly email: string; readonly token: string }
  readonly managing: ApiKey
  readonly reading: ApiKey
}

let people = 0

/** What the link in the mail carries. */
const mailedToken = ({ id: organizationId }: Team, { id: invitationId }: { id: string }) =>
  signInvitationLink({ organizationId, invitationId, sendNumber: 1 }, configOf(env).LINK_KEYS)

/** An admin, and an invitation and two keys by them. */
async function madeBySue(): Promise<Made> {
  const team = await newOrganization()
  const sue = await newMember(team, 'admin', 'Sue Admin')
  const email = `asked-${++people}@x.test`
  const fields = { email, role: 'member' }
  const made = created<{ id: string }>(await sue.api.post(`${team.path}/invitations`, fields))
  const key = (name: string, permissions: string[]) => newApiKey({ ...team, owner: sue }, permissions, { name })
  return {
    ...{ team, sue },
    invitation: { id: made.id, email, token: mailedToken(team, made) },
    managing: await key('Hiring', [...READS, 'products:use', 'members:manage']),
    reading: await key('Nightly sync', READS),
  }
}

const at = ({ slug }: Team, { memberId }: Member) => `/o/${slug}/members/${memberId}`
const asOwner = async ({ owner }: Team) => ({ headers: await cookieOf(owner) })
const boxes = ({ html }: Page): string[] =>
  [...html.matchAll(/<input type="checkbox" name="keep" value="([^"]+)"/g)].map(([, id = '']) => id)
const locationOf = ({ headers }: Page) => headers.get('Location')
const statusOf = async ({ path }: Team, { id }: { id: string }) =>
  (await as(operator).get(`${path}/invitations/${id}`)).body.status
const roleOf = async ({ path }: Team, { memberId }: Member) =>
  (await as(operator).get(`${path}/members/${memberId}`)).body.role

describe('removing somebody', () => {
  test('lists what they created, and what is selected is taken over', async () => {
    const { team, sue, invitation, managing, reading } = await madeBySue()
    const headers = await asOwner(team)
    const asked = await visit(`${at(team, sue)}/remove`, headers)
    expect(boxes(asked).sort()).toEqual([invitation.id, managing.id, reading.id].sort())
    for (const said of [`Invitation of ${invitation.email}`, 'it is revoked', 'Nightly sync', 'it keeps working']) {
      expect(asked.text).toContain(said)
    }
    expect(await statusOf(team, invitation)).toBe('pending')

    await submit(`${at(team, sue)}/remove`, { ...headers, body: { keep: managing.id } })
    expect(await statusOf(team, invitation)).toBe('canceled')
    expect((await managing.api.get(`${team.path}/members`)).status).toBe(200)
  })
})

describe('changing a role', () => {
  test('asks first where something would end, and takes over what is selected', async () => {
    const { team, sue, invitation, managing, reading } = await madeBySue()
    const headers = await asOwner(team)
    const sent = await submit(`${at(team, sue)}/role`, { ...headers, body: { role: 'member' } })
    expect([sent.status, locationOf(sent)]).toEqual([303, `${at(team, sue)}/role?role=member`])
    expect(await roleOf(team, sue)).toBe('admin')

    const asked = await visit(`${at(team, sue)}/role?role=member`, headers)
    expect([asked.status, asked.heading]).toEqual([200, 'Change the role of Sue Admin?'])
    expect(boxes(asked).sort()).toEqual([invitation.id, managing.id].sort())
    expect(asked.html).toContain('<input type="hidden" name="role" value="member"/>')

    const body = { role: 'member', confirmed: 'yes', keep: invitation.id }
    expect((await submit(`${at(team, sue)}/role`, { ...headers, body })).status).toBe(303)
    expect([await roleOf(team, sue), await statusOf(team, invitation)]).toEqual(['member', 'pending'])
    expect((await managing.api.get(`${team.path}/members`)).status).toBe(401)
    expect((await reading.api.get(`${team.path}/members`)).status).toBe(200)
  })

  test('does not ask where nothing would end', async () => {
    const { team, sue } = await madeBySue()
    const headers = await asOwner(team)
    const sent = await submit(`${at(team, sue)}/role`, { ...headers, body: { role: 'owner' } })
    expect(locationOf(sent)).toBe(`/o/${team.slug}/members`)
    expect(await roleOf(team, sue)).toBe('owner')
  })

  test.each(['', '?role=owner', '?role=ghost', '?role=%3Cscript%3E'])(
    'has no page of its own without something to ask: %s',
    async (search) => {
      const { team, sue } = await madeBySue()
      const page = await visit(`${at(team, sue)}/role${search}`, await asOwner(team))
      expect([page.status, locationOf(page)]).toEqual([302, at(team, sue)])
    },
  )

  test('tells what others created to nobody who could not change the role', async () => {
    const { team, sue, invitation } = await madeBySue()
    const headers = await cookieOf(await newMember(team))
    const page = await visit(`${at(team, sue)}/role?role=member`, { headers })
    expect([page.status, page.html.includes(invitation.email)]).toEqual([302, false])
  })
})

describe('leaving', () => {
  test.each([
    ['in the settings of the organization', ({ slug }: Team) => `/o/${slug}/settings/leave`],
    ['in the account', ({ id }: Team) => `/account/organizations/${id}/leave`],
  ])('%s lists what one created, without boxes', async (_, pathOf) => {
    const { team, sue, invitation } = await madeBySue()
    const headers = await cookieOf(sue)
    const page = await visit(pathOf(team), { headers })
    expect([page.status, boxes(page)]).toEqual([200, []])
    for (const said of [
      `Invitation of ${invitation.email}: it is canceled`,
      'Hiring: it is revoked',
      'Nightly sync: it keeps',
    ])
      expect(page.text).toContain(said)
    expect(await statusOf(team, invitation)).toBe('pending')
    expect((await visit(pathOf(team), await asOwner(team))).text).not.toContain('You created these')
  })

  test('lists it for somebody suspended, too', async () => {
    const { team, sue, invitation } = await madeBySue()
    await suspend(team, sue)
    const page = await visit(`/account/organizations/${team.id}/leave`, { headers: await cookieOf(sue) })
    expect([page.status, page.text]).toEqual([200, expect.stringContaining(invitation.email)])
  })
})

test('the list of API keys says who created each', async () => {
  const { team, sue, managing } = await madeBySue()
  await newApiKey({ ...team, owner: { ...team.owner, api: as(operator) } }, READS, { name: 'By us' })
  const rowOf = async (name: string) => {
    const { html } = await visit(`/o/${team.slug}/api-keys`, await asOwner(team))
    return (
      html
        .split('<tr>')
        .find((row) => row.includes(name))
        ?.replace(/<[^>]*>/g, ' ') ?? ''
    )
  }
  expect(await rowOf('Nightly sync')).toContain('Sue Admin')
  expect(await rowOf('By us')).toContain('Operator')
  await remove(team, sue)
  expect(await rowOf('Nightly sync')).toMatch(/Replace it.*may know its secret.*Sue Admin/s)
  expect((await managing.api.get(`${team.path}/members`)).status).toBe(401)
})

test('an invitation by somebody suspended is on hold, says so, and works once they are back', async () => {
  const { team, sue, invitation } = await madeBySue()
  await suspend(team, sue)
  const accept = () => submit(`${pageOf(invitation)}/accept`)
  for (const page of [await visit(pageOf(invitation)), await accept()]) {
    expect([page.status, page.heading]).toEqual([409, 'This invitation is on hold'])
    expect(page.text).toContain('Try this link again later')
    expect(page.html).not.toContain('<form')
  }
  await team.owner.api.post(`${team.path}/members/${sue.memberId}/reactivate`)
  expect((await visit(pageOf(invitation))).heading).toBe('Join Acme')
  expect((await accept()).status).toBe(303)
})
