import { beforeAll, describe, expect, test, vi } from 'vitest'
import { carryOut, newOrganization, newUser, type Team } from '../support/api-builders.ts'
import { byCodePoint, CROWD, crowd, type Extra, folded } from './crowd.ts'
import { type Between, type Item, walked } from './walk.ts'

/* Lists of an organization of a hundred thousand people: whole, in order, and steady while people come and go. */

const shown = CROWD.filter(({ status }) => status !== 'removed')

let team: Team
beforeAll(async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  team = await newOrganization()
  await crowd(team, CROWD)
}, 120_000)

const walk = (list: string, query: string, between?: Between) =>
  walked(`${team.path}/${list}?limit=100&${query}`, between)

type Key = (person: Extra) => string | number
const KEYS: Readonly<Record<string, Key>> = {
  name: ({ name, email }) => folded(name ?? email),
  email: ({ email }) => email,
  joined_at: ({ joinedAt }) => joinedAt,
  last_sign_in_at: ({ lastSignInAt }) => lastSignInAt ?? 0,
}
const SORTS = Object.keys(KEYS).flatMap((key) => [key, `-${key}`])

/** In the order of the key, then of the id; descending in the exact reverse. */
function inOrder(everybody: readonly Extra[], sort: string): string[] {
  const key = KEYS[sort.replace(/^-/, '')] as Key
  const compare = (one: Extra, other: Extra) => {
    const [a, b] = [key(one), key(other)]
    const difference = typeof a === 'number' ? a - Number(b) : byCodePoint(a, String(b))
    return difference || byCodePoint(one.id, other.id)
  }
  const ids = everybody.toSorted(compare).map(({ id }) => id)
  return sort.startsWith('-') ? ids.reverse() : ids
}

const ofCrowd = (items: readonly Item[]) => items.map(({ id }) => id).filter((id) => id.startsWith('mem_00'))

describe('the members, walked page by page,', () => {
  test('are everybody, each once and in order of names', { timeout: 300_000 }, async () => {
    expect(ofCrowd(await walk('members', 'sort=name'))).toEqual(inOrder(shown, 'name'))
  })

  test('are everybody in any other order, too, in an organization of a tenth', async () => {
    const some = CROWD.slice(0, CROWD.length / 10)
    const smaller = await newOrganization()
    await crowd(smaller, some)
    const there = some.filter(({ status }) => status !== 'removed')
    for (const sort of SORTS) {
      const members = await walked(`${smaller.path}/members?limit=100&sort=${sort}`)
      expect(ofCrowd(members), sort).toEqual(inOrder(there, sort))
    }
  })
})

describe('while people come, go and change their names, a walk', () => {
  /** On every page one more is added, one removed and one renamed, all over the list. */
  async function unrest() {
    const { id, owner } = team
    const members = shown.filter(({ role, status }) => role === 'admin' && status === 'active')
    const touched = new Set<string>()
    const next = () => {
      const { id } = members[(touched.size * 37) % members.length] as Extra
      touched.add(id)
      return id
    }
    const step = async () => {
      const added = await newUser(`Newcomer ${touched.size}`)
      await carryOut(team, {
        type: 'AddMember',
        person: { memberId: `mem_${added.id.slice(4)}`, userId: added.id, email: added.email, name: added.name },
        role: 'admin',
        source: 'added',
        profile: {},
      })
      await carryOut(team, { type: 'RemoveMember', memberId: next() })
      await carryOut(team, { type: 'UpdateMember', memberId: next(), profile: { name: `Renamed ${touched.size}` } })
    }
    return { id, owner, touched, step }
  }

  test.each(SORTS)('gives those who stay exactly once and in order, by %s', { timeout: 300_000 }, async (sort) => {
    const before = new Set((await walk('members', 'role=admin&status=active')).map(({ id }) => id))
    const { touched, step } = await unrest()

    const walked = ofCrowd(await walk('members', `role=admin&status=active&sort=${sort}`, step))

    const stayed = shown.filter(({ id }) => before.has(id) && !touched.has(id))
    expect(touched.size).toBeGreaterThan(150)
    expect(stayed.length).toBeGreaterThan(8_000)
    expect(walked.filter((id) => !touched.has(id))).toEqual(inOrder(stayed, sort))
  })
})
