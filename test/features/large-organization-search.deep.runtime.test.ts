import { beforeAll, describe, expect, test, vi } from 'vitest'
import { as, operator } from '../support/api.ts'
import { newOrganization, type Team } from '../support/api-builders.ts'
import { byCodePoint, CROWD, crowd, type Extra, folded } from './crowd.ts'
import { walked } from './walk.ts'

/*
 * Searches and filters in an organization of a hundred thousand people, and the roster of a tenth of them with a thousand
 * who are invited.
 */

const shown = CROWD.filter(({ status }) => status !== 'removed')

let team: Team
beforeAll(async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  team = await newOrganization()
  await crowd(team, CROWD)
  await invite(team)
}, 120_000)

async function invite({ path }: Team): Promise<{ id: string; email: string; name: string }[]> {
  const rows = Array.from({ length: 1_000 }, (_, n) => ({
    email: `invited-${n}@x.test`,
    name: CROWD[n * 97]?.name ?? `Guest ${n}`,
    role: n % 10 === 0 ? 'admin' : 'member',
  }))
  const { body } = await as(operator).post(`${path}/invitations/bulk`, { rows })
  const ids: { invitation_id: string }[] = body.results
  return rows.map((row, n) => ({ ...row, id: ids[n]?.invitation_id ?? '' }))
}

const walk = (list: string, query: string) => walked(`${team.path}/${list}?limit=100&${query}`)
const ofCrowd = (items: readonly { id: string }[]) => items.map(({ id }) => id).filter((id) => id.startsWith('mem_00'))
const idsOf = (people: readonly { id: string }[]) => people.map(({ id }) => id).sort()

/** Found by every order of the list, each once. */
async function found(query: string): Promise<string[]> {
  const [first = [], ...others] = await Promise.all(
    ['name', '-name', 'email', 'joined_at', '-last_sign_in_at'].map(async (sort) =>
      ofCrowd(await walk('members', `sort=${sort}&${query}`)).sort(),
    ),
  )
  for (const other of others) expect(other).toEqual(first)
  return first
}

const having = (text: string) => (person: Extra) => folded(`${person.name ?? ''}\n${person.email}`).includes(text)

describe('among a hundred thousand, a search finds exactly', () => {
  test.each([
    ['who is called so at the beginning', 'straw', 'straw'],
    ['who is called so somewhere', 'needle in', 'needle in'],
    ['whoever spells it otherwise', 'nEEdLe', 'needle'],
    ['who has this address', 'p000123@', 'p000123@'],
    ['who has this end of an address', '00042@y', '00042@y'],
    ['who is called so with an umlaut', 'ärne 12', 'ärne 12'],
    ['the umlaut in capitals', 'ÄRNE 12', 'ärne 12'],
    ['the umlaut in two parts', 'a\u0308rne 12', 'ärne 12'],
    ['a letter beyond the basic plane', '𐐏𐐏 9', '𐐷𐐷 9'],
    ['wide letters as plain ones', 'ｎｅｅｄｌｅ', 'needle'],
    ['white space around it set aside', '  needle ', 'needle'],
  ])('%s: %s', async (_, query, text) => {
    const expected = idsOf(shown.filter(having(text)))
    expect(expected.length).toBeGreaterThan(0)
    expect(await found(`query=${encodeURIComponent(query)}`)).toEqual(expected)
  })

  test.each(['%', '_', 'needle%', 'n_edle', '*', "' or 1=1 --", '\\'])(
    'what it says, not a pattern: %s',
    async (query) => {
      expect(await found(`query=${encodeURIComponent(query)}`)).toEqual([])
    },
  )
})

describe('among a hundred thousand, filters together find exactly those for whom all hold:', () => {
  const is = {
    admin: ({ role }: Extra) => role === 'admin',
    suspended: ({ status }: Extra) => status === 'suspended',
    removed: ({ status }: Extra) => status === 'removed',
  }
  test.each([
    ['a role and a status', 'role=admin&status=suspended', [is.admin, is.suspended]],
    ['a status and a search', 'status=suspended&query=bob', [is.suspended, having('bob')]],
    ['a role and a search', 'role=member&query=needle', [having('needle'), (person: Extra) => !is.admin(person)]],
    ['all three', 'role=admin&status=suspended&query=000', [is.admin, is.suspended, having('000')]],
    ['those who are gone', 'status=removed', [is.removed]],
    ['gone or suspended, of a name', 'status=removed,suspended&query=BOB', [having('bob'), isOut]],
  ])('%s', async (_, query, conditions) => {
    const expected = idsOf(CROWD.filter((person) => conditions.every((holds) => holds(person))))
    const everybody = query.includes('status') ? expected : idsOf(shown.filter(({ id }) => expected.includes(id)))
    expect(everybody.length).toBeGreaterThan(0)
    expect(await found(query)).toEqual(everybody)
  })

  function isOut({ status }: Extra): boolean {
    return status !== 'active'
  }
})

test('the counts of seats are exact', async () => {
  const { body } = await as(operator).get(`${team.path}/seats`)
  const active = shown.filter(({ status }) => status === 'active').length + 1
  expect(body).toMatchObject({ active, pending: 1_000, used: active + 1_000 })
})

test('the roster is everybody, members and invited, each once and in the order of names', async () => {
  const some = CROWD.slice(0, CROWD.length / 10)
  const smaller = await newOrganization()
  await crowd(smaller, some)
  const invited = await invite(smaller)
  const everybody = [...some.filter(({ status }) => status !== 'removed'), ...invited]
  const keyed = everybody.map(({ id, name, email }) => ({ id, key: folded(name ?? email) }))
  const inOrder = keyed.sort((one, other) => byCodePoint(one.key, other.key) || byCodePoint(one.id, other.id))
  const roster = await walked(`${smaller.path}/roster?limit=100&sort=name`)
  const others = roster.filter(({ id }) => id !== smaller.owner.memberId)
  expect(others.map(({ id }) => id)).toEqual(inOrder.map(({ id }) => id))
})
