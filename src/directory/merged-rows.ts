import type { Fetch, Keyset, Order } from '../records/page.ts'
import { askAllForList, type Directory } from './directories.ts'

/**
 * Rows of a list from all directories at once, in the order of the list. Each directory gives its first rows after the
 * position, so the first of all of them together are exactly those of one database with all rows.
 */
export const mergedRows =
  <Row>(
    all: readonly Directory[],
    { keyOf, idOf }: Keyset<Row>,
    { descending }: Order,
    fetchFrom: (database: D1Database) => Fetch<Row>,
  ): Fetch<Row> =>
  async (tier, position, limit, end) => {
    const rows = await askAllForList(all, (database) => fetchFrom(database)(tier, position, limit, end))
    if (all.length === 1) return rows
    const direction = descending ? -1 : 1
    const inOrder = (one: Row, other: Row) =>
      direction * (compare(keyOf(one), keyOf(other)) || compare(idOf(one), idOf(other)))
    return rows.sort(inOrder).slice(0, limit)
  }

/** As SQLite compares: numbers by value, texts by the bytes of their UTF-8 form, which is not the order of JavaScript. */
function compare(one: string | number, other: string | number): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other
  return Buffer.compare(Buffer.from(String(one)), Buffer.from(String(other)))
}
