import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import type { AccountMail, InvitationMessage } from '../contract/mail-message.ts'
import { VIA_TYPES } from '../membership/actor.ts'
import { ATTRIBUTE_TYPES, type AttributeValues } from '../membership/attributes.ts'
import { ENVIRONMENT_EVENT_TYPES } from '../membership/environment-event.ts'
import { OPERATOR_ACCESS } from '../membership/operator-key.ts'
import { SIGN_IN_METHODS } from '../membership/sign-in.ts'

/*
 * The tables of `ACCOUNTS`, a D1 database: what belongs to no single organization and is decided here. These are people and
 * how they prove who they are, settings, claims, the deployment's own log, and mails. Times are epoch milliseconds. No
 * secret is stored here: sessions by the hash of their token, codes and links not at all, since they are derived from the id
 * of their challenge and a key of the deployment.
 */

export const users = sqliteTable(
  'users',
  {
    id: text('id').primaryKey(),
    email: text('email').notNull(),
    emailVerified: integer('email_verified', { mode: 'boolean' }).notNull(),
    name: text('name'),
    nameKey: text('name_key').notNull(),
    attributes: text('attributes', { mode: 'json' }).$type<AttributeValues>().notNull(),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
    lastSignInAt: integer('last_sign_in_at'),
    /** Where they were last; the organization that a new session starts in. */
    lastOrganizationId: text('last_organization_id'),
    /** Raised by every change that the person's member rows repeat: name, address, attributes, last sign-in. */
    revision: integer('revision').notNull().default(1),
    /** Up to which revision all their organizations surely have it. */
    settledRevision: integer('settled_revision').notNull().default(1),
    /** Tokens that trusted issuers issued up to then are refused. Null: none are. */
    tokensValidFrom: integer('tokens_valid_from'),
    /** The invitation whose link alone opened this account. No other link does. Null: none has. */
    openedBy: text('opened_by'),
    /** Set once the account is being deleted: nobody signs in to it, and the sweep finishes what was begun. */
    closingAt: integer('closing_at'),
  },
  (table) => [
    uniqueIndex('users_email').on(table.email),
    index('users_name').on(table.nameKey, table.id),
    index('users_unsettled').on(table.updatedAt).where(sql`settled_revision < revision`),
    index('users_closing').on(table.closingAt).where(sql`closing_at is not null`),
  ],
)

/** Signed-in browsers and clients. A row goes when it is revoked or over. */
export const sessions = sqliteTable(
  'sessions',
  {
    id: text('id').primaryKey(),
    /** SHA-256 of the token, hexadecimal. */
    tokenHash: text('token_hash').notNull(),
    userId: text('user_id').notNull(),
    method: text('method', { enum: SIGN_IN_METHODS }).notNull(),
    organizationId: text('organization_id'),
    /** The only organization that the session reaches, since an invitation link alone began it. Null: it reaches everything. */
    reachOrganizationId: text('reach_organization_id'),
    userAgent: text('user_agent'),
    createdAt: integer('created_at').notNull(),
    /** The last proof by a mailed code or link. Null: the session began without one. */
    authenticatedAt: integer('authenticated_at'),
    lastSeenAt: integer('last_seen_at').notNull(),
    /** Moves on with use, up to a fixed age. */
    expiresAt: integer('expires_at').notNull(),
  },
  (table) => [
    uniqueIndex('sessions_token').on(table.tokenHash),
    index('sessions_user').on(table.userId, table.lastSeenAt),
    index('sessions_expires').on(table.expiresAt),
  ],
)

/** What an invitation link says, without its signature. */
interface InvitedBy {
  readonly organizationId: string
  readonly invitationId: string
  readonly sendNumber: number
}

export const CHALLENGE_PURPOSES = ['sign_in', 'email_change', 'reauthentication'] as const

