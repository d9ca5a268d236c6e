import { beforeAll, describe, expect, test } from 'vitest'
import { type Answer, as, expectInvalid, operator } from '../support/api.ts'
import { created, followed, newInvitation, newOrganization, newUser, type Team } from '../support/api-builders.ts'

/* Searching by `query`, where it exists: the same people as members, invitees, accounts, and names of organizations. */

const NAMES = ['Ann Lee', 'Straße 7', 'ÉLODIE Ça', '100% Wool', 'snake_case', 'back\\slash', "O'Neil", '🦊 Fox', 'ﬁne']

let team: Team
beforeAll(async () => {
  team = await newOrganization({ name: 'Home' })
  const api = as(operator)
  for (const name of NAMES) {
    const user = await newUser(name)
    created(await api.post(`${team.path}/members`, { user_id: user.id }))
    await newInvitation(team, { name })
    await followed(created(await api.post('/v1/organizations', { name })))
  }
})

const LISTS = {
  members: () => `${team.path}/members`,
  roster: () => `${team.path}/roster`,
  invitations: () => `${team.path}/invitations`,
  users: () => '/v1/users',
  organizations: () => '/v1/organizations',
}

const namesIn = ({ body }: Answer): string[] => [
  ...new Set<string>(body.data.map(({ name }: { name: string }) => name)),
]

describe.each(Object.entries(LISTS))('searching %s', (_, path) => {
  const search = (text: string, more = '') =>
    as(operator).get(`${path()}?limit=100&query=${encodeURIComponent(text)}${more}`)

  test.each([
    ['a part of a name', 'lee', 'Ann Lee'],
    ['another case', 'STRASSE'.replace('SS', 'ß'), 'Straße 7'],
    ['accents in another case', 'élodie ça', 'ÉLODIE Ça'],
    ['spaces around', '  wool ', '100% Wool'],
    ['an apostrophe', "o'neil", "O'Neil"],
    ['a backslash', '\\', 'back\\slash'],
    ['an emoji', '🦊', '🦊 Fox'],
    ['a ligature spelled out', 'fine', 'ﬁne'],
  ])('finds by %s', async (_, text, name) => {
    expect(namesIn(await search(text))).toEqual([name])
  })

  test('takes % and _ for themselves', async () => {
    expect(namesIn(await search('%'))).toEqual(['100% Wool'])
    expect(namesIn(await search('_'))).toEqual(['snake_case'])
    expect(namesIn(await search('100_'))).toEqual([])
    expect(namesIn(await search('A%L'))).toEqual([])
  })

  test('finds nothing where there is nothing', async () => {
    expect((await search('nobody at all')).body).toEqual({ object: 'list', data: [], next_cursor: null })
  })

  test.each(['', '   '])('of %o is no search', async (text) => {
    expect(namesIn(await search(text)).length).toBeGreaterThanOrEqual(NAMES.length)
  })

  test('takes 200 characters and no more', async () => {
    expect((await search('ä'.repeat(200))).body.data).toEqual([])
    expectInvalid(await search('ä'.repeat(201)), 'query')
  })

  test('does not take quotes and comments for SQL', async () => {
    for (const text of ["' or 1=1 --", '"; drop table members', "')) or ((1=1"]) {
      expect((await search(text)).body.data).toEqual([])
    }
  })
})

describe.each([
  ['members', () => `${team.path}/members`],
  ['roster', () => `${team.path}/roster`],
  ['invitations', () => `${team.path}/invitations`],
  ['users', () => '/v1/users'],
])('searching %s', (_, path) => {
  test('finds by a part of the address', async () => {
    const { body } = await as(operator).get(`${path()}?limit=100&query=X.TEST`)
    expect(body.data.length).toBeGreaterThanOrEqual(NAMES.length)
    expect(body.data.every(({ email }: { email: string }) => email.includes('x.test'))).toBe(true)
  })
})

test('organizations are found by their slug', async () => {
  const { id } = created(await as(operator).post('/v1/organizations', { name: 'Quux', slug: 'plugh-xyzzy' }))
  await followed({ id })
  expect((await as(operator).get('/v1/organizations?query=plugh-x')).body.data).toMatchObject([{ id }])
})

describe('filters', () => {
  test('of status and role narrow a search', async () => {
    const member = await newUser('Ann Other')
    created(await as(operator).post(`${team.path}/members`, { user_id: member.id, role: 'admin' }))
    const find = (filter: string) => as(operator).get(`${team.path}/roster?query=ann&${filter}`)

    expect(namesIn(await find('role=admin'))).toEqual(['Ann Other'])
    expect((await find('status=pending')).body.data).toMatchObject([{ name: 'Ann Lee', kind: 'invitation' }])
    expect((await find('status=active&role=member')).body.data).toMatchObject([{ name: 'Ann Lee', kind: 'member' }])
    expect((await find('status=suspended')).body.data).toEqual([])
  })

  test.each([
    ['nonsense', 'status.0'],
    ['', 'status.0'],
    ['removed', 'status.0'],
    ['active,', 'status.1'],
    ['active,nonsense', 'status.1'],
  ])('refuse the status %o', async (status, path) => {
    expectInvalid(await as(operator).get(`${team.path}/roster?status=${status}`), path)
  })

  test.each(['role=O%27Neil', 'role=', 'role=a'])('refuse %s', async (filter) => {
    expectInvalid(await as(operator).get(`${team.path}/members?${filter}`), 'role')
  })

  test('of an external id find exactly that organization', async () => {
    const { id } = created(await as(operator).post('/v1/organizations', { name: 'Ext', external_id: 'crm/42 é' }))
    await followed({ id })
    const find = async (externalId: string) =>
      (await as(operator).get(`/v1/organizations?external_id=${encodeURIComponent(externalId)}`)).body.data
    expect(await find('crm/42 é')).toMatchObject([{ id, external_id: 'crm/42 é' }])
    expect(await find('crm/42')).toEqual([])
  })

  test('of an address find that account in any spelling', async () => {
    const user = await newUser('Mel')
    const spelled = encodeURIComponent(` ${user.email.toUpperCase()} `)
    expect((await as(operator).get(`/v1/users?email=${spelled}`)).body.data).toMatchObject([{ id: user.id }])
    expectInvalid(await as(operator).get('/v1/users?email=nonsense'), 'email')
  })
})
