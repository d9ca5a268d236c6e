import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, type SQLiteColumn, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { ACTOR_TYPES, VIA_TYPES } from '../membership/actor.ts'
import type { AttributeValues } from '../membership/attributes.ts'
import { EVENT_TYPES, type EventData, type EventType, TARGET_TYPES } from '../membership/event.ts'
import { DELIVERIES, INVITATION_STATUSES } from '../membership/invitation.ts'
import { type ExternalIds, MEMBER_SOURCES, MEMBER_STATUSES, type Profile } from '../membership/member.ts'
import { OWNERSHIP_MODES } from '../membership/organization.ts'
import type { Permission } from '../membership/permissions.ts'

/*
 * The tables that stand in both databases: in each organization's own SQLite, the authority, and in D1, the directory of
 * all. Every row has two numbers. `version` is the ledger's version at the last write of the row, of any kind: the relay sends
 * rows in this order, and D1 takes a row only when its version is newer. `revision` is the organization's revision at the last
 * change that counts for clients (store.ts says which do). Times are epoch milliseconds. The object's variants
 * (organization-tables.ts) add the indexes that only the relay needs.
 */

type Columns<Names extends string> = { readonly [name in Names]: SQLiteColumn }
type ObjectIndexes<Names extends string> = (columns: Columns<Names>) => ReturnType<typeof byVersion>[]
export const byVersion = (name: string, columns: { version: SQLiteColumn; id: SQLiteColumn }) =>
  index(name).on(columns.version, columns.id)

const none = () => []

export const organizations = sqliteTable(
  'organizations',
  {
    id: text('id').primaryKey(),
    name: text('name').notNull(),
    /** Case-folded, for search. */
    nameKey: text('name_key').notNull(),
    slug: text('slug').notNull(),
    externalId: text('external_id'),
    ownership: text('ownership', { enum: OWNERSHIP_MODES }).notNull(),
    seatLimit: integer('seat_limit'),
    upgradeUrl: text('upgrade_url'),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
    deletedAt: integer('deleted_at'),
    revision: integer('revision').notNull(),
    version: integer('version').notNull(),
  },
  (table) => [
    index('organizations_name').on(table.nameKey, table.id),
    index('organizations_external_id').on(table.externalId),
    index('organizations_deleted').on(table.deletedAt).where(sql`deleted_at is not null`),
  ],
)

type MemberColumn = 'version' | 'id' | 'organizationId' | 'role' | 'nameKey'
export const membersTable = (objectIndexes: ObjectIndexes<MemberColumn> = none) =>
  sqliteTable(
    'members',
    {
      id: text('id').primaryKey(),
      organizationId: text('organization_id').notNull(),
      userId: text('user_id').notNull(),
      email: text('email').notNull(),
      role: text('role').notNull(),
      status: text('status', { enum: MEMBER_STATUSES }).notNull(),
      source: text('source', { enum: MEMBER_SOURCES }).notNull(),
      /** What each source calls the member. */
      externalIds: text('external_ids', { mode: 'json' }).$type<ExternalIds>().notNull().default({}),
      /** As JSON, or null while the member is active: a column of mode `json` would hold the text `null`. */
      ending: text('ending'),
      profile: text('profile', { mode: 'json' }).$type<Profile>().notNull(),
      attributes: text('attributes', { mode: 'json' }).$type<AttributeValues>().notNull().default({}),
      /** The person's own name (accounts) at that revision, whatever the profile shows. */
      personName: text('person_name'),
      /** The person's revision (accounts) that this row repeats. */
      personRevision: integer('person_revision').notNull().default(0),
      /** Name, or where there is none the email, case-folded: what lists sort and search by. */
      nameKey: text('name_key').notNull(),
      joinedAt: integer('joined_at').notNull(),
      lastSignInAt: integer('last_sign_in_at'),
      createdAt: integer('created_at').notNull(),
      updatedAt: integer('updated_at').notNull(),
      revision: integer('revision').notNull(),
      version: integer('version').notNull(),
    },
    (table) => [
      index('members_user').on(table.userId, table.organizationId),
      index('members_email').on(table.organizationId, table.email, table.id),
      index('members_name').on(table.organizationId, table.nameKey, table.id),
      index('members_joined').on(table.organizationId, table.joinedAt, table.id),
      index('members_status').on(table.organizationId, table.status, table.nameKey, table.id),
      ...objectIndexes(table),
    ],
  )
export const members = membersTable()

type InvitationColumn = 'version' | 'id' | 'organizationId' | 'email' | 'makerId' | 'role' | 'expiresAt' | 'sentAt'
export const invitationsTable = (ownIndexes: ObjectIndexes<InvitationColumn> = none) =>
  sqliteTable(
    'invitations',
    {
      id: text('id').primaryKey(),
      organizationId: text('organization_id').notNull(),
      email: text('email').notNull(),
      name: text('name'),
      nameKey: text('name_key').notNull(),
      role: text('role').notNull(),
      status: text('status', { enum: INVITATION_STATUSES }).notNull(),
      sendCount: integer('send_count').notNull(),
      delivery: text('delivery', { enum: DELIVERIES }).notNull(),
      invitedByType: text('invited_by_type', { enum: ACTOR_TYPES }).notNull(),
      invitedById: text('invited_by_id'),
      makerId: text('maker_id'),
      expiresAt: integer('expires_at').notNull(),
      sentAt: integer('sent_at').notNull(),
      createdAt: integer('created_at').notNull(),
      acceptedAt: integer('accepted_at'),
      memberId: text('member_id'),
      revision: integer('revision').notNull(),
      version: integer('version').notNull(),
    },
    (table) => [
      index('invitations_member').on(table.memberId).where(sql`member_id is not null`),
      index('invitations_created').on(table.organizationId, table.createdAt, table.id),
      index('invitations_pending').on(table.expiresAt).where(sql`status = 'pending'`),
      index('invitations_pending_name')
        .on(table.organizationId, table.nameKey, table.id)
        .where(sql`status = 'pending'`),
      ...ownIndexes(table),
    ],
  )
