import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import type { InvitationMessage } from '../contract/mail-message.ts'

/* The schema of D1: the shared tables of all organizations, and what belongs to no single one and is decided here. */

export * from './account-tables.ts'
export { apiKeys, invitations, members, organizations, roles } from './tables.ts'

/** One row: what the operator has set; what is absent has its default. */
export const settings = sqliteTable('settings', {
  id: integer('id').primaryKey(),
  value: text('value', { mode: 'json' }).$type<Record<string, unknown>>().notNull(),
  updatedAt: integer('updated_at').notNull(),
})

/** Who holds a slug. The primary key is the decision: the first insert wins, wherever it came from. */
export const slugClaims = sqliteTable(
  'slug_claims',
  {
    slug: text('slug').primaryKey(),
    organizationId: text('organization_id').notNull(),
    claimedAt: integer('claimed_at').notNull(),
  },
  (table) => [
    index('slug_claims_organization').on(table.organizationId),
    index('slug_claims_claimed').on(table.claimedAt),
  ],
)

/** Which organizations a person has created: counted before another may be. Null: created by the operator for nobody. */
export const creationClaims = sqliteTable(
  'creation_claims',
  {
    organizationId: text('organization_id').primaryKey(),
    createdBy: text('created_by'),
    claimedAt: integer('claimed_at').notNull(),
    /** Set once the organization exists: such a claim is never swept. */
    confirmed: integer('confirmed', { mode: 'boolean' }).notNull(),
  },
  (table) => [
    index('creation_claims_creator').on(table.createdBy),
    index('creation_claims_open').on(table.claimedAt).where(sql`confirmed = 0`),
  ],
)

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
  },
  (table) => [
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

/** One row: the last run of what cron does. */
export const sweeps = sqliteTable('sweeps', {
  id: integer('id').primaryKey(),
  at: integer('at').notNull(),
  /** Names of the chores that came to no end. */
  failed: text('failed', { mode: 'json' }).$type<readonly string[]>().notNull(),
})

export const MAIL_ATTEMPT_STATUSES = [
  'sending',
  'unanswered',
  'repeating',
  'sent',
  'failed',
  'dropped',
  'blocked',
] as const

/**
 * One row per mail, claimed before it is handed to the provider: a message delivered twice is sent once. `unanswered`:
 * the mail server had the whole mail and did not say whether it took it, so that it is sent once more, hours later, which is
 * `repeating`; `dropped`: the mail had no purpose any more.
 */
export const mailAttempts = sqliteTable(
  'mail_attempts',
  {
    messageId: text('message_id').primaryKey(),
    status: text('status', { enum: MAIL_ATTEMPT_STATUSES }).notNull(),
    claimedAt: integer('claimed_at').notNull(),
  },
  (table) => [index('mail_attempts_claimed').on(table.claimedAt)],
)

/** Who wants no more invitations. `email` is null once the account of the person is deleted. */
export const mailBlocks = sqliteTable(
  'mail_blocks',
  {
    id: text('id').primaryKey(),
    emailHash: text('email_hash').notNull(),
    email: text('email'),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [
    uniqueIndex('mail_blocks_email').on(table.emailHash),
    index('mail_blocks_created').on(table.createdAt, table.id),
  ],
)

/** Invitation mails that wait for room under the limits of the deployment. */
export const delayedMails = sqliteTable(
  'delayed_mails',
  {
    messageId: text('message_id').primaryKey(),
    organizationId: text('organization_id').notNull(),
    recipient: text('recipient').notNull(),
    message: text('message', { mode: 'json' }).$type<InvitationMessage>().notNull(),
    /** Of a new organization that the operator has not created. */
    isNew: integer('is_new', { mode: 'boolean' }).notNull(),
    /** It waits for the recipient's share, not for that of its sender. */
    inLine: integer('in_line', { mode: 'boolean' }).notNull(),
    queuedAt: integer('queued_at').notNull(),
    notBefore: integer('not_before').notNull(),
    /** When cron last brought it to the queue; null while it waits. */
    releasedAt: integer('released_at'),
  },
  (table) => [
    index('delayed_mails_due').on(table.isNew, table.notBefore, table.queuedAt),
    index('delayed_mails_recipient').on(table.recipient, table.isNew, table.queuedAt),
  ],
)

/** Local development only: the mails as their recipients would have them. */
export const mailbox = sqliteTable(
  'mailbox',
  {
    id: text('id').primaryKey(),
    toAddress: text('to_address').notNull(),
    subject: text('subject').notNull(),
    text: text('text').notNull(),
    html: text('html').notNull(),
    links: text('links', { mode: 'json' }).$type<string[]>().notNull(),
    sentAt: integer('sent_at').notNull(),
  },
  (table) => [index('mailbox_to').on(table.toAddress, table.sentAt), index('mailbox_sent').on(table.sentAt)],
)

/** Answers kept for repeated calls that create what belongs to no organization yet. `key` is a hash, as in the object. */
export const creationAnswers = sqliteTable(
  'creation_answers',
  {
    key: text('key').primaryKey(),
    fingerprint: text('fingerprint').notNull(),
    /** The id that the first call chose: a repeated call goes on with it, wherever the first one stopped. */
    resourceId: text('resource_id').notNull(),
    /** The body of the first answer, once there was one. */
    answer: text('answer', { mode: 'json' }).$type<Record<string, unknown>>(),
    /** Of the organization in that answer. */
    rowRevision: integer('row_revision'),
    expiresAt: integer('expires_at').notNull(),
  },
  (table) => [index('creation_answers_expires').on(table.expiresAt)],
)
