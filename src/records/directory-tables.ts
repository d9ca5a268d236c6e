import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { invitationsTable } from './tables.ts'

/*
 * The tables of `DIRECTORY`, a D1 database: copies of the organizations' own rows, and how far each organization's copy has
 * come. Everything here can be made again from the organizations, except the checkpoints of their logs.
 */

export { apiKeys, members, organizations, roles } from './tables.ts'
/** Here an address leads to invitations of many organizations. */
export const invitations = invitationsTable(({ email, organizationId, sentAt }) => [
  index('invitations_email').on(email, organizationId, sentAt),
])

/** How far each organization's rows have come; `head` ahead of `projected` for long means that its relay lags. */
export const projections = sqliteTable(
  'projections',
  {
    organizationId: text('organization_id').primaryKey(),
    headVersion: integer('head_version').notNull(),
    projectedVersion: integer('projected_version').notNull(),
    /** The organization's revision at the head. */
    revision: integer('revision').notNull(),
    projectedAt: integer('projected_at').notNull(),
    /** The last entry of the log at that time, and its hash. */
    logSeq: integer('log_seq').notNull(),
    logHash: text('log_hash').notNull(),
    /** Since when mails of the organization wait that cannot be handed to the queue. Null: none do. */
    mailWaitingSince: integer('mail_waiting_since'),
  },
  (table) => [
    index('projections_mail_waiting').on(table.mailWaitingSince).where(sql`mail_waiting_since is not null`),
    index('projections_lagging').on(table.projectedAt).where(sql`head_version > projected_version`),
    index('projections_unfinished').on(table.projectedAt).where(sql`head_version = 0`),
  ],
)

/**
 * Hashes of log entries, as the organization had them when it first told the directory: one for every few entries.
 * Rewriting the log in the organization's own storage does not change these. The first one of a block stays.
 */
export const logCheckpoints = sqliteTable(
  'log_checkpoints',
  {
    organizationId: text('organization_id').notNull(),
    /** Of `blockOf`. */
    block: integer('block').notNull(),
    seq: integer('seq').notNull(),
    /** Hexadecimal, as in the entry. */
    hash: text('hash').notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.block] })],
)

/**
 * Organizations that were erased a short time ago. A projection that was still on its way then must not bring rows back, so
 * none of an organization listed here is written.
 */
export const erasedOrganizations = sqliteTable(
  'erased_organizations',
  {
    organizationId: text('organization_id').primaryKey(),
    erasedAt: integer('erased_at').notNull(),
  },
  (table) => [index('erased_organizations_erased').on(table.erasedAt)],
)
