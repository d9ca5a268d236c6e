import { beforeAll, describe, expect, test, vi } from 'vitest'
import { as, operator } from '../support/api.ts'
import { newOrganization, newUser } from '../support/api-builders.ts'
import { newOperatorKey, someId } from '../support/api-world.ts'
import { known, operatorCookie } from '../support/portal-people.ts'
import { submit, visit } from './site.ts'

/* Operator keys on the operator's pages: who manages them, and what a session by each kind of key may do. */

const KEYS = '/operator/keys'
const root = as(operator)
const locationOf = ({ headers }: { headers: Headers }) => headers.get('Location')

beforeAll(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})

describe('a session by the root key', () => {
  test('makes a key, whose secret stands on one page, once', async () => {
    const headers = await operatorCookie()
    const form = await visit(`${KEYS}/new`, { headers })
    const id = /name="id" value="(opk_[0-9a-z]{26})"/.exec(form.html)?.[1] ?? ''
    const body = { id, name: 'Portal key', access: 'read', expires_on: '2100-01-01' }
    const made = await submit(KEYS, { headers, body })
    const [secret = ''] = /mok_[A-Za-z0-9_-]{43}/.exec(made.html) ?? []
    expect([made.status, secret.length]).toEqual([201, 47])

    const again = await submit(KEYS, { headers, body })
    expect([again.status, locationOf(again)]).toEqual([303, KEYS])
    const list = await visit(KEYS, { headers })
    expect(list.html.match(/Portal key/g)?.length).toBeGreaterThan(0)
    expect(list.html).not.toContain(secret)
    const { data } = (await root.get('/v1/operator-keys')).body
    expect(data.filter(({ name }: { name: string }) => name === 'Portal key')).toHaveLength(1)
    expect((await submit(KEYS, { headers, body: { ...body, id: '' } })).status).toBe(409)
    expect((await submit(KEYS, { headers, body: { ...body, name: '' } })).status).toBe(422)
  })

  test('revokes a key, and the browsers that signed in with it are signed out', async () => {
    const headers = await operatorCookie()
    const key = await newOperatorKey('write')
    const theirs = await operatorCookie(key.secret)
    expect((await visit('/operator/organizations', { headers: theirs })).status).toBe(200)
    expect((await visit(`${KEYS}/${key.id}/revoke`, { headers })).text).toContain(key.name)
    expect(locationOf(await submit(`${KEYS}/${key.id}/revoke`, { headers, body: {} }))).toBe(KEYS)
    expect((await visit('/operator/organizations', { headers: theirs })).status).toBe(303)
    expect((await visit(`${KEYS}/${key.id}/revoke`, { headers })).status).toBe(404)
    expect((await submit(`${KEYS}/${someId('opk')}/revoke`, { headers, body: {} })).status).toBe(404)
  })
})

describe('a session by an operator key', () => {
  test.each(['write', 'read'] as const)('with %s access manages no keys', async (access) => {
    const { id, secret } = await newOperatorKey(access)
    const headers = await operatorCookie(secret)
    for (const path of [KEYS, `${KEYS}/new`, `${KEYS}/${id}/revoke`]) {
      expect((await visit(path, { headers })).status, path).toBe(403)
    }
    const body = { name: 'Mine', access: 'write' }
    expect((await submit(KEYS, { headers, body })).status).toBe(403)
    expect((await submit(`${KEYS}/${id}/revoke`, { headers, body: {} })).status).toBe(403)
    expect((await visit('/operator/organizations', { headers })).html).not.toContain(`href="${KEYS}"`)
  })

  test('is what events name, in the pages too', async () => {
    const key = await newOperatorKey('write')
    const headers = await operatorCookie(key.secret)
    const { id } = await newUser('Gone')
    const { email } = (await root.get(`/v1/users/${id}`)).body
    await submit(`/operator/users/${id}/delete`, { headers, body: { email } })
    const [deleted] = (await root.get(`/v1/events?type=user.deleted&target=${id}`)).body.data
    expect(deleted).toMatchObject({ actor: { type: 'operator', id: key.id } })
    expect((await visit('/operator/events', { headers })).text).toContain(
      `Operator key ${key.name} deleted the account`,
    )
  })

  test('of a person on whose behalf it acted, the audit log names both', async () => {
    const key = await newOperatorKey('write')
    const team = await newOrganization()
    const api = as({ Authorization: `Bearer ${key.secret}`, 'Muster-On-Behalf-Of': team.owner.id })
    await api.patch(team.path, { name: 'Renamed' })
    const log = await visit(`/o/${team.slug}/audit-log/3`, { headers: await known(team) })
    expect(log.text).toContain(`, through operator key ${key.name}, changed the name to Renamed`)
  })
})

test('a session by a key that only reads sees everything and changes nothing', async () => {
  const team = await newOrganization()
  const headers = await operatorCookie((await newOperatorKey('read')).secret)
  const page = await visit(`/operator/organizations/${team.id}`, { headers })
  expect(page.status).toBe(200)
  expect(page.text).toContain('Read-only')
  expect(page.html.match(/<button type="submit"/g)).toHaveLength(1)
  const writes = [
    ['/operator/settings', { sign_up_enabled: '' }],
    [`/operator/organizations/${team.id}/delete`, { name: 'Acme' }],
    [`/operator/organizations/${team.id}/rebuild`, {}],
    [`/operator/users/${team.owner.id}/sessions/end`, {}],
  ] as const
  for (const [path, body] of writes) {
    const refused = await submit(path, { headers, body })
    expect([refused.status, refused.heading], path).toEqual([403, 'Your key is read-only'])
  }
  expect((await root.get(team.path)).status).toBe(200)
  expect(locationOf(await submit('/operator/sign-out', { headers, body: {} }))).toBe('/operator/sign-in')
  expect((await visit('/operator/settings', { headers })).status).toBe(303)
})
