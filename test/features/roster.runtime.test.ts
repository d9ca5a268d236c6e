import { beforeAll, describe, expect, test, vi } from 'vitest'
import { type Answer, as, operator } from '../support/api.ts'
import {
  created,
  newInvitation,
  newMember,
  newOrganization,
  reseam,
  suspend,
  type Team,
} from '../support/api-builders.ts'
import { byCodePoint, folded } from './crowd.ts'
import { type Item, walked } from './walk.ts'

/* Members and those who are invited as one list, in one order, though they stand in two tables. */

/** Some twice, some only spelt alike, some between which JavaScript's own order and that of code points differ. */
const NAMES = [
  'Ann',
  'ANN',
  'ann',
  'Ann',
  'Zoë',
  'Zoe',
  'Ärne',
  '李',
  'ｶﾅ',
  'カナ',
  '\u{E000}',
  '\u{FFFD}',
  '𐐷',
  '😀',
  '1',
  '-',
]

interface Entry extends Item {
  readonly kind: 'member' | 'invitation'
  readonly role: string
  readonly status: string
  readonly joined_at: string | null
  readonly invited_at: string | null
}

let team: Team
let everybody: Entry[]
beforeAll(async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  team = await newOrganization()
  const clock = { now: Date.now() }
  await reseam(team, { clock: () => clock.now })
  for (const [index, name] of NAMES.entries()) {
    const role = index % 3 === 0 ? 'admin' : 'member'
    const member = await newMember(team, role, name)
    if (index % 5 === 0) await suspend(team, member)
    await newInvitation(team, { name, role })
    // Some arrive at the same moment.
    clock.now += index % 2 === 0 ? 1_000 : 0
  }
  await newInvitation(team)
  created(await as(operator).post(`${team.path}/members`, { email: 'nameless@x.test' }))
  everybody = (await walked(`${team.path}/roster?limit=100`)) as Entry[]
})

type Key = (entry: Entry) => string
const KEYS: Readonly<Record<string, Key>> = {
  name: ({ name, email }) => folded(name ?? email),
  email: ({ email }) => email,
  role: ({ role }) => role,
  date: ({ joined_at, invited_at }) => joined_at ?? invited_at ?? '',
}
const SORTS = Object.keys(KEYS).flatMap((key) => [key, `-${key}`])

function inOrder(entries: readonly Entry[], sort: string): string[] {
  const key = KEYS[sort.replace(/^-/, '')] as Key
  const compare = (one: Entry, other: Entry) => byCodePoint(key(one), key(other)) || byCodePoint(one.id, other.id)
  const ids = entries.toSorted(compare).map(({ id }) => id)
  return sort.startsWith('-') ? ids.reverse() : ids
}

const idsOf = (entries: readonly Item[]) => entries.map(({ id }) => id)
const walk = (query: string) => walked(`${team.path}/roster?${query}`)

test('everybody is there: members and invited, each once', () => {
  expect(new Set(idsOf(everybody)).size).toBe(everybody.length)
  expect(everybody.filter(({ kind }) => kind === 'member')).toHaveLength(NAMES.length + 2)
  expect(everybody.filter(({ kind }) => kind === 'invitation')).toHaveLength(NAMES.length + 1)
})

describe.each(SORTS)('in the order of %s', (sort) => {
  test.each([1, 2, 3, 7, 100])('both are mixed, whatever is on a page: %i', async (limit) => {
    expect(idsOf(await walk(`sort=${sort}&limit=${limit}`))).toEqual(inOrder(everybody, sort))
  })

  test('a filter leaves out the others and keeps the order', async () => {
    const admins = everybody.filter(({ role, status }) => role === 'admin' && status !== 'suspended')
    const query = `role=admin&status=active,pending&sort=${sort}&limit=2`
    expect(idsOf(await walk(query))).toEqual(inOrder(admins, sort))
  })
})

test('the order of names is one that JavaScript’s own comparison would not give', () => {
  const keys = everybody.map(KEYS.name as Key)
  expect(inOrder(everybody, 'name')).not.toEqual(
    everybody
      .toSorted((one, other) => ((KEYS.name as Key)(one) < (KEYS.name as Key)(other) ? -1 : 1))
      .map(({ id }) => id),
  )
  expect(new Set(keys).size).toBeLessThan(keys.length)
})

describe('an entry', () => {
  const entry = async (query: string) => (await walk(query))[0]

  test('of a member says since when they have joined', async () => {
    expect(await entry('status=active&limit=1')).toMatchObject({
      kind: 'member',
      user_id: expect.stringMatching(/^usr_/),
      joined_at: expect.any(String),
      ...{ invited_at: null, expires_at: null },
    })
  })

  test('of an invitation says since when they are invited, and until when', async () => {
    expect(await entry('status=pending&limit=1')).toMatchObject({
      ...{ kind: 'invitation', user_id: null, joined_at: null },
      ...{ invited_at: expect.any(String), expires_at: expect.any(String) },
    })
  })
})

describe('someone invited', () => {
  async function given() {
    const acme = await newOrganization()
    const invited = await newInvitation(acme, { name: 'Ida' })
    const statuses = async () => {
      const { body }: Answer = await acme.owner.api.get(`${acme.path}/roster?query=${invited.email}`)
      return body.data.map(({ kind, status }: Entry) => `${kind} ${status}`)
    }
    return { acme, invited, statuses }
  }

  test('is in the roster as pending, and as a member from acceptance on', async () => {
    const { invited, statuses } = await given()
    expect(await statuses()).toEqual(['invitation pending'])
    await as(operator).post(`/v1/invitations/${invited.token}/accept`)
    expect(await statuses()).toEqual(['member active'])
  })

  test('is not there any more once canceled, declined or expired', async () => {
    const canceled = await given()
    await canceled.acme.owner.api.post(`${canceled.invited.path}/cancel`)
    const declined = await given()
    await as(operator).post(`/v1/invitations/${declined.invited.token}/decline`)
    const expired = await given()
    await reseam(expired.acme, { clock: () => Date.now() + 15 * 86_400_000 })
    for (const { statuses } of [canceled, declined, expired]) expect(await statuses()).toEqual([])
  })
})

test('someone with a name that unfolds to a very long one does not end a walk', async () => {
  const acme = await newOrganization()
  // Each of these letters becomes eighteen for comparison.
  for (const name of ['ﷺ', 'ﷺ', '㍿']) {
    await newMember(acme, 'member', name.repeat(200))
    await newInvitation(acme, { name: name.repeat(200) })
  }
  for (const list of ['roster', 'members']) {
    const all = await walked(`${acme.path}/${list}?sort=name&limit=100`)
    expect(idsOf(await walked(`${acme.path}/${list}?sort=name&limit=1`))).toEqual(idsOf(all))
  }
})
