import { type SQL, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { fold } from './rows.ts'

const textOf = (search: string | null): string | null =>
  search === null || search.trim() === '' ? null : fold(search.trim())

/** Anywhere in any of the columns, case-folded. `instr`, since D1 limits a LIKE pattern to 50 bytes. */
export function matches(search: string | null, ...columns: SQLiteColumn[]): SQL | undefined {
  const text = textOf(search)
  return text === null ? undefined : contains(text, columns)
}

/** The same for texts that are at hand. */
export function hasText(search: string | null, ...texts: string[]): boolean {
  const wanted = textOf(search)
  return wanted === null || texts.some((text) => fold(text).includes(wanted))
}

/**
 * The same in the order of names: first those whose name begins with the text, which its index finds at once however long
 * the list is, then those that have it elsewhere. Without a search, one tier without a condition.
 */
export function matchesByName(
  search: string | null,
  name: SQLiteColumn,
  ...others: SQLiteColumn[]
): (SQL | undefined)[] {
  const text = textOf(search)
  if (text === null) return [undefined]
  const begins = sql`(${name} >= ${text} and ${name} < ${text + LAST_CHARACTER})`
  return [begins, sql`(not ${begins} and ${contains(text, [name, ...others])})`]
}

/** Nothing sorts behind it, so that with it appended a text stands after everything that begins with the text. */
const LAST_CHARACTER = '\u{10FFFF}'

const contains = (text: string, columns: readonly SQLiteColumn[]): SQL =>
  sql`(${sql.join(
    columns.map((column) => sql`instr(${column}, ${text}) > 0`),
    sql` or `,
  )})`
