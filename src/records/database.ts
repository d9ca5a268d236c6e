import type { BaseSQLiteDatabase } from 'drizzle-orm/sqlite-core'

/**
 * Either database, as the query functions see it. Typed as the asynchronous one: the object's own answers at once, and
 * awaiting what is there already lets no other request in between.
 */
export type Database = BaseSQLiteDatabase<'async', unknown>
