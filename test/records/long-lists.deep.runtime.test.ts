import { beforeAll, describe, expect, test } from 'vitest'
import {
  type EventFilter,
  INVITATION_SORTS,
  MEMBER_SORTS,
  type Query,
  ROSTER_SORTS,
  type Slice,
} from '../../src/membership/queries.ts'
import { foundOrganization, type LivingOrganization } from '../support/living-organization.ts'

/* How many rows SQLite reads for a page in an organization with 100,000 members and 1,000,000 entries in its log. */

const [MEMBERS, INVITATIONS, EVENTS] = [100_000, 100_000, 1_000_000]
const page = { limit: 50, cursor: null }
const log = { types: [], actorId: null, targetId: null, from: null, to: null, afterSeq: null, page } as const
const all = { role: null, search: null, page }
type List = Extract<Query, { type: 'ListEvents' | 'ListMembers' | 'ListInvitations' | 'ListRoster' }>

/** A page that its index leads to, and one that looks at 10,000 rows, once to search and once to see where it stopped. */
const [A_PAGE, A_WALK] = [1_000, 70_000]

let acme: LivingOrganization
beforeAll(async () => {
  acme = await foundOrganization({ owners: ['ann'] })
  await acme.execute(acme.say.inviteMember('first@long.test'))
  await acme.inside((_, { sql }) => {
    copy(sql, 'members', MEMBERS, {
      id: "'mem_' || n",
      user_id: "'usr_' || n",
      email: "'m' || n || '@long.test'",
      name_key: "'m' || n",
      role: "iif(n % 1000 = 0, 'admin', 'member')",
      status: "iif(n % 5000 = 0, 'suspended', 'active')",
      joined_at: 'n',
    })
    copy(sql, 'invitations', INVITATIONS, {
      id: "'inv_' || n",
      email: "'i' || n || '@long.test'",
      name_key: "'i' || n",
      status: "iif(n % 5000 = 0, 'pending', 'accepted')",
      created_at: 'n',
    })
    const next = Number(sql.exec('select max(seq) + 1 as next from events').one().next)
    copy(sql, 'events', EVENTS, {
      seq: `${next} + n`,
      id: "'evt_' || n",
      type: "iif(n % 100000 = 0, 'role.created', iif(n < 100, 'member.added', 'member.profile_updated'))",
      occurred_at: `occurred_at + n`,
      actor_id: "'usr_' || (n % 3)",
      target_id: "'mem_' || (n % 100000)",
    })
  })
}, 600_000)

/** So many rows like the first one of the table, with these columns in its place. */
function copy(sql: SqlStorage, table: string, rows: number, columns: Record<string, string>): void {
  const names = sql.exec<{ name: string }>(`select name from pragma_table_info('${table}')`).toArray()
  const values = names.map(({ name }) => columns[name] ?? name)
  sql.exec(`insert into ${table} with recursive numbers(n) as (select 0 union all select n + 1 from numbers where n < ${rows - 1})
    select ${values} from numbers, (select * from ${table} order by rowid desc limit 1)`)
}

/** A page, and the rows that SQLite has read for it. */
async function cost(list: List): Promise<{ items: number; rows: number }> {
  const cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = []
  await acme.inside((_, { sql }) => {
    const exec = sql.exec.bind(sql)
    const recording = (text: string, ...params: SqlStorageValue[]) => {
      const cursor = exec(text, ...params)
      cursors.push(cursor)
      return cursor
    }
    Object.defineProperty(sql, 'exec', { value: recording, configurable: true })
  })
  const answered = await acme.read(list)
  return acme.inside((_, { sql }) => {
    Reflect.deleteProperty(sql, 'exec')
    if (!answered.ok) throw new Error(answered.error.code)
    const rows = cursors.reduce((sum, { rowsRead }) => sum + rowsRead, 0)
    return { items: (answered.value as Slice<unknown>).items.length, rows }
  })
}

describe('the log', () => {
  test.each<Partial<EventFilter>>([
    {},
    { types: ['role.created'] },
    { types: ['member.profile_updated'] },
    { types: ['role.created', 'role.deleted'], from: 0, to: Date.now() + EVENTS / 2 },
    { from: Date.now() + 1_000, to: Date.now() + EVENTS / 2 },
    { targetId: 'mem_7' },
    { actorId: 'usr_1', to: Date.now() + EVENTS / 2 },
  ])('finds a page by its index: %j', async (filter) => {
    const { items, rows } = await cost({ type: 'ListEvents', ...log, ...filter })
    expect(items).toBeGreaterThan(0)
    expect(rows).toBeLessThan(A_PAGE)
  })

  test.each<Partial<EventFilter>>([
    { types: ['member.added'] },
    { types: ['member.added', 'role.deleted'] },
    { types: ['role.deleted'], actorId: 'usr_1' },
  ])('looks at a limited number of entries for: %j', async (filter) => {
    expect((await cost({ type: 'ListEvents', ...log, ...filter })).rows).toBeLessThan(A_WALK)
  })
})

const LISTS: readonly List[] = [
  ...MEMBER_SORTS.map((by): List => ({ ...all, type: 'ListMembers', statuses: ['active'], sort: sorted(by) })),
  ...INVITATION_SORTS.map(
    (by): List => ({ ...all, type: 'ListInvitations', statuses: ['accepted'], sort: sorted(by) }),
  ),
]

const RARE: readonly List[] = [
  ...MEMBER_SORTS.flatMap((by): List[] => [
    { ...all, type: 'ListMembers', statuses: ['suspended'], sort: sorted(by) },
    { ...all, type: 'ListMembers', statuses: ['active'], role: 'owner', sort: sorted(by) },
    { ...all, type: 'ListMembers', statuses: ['active'], search: 'nobody', sort: sorted(by) },
    {
      ...all,
      type: 'ListMembers',
      statuses: ['active'],
      attributes: [{ slot: 'level', value: 1 }],
      sort: sorted(by),
    },
  ]),
  ...INVITATION_SORTS.map((by): List => ({ ...all, type: 'ListInvitations', statuses: ['pending'], sort: sorted(by) })),
  ...ROSTER_SORTS.flatMap((by): List[] => [
    { ...all, type: 'ListRoster', statuses: ['active', 'pending', 'suspended'], sort: sorted(by) },
    { ...all, type: 'ListRoster', statuses: ['suspended'], role: 'admin', sort: sorted(by) },
    { ...all, type: 'ListRoster', statuses: ['pending'], search: 'nobody', sort: sorted(by) },
  ]),
]

function sorted<By extends string>(by: By): { by: By; descending: boolean } {
  return { by, descending: false }
}

test.each(LISTS)('$type by $sort.by finds a page by its index', async (list) => {
  const { items, rows } = await cost(list)
  expect(items).toBe(page.limit)
  expect(rows).toBeLessThan(A_PAGE)
})

/**
 * Everybody who has never signed in has the same place in that order but for their id. SQLite seeks an index over an expression
 * by the expression alone, so a page that ends among these people reads all of them twice.
 */
const most = (by: (typeof ROSTER_SORTS)[number]) => (by === 'last_sign_in_at' ? A_WALK + 2 * MEMBERS : A_WALK)

test.each(RARE)('$type by $sort.by looks at a limited number of rows, whatever it is filtered by', async (list) => {
  expect((await cost(list)).rows).toBeLessThan(list.type === 'ListRoster' ? most(list.sort.by) : A_WALK)
})
