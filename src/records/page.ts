import { createHash } from 'node:crypto'
import { type SQL, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import type { Page, Slice } from '../membership/queries.ts'
import { type Result, refuse } from '../membership/result.ts'

export interface BrokenCursor {
  readonly code: 'invalid'
  readonly path: 'cursor'
  readonly message: string
}

type Key = string | number

/**
 * Keyset paging: rows in the order of (key, id), continued after the last one seen, so that rows that come or go meanwhile
 * neither skip nor repeat those that stay. `scope` names the list with its filters and order; a cursor works in no other.
 */
export interface Order {
  readonly scope: readonly unknown[]
  readonly key: SQL | SQLiteColumn
  readonly id: SQL | SQLiteColumn
  readonly descending: boolean
}

export interface Keyset<Row> extends Order {
  readonly keyOf: (row: Row) => Key
  readonly idOf: (row: Row) => Key
}

/** The condition that continues after the cursor, or null at the start of the list. */
export function after(order: Order, page: Page): Result<SQL | undefined, BrokenCursor> {
  if (page.cursor === null) return { ok: true, value: undefined }
  const position = decode(page.cursor, order.scope)
  if (position === null) return refuse({ code: 'invalid', path: 'cursor', message: 'This cursor is not of this list.' })
  const comparison = sql.raw(order.descending ? '<' : '>')
  return { ok: true, value: sql`(${order.key}, ${order.id}) ${comparison} (${position[0]}, ${position[1]})` }
}

export function orderOf({ key, id, descending }: Order): SQL[] {
  const direction = sql.raw(descending ? 'desc' : 'asc')
  return [sql`${key} ${direction}`, sql`${id} ${direction}`]
}

/** Rows are asked for with one more than the limit: whether it is there says whether there is a next page. */
export function slice<Row, Item>(
  rows: readonly Row[],
  keyset: Keyset<Row>,
  page: Page,
  item: (row: Row) => Item,
): Slice<Item> {
  const shown = rows.slice(0, page.limit)
  const last = shown.at(-1)
  const more = rows.length > page.limit && last !== undefined
  return {
    items: shown.map(item),
    nextCursor: more ? encode([keyset.keyOf(last), keyset.idOf(last)], keyset.scope) : null,
  }
}

const scopeTag = (scope: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(scope)).digest('base64url').slice(0, 10)

const encode = (position: [Key, Key], scope: readonly unknown[]): string =>
  Buffer.from(JSON.stringify([scopeTag(scope), ...position])).toString('base64url')

function decode(cursor: string, scope: readonly unknown[]): [Key, Key] | null {
  let parts: unknown
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString())
  } catch {
    return null
  }
  if (!Array.isArray(parts) || parts.length !== 3 || parts[0] !== scopeTag(scope)) return null
  const [, key, id] = parts as unknown[]
  const isKey = (value: unknown): value is Key => typeof value === 'string' || Number.isSafeInteger(value)
  return isKey(key) && isKey(id) ? [key, id] : null
}
