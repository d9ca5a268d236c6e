import { env } from 'cloudflare:workers'
import { expect, test, vi } from 'vitest'
import { listSignIns } from '../../src/accounts/sign-in-list.ts'
import { newMember, newOrganization } from '../support/api-builders.ts'
import { unreachableLogs } from '../support/api-faults.ts'
import { cookieOf, operatorCookie } from '../support/portal-people.ts'
import { visit } from './site.ts'

/** A member who opened the pages of their organization, and whose entry of it is written. */
async function arrived() {
  const team = await newOrganization({ name: 'Acme' })
  const member = await newMember(team, 'member', 'Mia Member')
  const headers = await cookieOf(member)
  await visit(`/o/${team.slug}/members`, { headers: { ...headers, 'CF-Connecting-IP': '203.0.113.7' } })
  await vi.waitFor(async () => {
    const listed = await listSignIns(env.LOGS, { userId: member.id, page: { limit: 5, cursor: null } })
    expect(listed.ok && listed.value.items).toMatchObject([{ organizationId: team.id }])
  })
  return { team, member, headers }
}

test('people see their recent sign-ins on their account page, and go on without the log', async () => {
  const { headers } = await arrived()
  const page = await visit('/account', { headers })
  for (const text of ['Recent sign-ins', 'Opened an organization', '203.0.113.0/24']) expect(page.text).toContain(text)
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  const without = await visit('/account', { headers, bindings: { LOGS: unreachableLogs() } })
  expect([without.status, without.text]).toEqual([200, expect.stringContaining('cannot be shown right now')])
})

test('the page of a member shows how they reached the organization, to those who may read its audit log', async () => {
  const { team, member } = await arrived()
  const path = `/o/${team.slug}/members/${member.memberId}`
  expect((await visit(path, { headers: await cookieOf(team.owner) })).text).toContain('Opened an organization')
  const other = await newMember(team)
  const page = await visit(path, { headers: await cookieOf(other) })
  expect([page.status, page.text]).toEqual([200, expect.not.stringContaining('203.0.113.0/24')])
})

test('the operator sees the sign-ins of a person', async () => {
  const { member } = await arrived()
  const page = await visit(`/operator/users/${member.id}`, { headers: await operatorCookie() })
  expect(page.text).toContain('Opened an organization')
})
