import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { AUTHENTICATION_METHODS, END_REASONS, REFUSAL_REASONS, SIGN_IN_TYPES } from '../membership/authentication.ts'

/*
 * The tables of `LOGS`, a D1 database of its own: what grows with time and may be late. Rows are swept by age. No email, no
 * full IP and no secret is stored here. Times are epoch milliseconds.
 */

/** One row per sign-in and what followed from it. `userId` is null for the operator. */
export const signIns = sqliteTable(
  'sign_ins',
  {
    id: text('id').primaryKey(),
    type: text('type', { enum: SIGN_IN_TYPES }).notNull(),
    occurredAt: integer('occurred_at').notNull(),
    userId: text('user_id'),
    sessionId: text('session_id'),
    /** The operator key that the operator signed in with; null for the root key, and for people. */
    operatorKeyId: text('operator_key_id'),
    /** The organization that was entered, where that is known. */
    organizationId: text('organization_id'),
    method: text('method', { enum: AUTHENTICATION_METHODS }),
    /** As in `Firefox on Windows`. */
    device: text('device'),
    /** The /24 of an IPv4 address, the /48 of an IPv6 address. */
    network: text('network'),
    reason: text('reason', { enum: END_REASONS }),
  },
  (table) => [
    index('sign_ins_time').on(table.occurredAt, table.id),
    index('sign_ins_type').on(table.type, table.occurredAt, table.id),
    index('sign_ins_user').on(table.userId, table.occurredAt, table.id),
    index('sign_ins_organization').on(table.organizationId, table.userId, table.occurredAt, table.id),
  ],
)

/** Refused attempts, added up by hour and network. */
export const refusals = sqliteTable(
  'refusals',
  {
    /** The start of the hour. */
    hour: integer('hour').notNull(),
    network: text('network').notNull(),
    reason: text('reason', { enum: REFUSAL_REASONS }).notNull(),
    count: integer('count').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.hour, table.network, table.reason] }),
    index('refusals_network').on(table.network, table.hour),
  ],
)
