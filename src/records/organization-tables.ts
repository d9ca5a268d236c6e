import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { Actor } from '../membership/actor.ts'
import { apiKeysTable, byVersion, invitationsTable, membersTable, rolesTable } from './tables.ts'

/* The schema of an organization's own SQLite: the shared tables with the relay's indexes, and what never leaves. */

export { events, organizations } from './tables.ts'

// Lists in these orders, and what belongs to a role, are asked of the organization alone.
export const members = membersTable((table) => [
  byVersion('members_version', table),
  index('members_role').on(table.organizationId, table.role, table.id),
  index('members_role_name').on(table.organizationId, table.role, table.nameKey, table.id),
  index('members_signed_in').on(
    table.organizationId,
    sql`(case when last_sign_in_at is null then 0 else last_sign_in_at end)`,
    table.id,
  ),
])
export const invitations = invitationsTable((table) => [
  byVersion('invitations_version', table),
  index('invitations_maker')
    .on(table.makerId, table.role, table.id)
    .where(sql`status = 'pending' and maker_id is not null`),
  index('invitations_email').on(table.organizationId, table.email, table.id),
  index('invitations_expires').on(table.organizationId, table.expiresAt, table.id),
  index('invitations_role')
    .on(table.organizationId, table.role, table.id)
    .where(sql`(status = 'pending' or status = 'expired')`),
])

// Deleted roles and revoked keys stay: without these the relay would look at all of them each time it runs.
export const roles = rolesTable(({ version, key }) => [byVersion('roles_version', { version, id: key })])
export const apiKeys = apiKeysTable((table) => [byVersion('api_keys_version', table)])

/** One row: where the organization stands. Counts are kept here, so that no rule scans rows. */
export const ledger = sqliteTable('ledger', {
  id: integer('id').primaryKey(),
  /** Counts the changes that clients see; `version` counts every commit. */
  revision: integer('revision').notNull(),
  version: integer('version').notNull(),
  eventSeq: integer('event_seq').notNull(),
  eventHash: text('event_hash').notNull(),
  /** Of the last entry. The next one has no earlier time, so that times go up along the log and an entry is found by its time. */
  eventTime: integer('event_time').notNull(),
  activeMembers: integer('active_members').notNull(),
  activeOwners: integer('active_owners').notNull(),
  suspendedMembers: integer('suspended_members').notNull(),
  removedMembers: integer('removed_members').notNull(),
  /** All rows with status pending, those past their time included. */
  pendingInvitations: integer('pending_invitations').notNull(),
  mailDay: integer('mail_day').notNull(),
  mailCount: integer('mail_count').notNull(),
})

/** One row: which directory has the organization's copy, by the name of its binding. Written with the creation, for good. */
export const placement = sqliteTable('placement', {
  id: integer('id').primaryKey(),
  directory: text('directory').notNull(),
})

/** Who is called what by which source. Members say the same; this finds them and keeps each id unique. */
export const externalIds = sqliteTable(
  'external_ids',
  {
    source: text('source').notNull(),
    externalId: text('external_id').notNull(),
    memberId: text('member_id').notNull(),
  },
  (table) => [primaryKey({ columns: [table.source, table.externalId] })],
)

/** One row: up to which version the directory has everything. */
export const directoryProgress = sqliteTable('directory_progress', {
  id: integer('id').primaryKey(),
  version: integer('version').notNull(),
  /** JSON: of a large change that goes in several batches, the last row sent of each table, in the order of (version, id). */
  positions: text('positions').notNull(),
})

/** What the alarm has to look after, by lane of the relay. The alarm is always the earliest of these times. */
export const due = sqliteTable('due', {
  lane: text('lane').primaryKey(),
  at: integer('at').notNull(),
  /** The time of the oldest commit that may not have arrived. */
  since: integer('since').notNull(),
})

/** Entries of the log whose personal data was erased, and the later entry that says so. */
export const erasedEntries = sqliteTable('erased_entries', {
  seq: integer('seq').primaryKey(),
  erasureSeq: integer('erasure_seq').notNull(),
})

/** Invitations that ended with the permissions of their makers and that the log does not mention yet. */
export const unloggedEndings = sqliteTable('unlogged_endings', {
  id: integer('id').primaryKey(),
  invitationId: text('invitation_id').notNull(),
  /** Who ended them. */
  actor: text('actor', { mode: 'json' }).$type<Actor>().notNull(),
})

/**
 * Messages that wait for the queue, as many to a row as the queue takes in one call. Ids go up with the version of their commit
 * and are never given out again, so the relay may remember the last id that the queue has, and delete rows later.
 */
export const outbox = sqliteTable('outbox', {
  id: integer('id').primaryKey(),
  /** A JSON array of `OrganizationMessage`. */
  messages: text('messages').notNull(),
})

/** Answers kept for repeated calls. `key` is a hash over credential, route and the caller's key. */
export const idempotency = sqliteTable(
  'idempotency',
  {
    key: text('key').primaryKey(),
    fingerprint: text('fingerprint').notNull(),
    value: text('value', { mode: 'json' }).notNull(),
    revision: integer('revision').notNull(),
    /** Of the resource that the answer shows, if it is one. */
    rowRevision: integer('row_revision'),
    expiresAt: integer('expires_at').notNull(),
  },
  (table) => [index('idempotency_expires').on(table.expiresAt)],
)