/** Proof of an address that is under way: one per purpose and subject, so that only the newest mail counts. */
export const emailChallenges = sqliteTable(
  'email_challenges',
  {
    purpose: text('purpose', { enum: CHALLENGE_PURPOSES }).notNull(),
    /** The address itself to sign in; the user's id to change the address; the session or identity that gets the proof. */
    subject: text('subject').notNull(),
    id: text('id').notNull(),
    email: text('email').notNull(),
    /** The invitation that the proof accepts as well. Null: it only signs in. */
    invitation: text('invitation', { mode: 'json' }).$type<InvitedBy>(),
    createdAt: integer('created_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.purpose, table.subject] }),
    uniqueIndex('email_challenges_id').on(table.id),
    index('email_challenges_expires').on(table.expiresAt),
  ],
)

/** Where an account has signed in before. */
export const devices = sqliteTable(
  'devices',
  {
    userId: text('user_id').notNull(),
    /** SHA-256 of the device's id, hexadecimal. */
    idHash: text('id_hash').notNull(),
    firstSeenAt: integer('first_seen_at').notNull(),
    lastSeenAt: integer('last_seen_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.idHash] }), index('devices_last_seen').on(table.lastSeenAt)],
)

/** Exact counters of what may be tried only so often. `key` is a hash: neither addresses nor networks stand here. */
export const attempts = sqliteTable(
  'attempts',
  {
    key: text('key').primaryKey(),
    count: integer('count').notNull(),
    /** When the count starts again. */
    expiresAt: integer('expires_at').notNull(),
  },
  (table) => [index('attempts_expires').on(table.expiresAt)],
)

/** Who someone is at a trusted issuer (OpenID Connect Core 1.0, section 2: `iss` and `sub` together). */
export const identities = sqliteTable(
  'identities',
  {
    id: text('id').notNull(),
    issuer: text('issuer').notNull(),
    subject: text('subject').notNull(),
    userId: text('user_id').notNull(),
    createdAt: integer('created_at').notNull(),
    /** The last proof by a mailed code, made with a token of this identity. */
    authenticatedAt: integer('authenticated_at'),
    /** Set once it is unlinked. The row stays, so that tokens issued before do not link it again. */
    unlinkedAt: integer('unlinked_at'),
    /** When it was last unlinked before it was linked again: tokens issued up to then stay refused. */
    tokensValidFrom: integer('tokens_valid_from'),
  },
  (table) => [
    primaryKey({ columns: [table.issuer, table.subject] }),
    uniqueIndex('identities_id').on(table.id),
    index('identities_user').on(table.userId, table.createdAt),
  ],
)

/** Changes of email that the former email can take back, by a link that was mailed to it. */
export const addressChanges = sqliteTable(
  'address_changes',
  {
    id: text('id').primaryKey(),
    userId: text('user_id').notNull(),
    formerEmail: text('former_email').notNull(),
    changedAt: integer('changed_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
  },
  (table) => [
    index('address_changes_user').on(table.userId, table.changedAt),
    index('address_changes_expires').on(table.expiresAt),
  ],
)

/**
 * Emails that an account had before, and, for some time after its deletion, the last one as well: by them the invitations of
 * a person are found that are to be erased.
 */
export const formerEmails = sqliteTable(
  'former_emails',
  {
    userId: text('user_id').notNull(),
    email: text('email').notNull(),
    /** The email was the person's until then; later invitations to it are about another person. */
    until: integer('until').notNull(),
    /** When the account was deleted. Null: there still is an account. */
    deletedAt: integer('deleted_at'),
    /** Until then the sweep looks for what is left of the person, and then the row is deleted. */
    soughtUntil: integer('sought_until'),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.email] }),
    index('former_emails_sought').on(table.soughtUntil).where(sql`sought_until is not null`),
  ],
)

/** Mails about accounts, written in the same batch as the change they are about. A row is deleted once the mail is queued. */
export const accountMails = sqliteTable(
  'account_mails',
  {
    id: text('id').primaryKey(),
    message: text('message', { mode: 'json' }).$type<AccountMail>().notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [index('account_mails_created').on(table.createdAt)],
)

/** Keys that the root key has made. Revoked ones stay, so that events name them. */
export const operatorKeys = sqliteTable(
  'operator_keys',
  {
    id: text('id').primaryKey(),
    name: text('name').notNull(),
    access: text('access', { enum: OPERATOR_ACCESS }).notNull(),
    /** SHA-256 of the secret, hexadecimal. */
    secretHash: text('secret_hash').notNull(),
    lastFour: text('last_four').notNull(),
    createdAt: integer('created_at').notNull(),
    expiresAt: integer('expires_at'),
    revokedAt: integer('revoked_at'),
    lastUsedAt: integer('last_used_at'),
  },
  (table) => [
    uniqueIndex('operator_keys_secret').on(table.secretHash),
    index('operator_keys_name').on(table.name).where(sql`revoked_at is null`),
  ],
)

/** The operator signed in to the portal. */
export const operatorSessions = sqliteTable(
  'operator_sessions',
  {
    /** HMAC-SHA-256 of the token under the root key, hexadecimal: with another root key no session is found. */
    tokenHash: text('token_hash').primaryKey(),
    /** Null: signed in with the root key. */
    keyId: text('key_id'),
    createdAt: integer('created_at').notNull(),
    lastSeenAt: integer('last_seen_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
  },
  (table) => [index('operator_sessions_key').on(table.keyId), index('operator_sessions_expires').on(table.expiresAt)],
)

/** What the product wants to know about people, in the order it is asked. */
export const userAttributes = sqliteTable('user_attributes', {
  key: text('key').primaryKey(),
  label: text('label').notNull(),
  type: text('type', { enum: ATTRIBUTE_TYPES }).notNull(),
  options: text('options', { mode: 'json' }).$type<readonly string[]>(),
  required: integer('required', { mode: 'boolean' }).notNull(),
  userEditable: integer('user_editable', { mode: 'boolean' }).notNull(),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
})

/** What happened in the deployment outside of any one organization. Written in the same batch as what it tells of. */
export const environmentEvents = sqliteTable(
  'environment_events',
  {
    seq: integer('seq').primaryKey({ autoIncrement: true }),
    id: text('id').notNull(),
    type: text('type', { enum: ENVIRONMENT_EVENT_TYPES }).notNull(),
    occurredAt: integer('occurred_at').notNull(),
    actorType: text('actor_type').notNull(),
    actorId: text('actor_id'),
    viaType: text('via_type', { enum: VIA_TYPES }),
    viaId: text('via_id'),
    targetType: text('target_type').notNull(),
    targetId: text('target_id').notNull(),
    data: text('data', { mode: 'json' }).$type<Record<string, unknown>>().notNull(),
  },
  (table) => [
    index('environment_events_target').on(table.targetId, table.seq),
    index('environment_events_actor').on(table.actorId, table.seq),
    index('environment_events_deletions').on(table.occurredAt).where(sql`type = 'user.deleted'`),
  ],
)

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
    /**
     * When the organization last claimed a slug, this one or another, so that this one may be in use or not. Null: the
     * organization is known to use it.
     */
    unsettledAt: integer('unsettled_at'),
  },
  (table) => [
    index('slug_claims_organization').on(table.organizationId),
    index('slug_claims_unsettled').on(table.unsettledAt).where(sql`unsettled_at is not null`),
  ],
)

/** Which organizations a person has created: counted before another may be. Null: created by the operator for nobody. */
export const creationClaims = sqliteTable(
  'creation_claims',
  {
    organizationId: text('organization_id').primaryKey(),
    createdBy: text('created_by'),
    /** The owner that the organization was created with. */
    ownerId: text('owner_id'),
    /** The directory that has the organization's copy, by the name of its binding. Never changes. */
    directory: text('directory').notNull(),
    claimedAt: integer('claimed_at').notNull(),
    /** Set once the organization exists: such a claim is never swept. */
    confirmed: integer('confirmed', { mode: 'boolean' }).notNull(),
  },
  (table) => [
    index('creation_claims_creator').on(table.createdBy),
    index('creation_claims_owner').on(table.ownerId),
    index('creation_claims_open').on(table.claimedAt).where(sql`confirmed = 0`),
  ],
)

/** One row: the last run of what cron does. */
export const sweeps = sqliteTable('sweeps', {
  id: integer('id').primaryKey(),
  at: integer('at').notNull(),
  /** Names of the chores that failed. */
  failed: text('failed', { mode: 'json' }).$type<readonly string[]>().notNull(),
  /** Names of the chores that had more to do than fitted into the run. The next run goes on with them. */
  unfinished: text('unfinished', { mode: 'json' }).$type<readonly string[]>().notNull(),
})

/** How far each chore of cron has come that takes several runs. */
export const sweepPositions = sqliteTable('sweep_positions', {
  name: text('name').primaryKey(),
  /** The last candidate that had its turn. Null: the round is over. */
  after: text('after'),
  roundBeganAt: integer('round_began_at').notNull(),
  /** How long the last finished round took. Null: none is finished. */
  lastRoundMs: integer('last_round_ms'),
})

/** What cron has queued a short time ago, so that it is not queued again while it may be on its way. */
export const sweepMarks = sqliteTable(
  'sweep_marks',
  {
    chore: text('chore').notNull(),
    /** An organization or a person. */
    subject: text('subject').notNull(),
    queuedAt: integer('queued_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.chore, table.subject] }), index('sweep_marks_queued').on(table.queuedAt)],
)

/**
 * Organizations that said, when cron last woke them, that something of them waits: since when. A directory does not know of
 * what has never reached it.
 */
export const waitingOrganizations = sqliteTable(
  'waiting_organizations',
  {
    organizationId: text('organization_id').primaryKey(),
    directorySince: integer('directory_since'),
    mailSince: integer('mail_since'),
    wokenAt: integer('woken_at').notNull(),
  },
  (table) => [
    index('waiting_organizations_directory').on(table.directorySince).where(sql`directory_since is not null`),
    index('waiting_organizations_mail').on(table.mailSince).where(sql`mail_since is not null`),
    index('waiting_organizations_woken').on(table.wokenAt),
  ],
)

/** Organizations that have forgotten a person whose account is being deleted. The rows go with the account. */
export const erasureProgress = sqliteTable(
  'erasure_progress',
  {
    userId: text('user_id').notNull(),
    organizationId: text('organization_id').notNull(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.organizationId] })],
)

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
  (table) => [
    index('creation_answers_expires').on(table.expiresAt),
    index('creation_answers_resource').on(table.resourceId),
  ],
)
