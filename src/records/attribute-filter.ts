import { and, type SQL, sql } from 'drizzle-orm'
import type { AttributeFilter } from '../membership/attributes.ts'
import { members } from './tables.ts'

/** Members for whom all of this holds. SQLite has true as 1. */
export const hasAttributes = (filters: readonly AttributeFilter[]): SQL | undefined =>
  and(
    ...filters.map(({ slot, value }) => {
      const wanted = typeof value === 'boolean' ? Number(value) : value
      return sql`json_extract(${members.attributes}, ${`$."${slot}"`}) = ${wanted}`
    }),
  )
