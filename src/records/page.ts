import { createHash } from 'node:crypto'
import { type SQL, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import type { Page, Slice } from '../membership/queries.ts'
import { ok, type Result, refuse } from '../membership/result.ts'

export interface BrokenCursor {
  readonly code: 'invalid'
  readonly path: 'cursor'
  readonly message: string
}

export const FOREIGN_CURSOR: BrokenCursor = {
  code: 'invalid',
  path: 'cursor',
  message: 'This cursor is not of this list.',
}

type Key = string | number

/** The order of a list, which makes every row's place unique. */
export interface Order {
  readonly key: SQL | SQLiteColumn
  readonly id: SQL | SQLiteColumn
  readonly descending: boolean
}

/** `scope` names the list with its filters and order: a cursor works in no other. */
export interface Keyset<Row> {
  readonly scope: readonly unknown[]
  readonly keyOf: (row: Row) => Key
  readonly idOf: (row: Row) => Key
}

/** The last row that was shown. */
export interface Position {
  readonly tier: number
  readonly key: Key
  readonly id: Key
}

/** SQLite seeks an index over an expression by the comparison of the key alone, never by that of the pair. */
export function continues({ key, id, descending }: Order, position: Position | null): SQL | undefined {
  if (position === null) return undefined
  const beyond = sql.raw(descending ? '<' : '>')
  return sql`${key} ${beyond}= ${position.key} and (${key}, ${id}) ${beyond} (${position.key}, ${position.id})`
}

/** The rows up to that one, and that one. */
export function endsAt({ key, id, descending }: Order, end: Place | null): SQL | undefined {
  if (end === null) return undefined
  const before = sql.raw(descending ? '>=' : '<=')
  return sql`${key} ${before} ${end.key} and (${key}, ${id}) ${before} (${end.key}, ${end.id})`
}

export function orderOf({ key, id, descending }: Order): SQL[] {
  const direction = sql.raw(descending ? 'desc' : 'asc')
  return [sql`${key} ${direction}`, sql`${id} ${direction}`]
}

export type Place = Pick<Position, 'key' | 'id'>
/** Rows from behind that position on, up to an end if there is one. */
export type Fetch<Row> = (tier: number, from: Position | null, limit: number, end: Place | null) => Promise<Row[]>
/**
 * Where the search for a page stopped, because it had looked at enough rows. Null: it got as far as the last row of the page, or, if
 * the page is not full, to the end of the list.
 */
export type WalkEnd<Row> = (tier: number, from: Position | null, last: Row | null) => Promise<Place | null>

/**
 * Keyset paging: rows in the order of (key, id), continued after the last one seen, so that rows that come or go meanwhile
 * neither skip nor repeat those that stay. A list may have several tiers, each in that order, one after the other: the
 * best matches of a search come first. One row more than asked for says whether there is a next page. Where a page looks at a
 * limited number of rows, `walkEnd` says where it stopped: the page then has fewer items than asked for, and the next one goes on.
 */
export async function readPage<Row, Item>(
  keyset: Keyset<Row>,
  page: Page,
  tiers: number,
  fetch: Fetch<Row>,
  item: (row: Row) => Item,
  walkEnd: WalkEnd<Row> = async () => null,
): Promise<Result<Slice<Item>, BrokenCursor>> {
  const start = page.cursor === null ? null : decode(page.cursor, keyset.scope)
  if (start === null && page.cursor !== null) {
    return refuse(FOREIGN_CURSOR)
  }
  const found: { row: Row; tier: number }[] = []
  for (let tier = start?.tier ?? 0; tier < tiers && found.length <= page.limit; tier += 1) {
    const [from, wanted] = [tier === start?.tier ? start : null, page.limit + 1 - found.length]
    const rows = await fetch(tier, from, wanted, null)
    const end = await walkEnd(tier, from, rows[wanted - 1] ?? null)
    for (const row of end === null ? rows : await fetch(tier, from, wanted, end)) found.push({ row, tier })
    if (end !== null) {
      return ok({ items: found.map(({ row }) => item(row)), nextCursor: encode({ tier, ...end }, keyset.scope) })
    }
  }
  const shown = found.slice(0, page.limit)
  const last = shown.at(-1)
  const nextCursor =
    found.length > page.limit && last !== undefined
      ? encode({ tier: last.tier, key: keyset.keyOf(last.row), id: keyset.idOf(last.row) }, keyset.scope)
      : null
  return ok({ items: shown.map(({ row }) => item(row)), nextCursor })
}

const scopeTag = (scope: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(scope)).digest('base64url').slice(0, 10)

const encode = ({ tier, key, id }: Position, scope: readonly unknown[]): string =>
  Buffer.from(JSON.stringify([scopeTag(scope), tier, key, id])).toString('base64url')

function decode(cursor: string, scope: readonly unknown[]): Position | null {
  let parts: unknown
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString())
  } catch {
    return null
  }
  if (!Array.isArray(parts) || parts.length !== 4 || parts[0] !== scopeTag(scope)) return null
  const [, tier, key, id] = parts as unknown[]
  const isKey = (value: unknown): value is Key => typeof value === 'string' || Number.isSafeInteger(value)
  return Number.isSafeInteger(tier) && isKey(key) && isKey(id) ? { tier: tier as number, key, id } : null
}
