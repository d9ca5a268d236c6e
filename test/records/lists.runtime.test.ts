import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { INVITATION_SORTS, MEMBER_SORTS, type Query, ROSTER_SORTS, type Slice } from '../../src/membership/queries.ts'
import { foundOrganization, type LivingOrganization } from '../support/living-organization.ts'

type List = Extract<Query, { type: 'ListMembers' | 'ListInvitations' | 'ListRoster' }>
const start = { limit: 100, cursor: null }
const whole = { role: null, search: null, page: start }

const LISTS: readonly List[] = [false, true].flatMap((descending): List[] => [
  ...MEMBER_SORTS.map(
    (by): List => ({ ...whole, type: 'ListMembers', statuses: ['active', 'suspended'], sort: { by, descending } }),
  ),
  ...INVITATION_SORTS.map(
    (by): List => ({ ...whole, type: 'ListInvitations', statuses: ['pending', 'canceled'], sort: { by, descending } }),
  ),
  ...ROSTER_SORTS.map(
    (by): List => ({
      ...whole,
      type: 'ListRoster',
      statuses: ['active', 'pending', 'suspended'],
      sort: { by, descending },
    }),
  ),
])

interface Item {
  readonly id: string
}

async function page(acme: LivingOrganization, query: List, limit: number, cursor: string | null): Promise<Slice<Item>> {
  const answer = await acme.read({ ...query, page: { limit, cursor } } as List)
  if (!answer.ok) throw new Error(answer.error.code)
  return answer.value
}

/** All pages of a list, with something that may happen between them. */
async function pages(acme: LivingOrganization, query: List, limit: number, between = async () => {}): Promise<Item[]> {
  const items: Item[] = []
  for (let cursor: string | null = null; ; ) {
    const slice: Slice<Item> = await page(acme, query, limit, cursor)
    items.push(...slice.items)
    if (slice.nextCursor === null) return items
    cursor = slice.nextCursor
    await between()
  }
}

describe.each(LISTS)('$type by $sort.by, descending: $sort.descending', (query) => {
  let acme: LivingOrganization
  beforeAll(async () => {
    acme = await peopled()
  })

  test('page by page it is the same list as in one piece, whatever the size of a page', async () => {
    const inOnePiece = await pages(acme, query, 100)
    expect(inOnePiece.length).toBeGreaterThan(10)

    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 30 }), async (limit) => {
        expect(await pages(acme, query, limit)).toEqual(inOnePiece)
      }),
      { numRuns: 5 },
    )
  })

  test('who comes or goes between pages makes nobody else appear twice or not at all', async () => {
    const staying = (await pages(acme, query, 100)).map(({ id }) => id)
    let count = 0

    const seen = await pages(acme, query, 4, async () => {
      count += 1
      const email = `${count % 2 === 0 ? 'a' : 'z'}-${query.sort.by}-${query.sort.descending}-${count}@x.test`
      await acme.execute(acme.say.inviteMember(email))
      await acme.execute(acme.say.addMember(`new-${email}`))
    })

    const among = seen.map(({ id }) => id).filter((id) => staying.includes(id))
    expect(among).toEqual(staying)
  })

  test('its cursor works in no other list', async () => {
    const { nextCursor } = await page(acme, query, 1, null)
    const other = LISTS.find((list) => list !== query && list.type === query.type) ?? query

    expect(await acme.read({ ...other, page: { limit: 1, cursor: nextCursor } } as List)).toMatchObject({
      ok: false,
      error: { code: 'invalid', path: 'cursor' },
    })
  })
})

test.each(['', 'x', 'bm90IGpzb24', 'W10', 'WzEsMiwzXQ', '🙂'])('%j is no cursor', async (cursor) => {
  const acme = await foundOrganization({ owners: ['ann'] })
  for (const list of LISTS) {
    expect(await acme.read({ ...list, page: { limit: 1, cursor } } as List)).toMatchObject({
      ok: false,
      error: { code: 'invalid', path: 'cursor' },
    })
  }
})

/** Names and times that are alike, in both halves of the roster, so that the order must come from more than the key. */
async function peopled(): Promise<LivingOrganization> {
  const acme = await foundOrganization({ owners: ['ann'] })
  const names = ['Ann', 'ann', 'Ánn', 'Zoë', 'Zoë', 'ß', '🙂', 'O’Neill', "O'Neill", '%', '_']
  for (const [index, name] of names.entries()) {
    await acme.execute(acme.say.addMember(`m${index}`, { profile: { name } }))
    await acme.execute(acme.say.inviteMember(`i${index}@x.test`, { name }))
  }
  await acme.execute(acme.say.suspendMember('m3'))
  await acme.execute(acme.say.cancelInvitation('i3@x.test'))
  await acme.execute(acme.say.removeMember('m4'))
  return acme
}