export const invitations = invitationsTable()

/** Custom roles only; built-in ones are code. A deleted role stays as a tombstone, so that its deletion can be projected. */
export const rolesTable = (objectIndexes: ObjectIndexes<'version' | 'key'> = none) =>
  sqliteTable(
    'roles',
    {
      organizationId: text('organization_id').notNull(),
      key: text('key').notNull(),
      name: text('name').notNull(),
      description: text('description').notNull(),
      permissions: text('permissions', { mode: 'json' }).$type<readonly Permission[]>().notNull(),
      deleted: integer('deleted', { mode: 'boolean' }).notNull(),
      revision: integer('revision').notNull(),
      version: integer('version').notNull(),
    },
    (table) => [primaryKey({ columns: [table.organizationId, table.key] }), ...objectIndexes(table)],
  )
export const roles = rolesTable()

export const apiKeysTable = (objectIndexes: ObjectIndexes<'version' | 'id'> = none) =>
  sqliteTable(
    'api_keys',
    {
      id: text('id').primaryKey(),
      organizationId: text('organization_id').notNull(),
      name: text('name').notNull(),
      permissions: text('permissions', { mode: 'json' }).$type<readonly Permission[]>().notNull(),
      /** SHA-256 of the secret, hexadecimal. */
      secretHash: text('secret_hash').notNull(),
      lastFour: text('last_four').notNull(),
      createdByType: text('created_by_type', { enum: ACTOR_TYPES }).notNull(),
      createdById: text('created_by_id'),
      makerLeft: integer('maker_left', { mode: 'boolean' }).notNull().default(false),
      createdAt: integer('created_at').notNull(),
      expiresAt: integer('expires_at'),
      revokedAt: integer('revoked_at'),
      lastUsedAt: integer('last_used_at'),
      revision: integer('revision').notNull(),
      version: integer('version').notNull(),
    },
    (table) => [
      index('api_keys_secret').on(table.secretHash),
      index('api_keys_maker').on(table.createdById).where(sql`revoked_at is null`),
      ...objectIndexes(table),
    ],
  )
export const apiKeys = apiKeysTable()

/** What is written for each of many people, so that a log is full of these. */
const COMMON_EVENT_TYPES: readonly EventType[] = [
  'member.added',
  'member.profile_updated',
  'invitation.created',
  'invitation.resent',
  'invitation.accepted',
  'invitation.expired',
]
export const isRareType = (type: EventType): boolean => !COMMON_EVENT_TYPES.includes(type)
export const isRareEvent = sql.raw(`type not in (${COMMON_EVENT_TYPES.map((type) => `'${type}'`).join(', ')})`)

/**
 * The audit log, in the object alone. `seq` is the key and so the rowid: appending touches no second tree. Every index costs
 * a page per commit, so the one by actor leaves out the operator, who has no id, and the one by type what almost every commit
 * writes: those entries are found by walking along the log.
 */
export const events = sqliteTable(
  'events',
  {
    seq: integer('seq').primaryKey(),
    id: text('id').notNull(),
    type: text('type', { enum: EVENT_TYPES }).notNull(),
    occurredAt: integer('occurred_at').notNull(),
    actorType: text('actor_type', { enum: ACTOR_TYPES }).notNull(),
    actorId: text('actor_id'),
    /** Set when the operator acted on behalf of the actor; the id of the operator key, null for the root key. */
    viaType: text('via_type', { enum: VIA_TYPES }),
    viaId: text('via_id'),
    targetType: text('target_type', { enum: TARGET_TYPES }).notNull(),
    targetId: text('target_id').notNull(),
    data: text('data', { mode: 'json' }).$type<EventData>().notNull(),
    /** The personal fields of the data, as JSON. Null: there are none, or they are erased. */
    personal: text('personal'),
    /** Deleted together with the personal fields, so that nobody can guess them from their hash. */
    salt: text('salt'),
    /** SHA-256 over salt and personal fields, hexadecimal. Null: the entry never had any. */
    personalHash: text('personal_hash'),
    /** SHA-256 over the predecessor's hash and the canonical JSON of this entry, hexadecimal. */
    hash: text('hash').notNull(),
  },
  (table) => [
    index('events_target').on(table.targetId, table.seq),
    index('events_actor').on(table.actorId, table.seq).where(sql`actor_id is not null`),
    index('events_rare').on(table.seq).where(isRareEvent),
  ],
)

export type OrganizationRow = typeof organizations.$inferSelect
export type MemberRow = typeof members.$inferSelect
export type InvitationRow = typeof invitations.$inferSelect
export type RoleRow = typeof roles.$inferSelect
export type ApiKeyRow = typeof apiKeys.$inferSelect
export type EventRow = typeof events.$inferSelect
