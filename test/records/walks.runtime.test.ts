import { drizzle } from 'drizzle-orm/durable-sqlite'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Authority } from '../../src/membership/authority.ts'
import type { OrganizationEvent } from '../../src/membership/event.ts'
import { PERMISSIONS } from '../../src/membership/permissions.ts'
import {
  type EventFilter,
  INVITATION_SORTS,
  MEMBER_SORTS,
  type Query,
  ROSTER_SORTS,
  type Slice,
} from '../../src/membership/queries.ts'
import { answer } from '../../src/records/answer.ts'
import type { Database } from '../../src/records/database.ts'
import { peopleIn } from '../../src/records/people.ts'
import { foundOrganization, type LivingOrganization } from '../support/living-organization.ts'

const unasked = () => {
  throw new Error('Lists need neither the organization nor its counts')
}
const UNASKED = { organization: unasked, tally: unasked }

const EVERYTHING: Authority = {
  actor: { type: 'operator', id: null },
  permissions: new Set(PERMISSIONS),
  member: null,
  maker: null,
}

type List = Extract<Query, { type: 'ListEvents' | 'ListMembers' | 'ListInvitations' | 'ListRoster' }>
type Item = { readonly id: string }

/** All pages of a list whose pages look at so many rows, and how many items each had. */
const pages = (acme: LivingOrganization, query: List, walk: number) =>
  acme.inside(async (_, storage) => {
    const database = drizzle(storage) as unknown as Database
    const people = peopleIn(database, acme.id)
    const asked = { database, people, organizationId: acme.id, ...UNASKED, walk, now: 0 }
    const found: Item[][] = []
    for (let cursor: string | null = null; ; ) {
      const page = { ...query, page: { limit: 4, cursor } } as List
      const answered = await answer({ ...asked, authority: EVERYTHING }, page)
      if (!answered.ok) throw new Error(answered.error.code)
      const { items, nextCursor } = answered.value as Slice<Item>
      found.push([...items])
      if (nextCursor === null) return { items: found.flat(), sizes: found.map(({ length }) => length) }
      cursor = nextCursor
    }
  })

const page = { limit: 4, cursor: null }
const log = { types: [], actorId: null, targetId: null, from: null, to: null, afterSeq: null, page } as const
const ALL = { role: null, search: null, page }
const START = Date.now() + 60_000

/** The clock of this organization stands still, and sometimes it goes back. */
const CLOCK = [0, 0, 5, 5, 5, 9, 2, 0, 9, 12, 12, 20, 14, 20, 21, 30]

let acme: LivingOrganization
let entries: readonly OrganizationEvent[]
beforeAll(async () => {
  let now = START
  acme = await foundOrganization({ owners: ['ann'] })
  await acme.seams({ clock: () => now })
  for (const [index, at] of CLOCK.entries()) {
    now = START + at
    await acme.execute(acme.say.addMember(`m${index}`, { role: index % 4 === 0 ? 'admin' : 'member' }))
    await acme.execute(acme.say.inviteMember(`i${index}@walks.test`))
    if (index % 3 === 0) await acme.execute(acme.say.suspendMember(`m${index}`))
    if (index % 5 === 0) await acme.execute(acme.say.cancelInvitation(`i${index}@walks.test`))
  }
  const whole = await acme.read({ type: 'ListEvents', ...log, afterSeq: 0, page: { limit: 100, cursor: null } })
  entries = whole.ok ? whole.value.items : []
})

const seqs = ({ items }: { items: readonly Item[] }) => (items as OrganizationEvent[]).map(({ seq }) => seq)

describe('the log', () => {
  test('has times that never go down, whatever the clock does', () => {
    const times = entries.map(({ occurredAt }) => occurredAt)
    expect(times.length).toBeGreaterThan(40)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
  })

  test('finds by time what a comparison of every entry finds', async () => {
    const times = [-1, 0, 1, 5, 9, 10, 20, 21, 30, 31].map((after) => START + after)
    for (const from of [null, ...times]) {
      for (const to of [null, ...times]) {
        const expected = entries.filter(
          ({ occurredAt }) => (from === null || occurredAt >= from) && (to === null || occurredAt < to),
        )
        const found = await pages(acme, { type: 'ListEvents', ...log, from, to, afterSeq: 0 }, 1_000)
        expect(seqs(found)).toEqual(expected.map(({ seq }) => seq))
      }
    }
  })

  test.each<Partial<EventFilter>>([
    { types: ['member.suspended'] },
    { types: ['member.suspended', 'invitation.canceled', 'role.deleted'] },
    { types: ['member.added'] },
    { types: ['member.suspended', 'member.added'] },
    { types: ['organization.created', 'invitation.created'], from: START + 1 },
  ])('has the same entries in pages that look at few rows: %j', async (filter) => {
    for (const afterSeq of [null, 0]) {
      const query = { type: 'ListEvents', ...log, ...filter, afterSeq } as const
      const [types, from] = [filter.types ?? [], filter.from ?? 0]
      const expected = entries.filter(({ type, occurredAt }) => types.includes(type) && occurredAt >= from)
      const order = afterSeq === null ? expected.toReversed() : expected
      for (const walk of [1, 3, 1_000]) {
        expect(seqs(await pages(acme, query, walk))).toEqual(order.map(({ seq }) => seq))
      }
    }
  })

  test('gives an empty page with a cursor where it has looked at enough rows', async () => {
    const { sizes } = await pages(
      acme,
      { type: 'ListEvents', ...log, types: ['organization.created', 'member.added'] },
      1,
    )
    expect(sizes).toContain(0)
  })
})

const LISTS: readonly List[] = [false, true].flatMap((descending): List[] => [
  ...MEMBER_SORTS.flatMap((by): List[] => [
    { ...ALL, type: 'ListMembers', statuses: ['suspended'], sort: { by, descending } },
    { ...ALL, type: 'ListMembers', statuses: ['active', 'suspended'], role: 'admin', sort: { by, descending } },
    { ...ALL, type: 'ListMembers', statuses: ['active'], search: 'm1', sort: { by, descending } },
  ]),
  ...INVITATION_SORTS.flatMap((by): List[] => [
    { ...ALL, type: 'ListInvitations', statuses: ['canceled'], sort: { by, descending } },
    { ...ALL, type: 'ListInvitations', statuses: ['pending', 'expired'], search: 'i1', sort: { by, descending } },
  ]),
  ...ROSTER_SORTS.flatMap((by): List[] => [
    { ...ALL, type: 'ListRoster', statuses: ['active', 'pending', 'suspended'], sort: { by, descending } },
    { ...ALL, type: 'ListRoster', statuses: ['pending', 'suspended'], sort: { by, descending } },
    { ...ALL, type: 'ListRoster', statuses: ['active', 'pending'], role: 'member', sort: { by, descending } },
    { ...ALL, type: 'ListRoster', statuses: ['active', 'pending'], search: '1', sort: { by, descending } },
  ]),
])

test('lists of people have the same rows in pages that look at few of them', async () => {
  // The two directions take turns among the filters.
  for (const list of LISTS.filter((_, index) => index % 2 === 0)) {
    const whole = await pages(acme, list, 1_000)
    expect(whole.items.length, JSON.stringify(list)).toBeGreaterThan(2)
    expect((await pages(acme, list, 3)).items, JSON.stringify(list)).toEqual(whole.items)
  }
})
