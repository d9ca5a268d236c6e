import { env } from 'cloudflare:workers'
import { expect, test, vi } from 'vitest'
import { listSignIns } from '../../src/accounts/sign-in-list.ts'
import { newMember, newOrganization } from '../support/api-builders.ts'
import { unreachableLogs } from '../support/api-faults.ts'
import { newOperatorKey } from '../support/api-world.ts'
import { cookieOf, operatorCookie } from '../support/portal-people.ts'
import { submit, visit } from './site.ts'

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

test('the operator lists all sign-ins by person, kind and time', async () => {
  const { team, member } = await arrived()
  const headers = await operatorCookie()
  const list = async (filters: Record<string, string>) =>
    visit(`/operator/sign-ins?${new URLSearchParams(filters)}`, { headers })
  for (const query of [member.id, member.email.toUpperCase()]) {
    const page = await list({ query, type: 'organization_entered' })
    for (const text of ['Mia Member', 'Opened an organization', '203.0.113.0/24']) expect(page.text).toContain(text)
    expect(page.html).toContain(`/operator/organizations/${team.id}`)
  }
  const today = new Date().toISOString().slice(0, 10)
  expect((await list({ query: member.id, from: today, to: today })).text).toContain('Opened an organization')
  const others = [{ type: 'signed_out' }, { to: '2020-01-01' }, { query: 'nobody@x.test' }, { query: team.owner.email }]
  for (const filters of others) {
    expect((await list({ query: member.id, ...filters })).html).not.toContain(`/operator/users/${member.id}`)
  }
  expect((await list({ cursor: 'broken' })).status).toBe(404)
})

test('the list of sign-ins names the key that the operator signed in with', async () => {
  const key = await newOperatorKey()
  await submit('/operator/sign-in', { body: { key: key.secret } })
  const headers = await operatorCookie()
  await vi.waitFor(async () => {
    const { text } = await visit('/operator/sign-ins?type=signed_in', { headers })
    for (const part of [`The operator (${key.name}`, 'with an operator key']) expect(text).toContain(part)
  })
})

test('the operator sees refused attempts by hour and network', async () => {
  const headers = await operatorCookie()
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  for (const ip of ['198.51.100.7', '198.51.100.8']) {
    await visit('/invitations/wrong', { headers: { 'CF-Connecting-IP': ip } })
  }
  const list = (query: string) => visit(`/operator/sign-ins/refusals?${new URLSearchParams({ query })}`, { headers })
  await vi.waitFor(async () => {
    expect((await list('198.51.100.0/24')).html).toMatch(/198\.51\.100\.0\/24.*Invalid invitation link.*>2<\/td>/s)
  }, 5_000)
  expect((await list('192.0.2.0/24')).text).toContain('Nothing found')
})

test('the pages of sign-ins say so while the log is out of reach', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  const headers = await operatorCookie()
  for (const path of ['/operator/sign-ins', '/operator/sign-ins/refusals']) {
    const page = await visit(path, { headers, bindings: { LOGS: unreachableLogs() } })
    expect([page.status, page.text]).toEqual([503, expect.stringContaining('cannot be shown right now')])
  }
})

test('the operator sees the sign-ins of a person', async () => {
  const { member } = await arrived()
  const page = await visit(`/operator/users/${member.id}`, { headers: await operatorCookie() })
  expect(page.text).toContain('Opened an organization')
})
