import { and, count, eq, gt, inArray, isNull, lte, ne, notInArray, or, type SQL, sql } from 'drizzle-orm'
import type { DrizzleSqliteDODatabase } from 'drizzle-orm/durable-sqlite'
import { OWNER } from '../membership/roles.ts'
import {
  apiKeys,
  erasedEntries,
  events,
  externalIds,
  idempotency,
  invitations,
  ledger,
  members,
  organizations,
  outbox,
  placement,
  roles,
  unloggedEndings,
} from '../records/organization-tables.ts'
import { placeholders, replaceAll } from '../records/upsert.ts'

const value = sql.placeholder

/** Any number of values, bound as one JSON array. */
const listed = (name: string): SQL => sql`(select value from json_each(${value(name)}))`

/** SQLite uses a partial index only where its condition stands literally, not as a bound value. */
const pending: SQL = sql`status = 'pending'`

/** What `MadeInvitations` describes. */
const made = and(
  inArray(invitations.makerId, listed('makers')),
  inArray(invitations.role, listed('roles')),
  pending,
  gt(invitations.expiresAt, value('now')),
  notInArray(invitations.id, listed('except')),
)

/** People with pending invitations: one step through the index for each of them, not for each invitation. */
const inviters = sql`(
  with recursive inviters(id) as (
    select min(maker_id) from invitations where status = 'pending' and maker_id is not null
    union all
    select (select min(maker_id) from invitations where status = 'pending' and maker_id > inviters.id)
    from inviters where inviters.id is not null
  )
  select id from inviters where id is not null
)`

/** An expired invitation may be resent; whether its time has been written down yet must make no difference. */
const couldStillJoin: SQL = sql`(status = 'pending' or status = 'expired')`

export type Statements = ReturnType<typeof prepareStatements>

/** Every statement that a command may need, prepared once per object. */
export function prepareStatements(database: DrizzleSqliteDODatabase, organizationId: string) {
  return {
    ...reads(database, organizationId),
    ...counts(database, organizationId),
    ...writes(database, organizationId),
  }
}

function reads(database: DrizzleSqliteDODatabase, organizationId: string) {
  const from = {
    members: () => database.select().from(members),
    invitations: () => database.select().from(invitations),
    apiKeys: () => database.select().from(apiKeys),
  }
  const holds = and(
    eq(members.organizationId, organizationId),
    eq(members.role, value('role')),
    ne(members.status, 'removed'),
  )
  return {
    ledger: database.select().from(ledger).where(eq(ledger.id, 1)).prepare(),
    placement: database.select().from(placement).where(eq(placement.id, 1)).prepare(),
    standing: database
      .select({ revision: ledger.revision, deletedAt: organizations.deletedAt })
      .from(organizations)
      .innerJoin(ledger, eq(ledger.id, 1))
      .where(eq(organizations.id, organizationId))
      .prepare(),
    firstEvent: database
      .select({ actorType: events.actorType, actorId: events.actorId })
      .from(events)
      .where(eq(events.seq, 1))
      .prepare(),
    // The creation writes the entry of its owner right after its own.
    firstOwner: database
      .select({ userId: members.userId })
      .from(events)
      .innerJoin(members, and(eq(members.id, events.targetId), eq(members.source, 'created')))
      .where(and(eq(events.seq, 2), eq(events.type, 'member.added')))
      .prepare(),
    organization: database.select().from(organizations).where(eq(organizations.id, organizationId)).prepare(),
    member: from
      .members()
      .where(eq(members.id, value('id')))
      .prepare(),
    memberOfUser: from
      .members()
      .where(and(eq(members.userId, value('userId')), eq(members.organizationId, organizationId)))
      .prepare(),
    membershipOf: database
      .select({ id: members.id, role: members.role, status: members.status })
      .from(members)
      .where(and(eq(members.userId, value('userId')), eq(members.organizationId, organizationId)))
      .prepare(),
    memberOfEmail: from
      .members()
      .where(
        and(
          eq(members.organizationId, organizationId),
          eq(members.email, value('email')),
          ne(members.status, 'removed'),
        ),
      )
      .prepare(),
    membersOfEmails: from
      .members()
      .where(
        and(
          eq(members.organizationId, organizationId),
          inArray(members.email, listed('emails')),
          ne(members.status, 'removed'),
        ),
      )
      .prepare(),
    membersOfUsers: from
      .members()
      .where(and(inArray(members.userId, listed('userIds')), eq(members.organizationId, organizationId)))
      .prepare(),
    membersOfExternalIds: database
      .select()
      .from(externalIds)
      .innerJoin(members, eq(members.id, externalIds.memberId))
      .where(and(eq(externalIds.source, value('source')), inArray(externalIds.externalId, listed('externalIds'))))
      .prepare(),
    activeOwner: from
      .members()
      .where(and(eq(members.organizationId, organizationId), eq(members.role, OWNER), eq(members.status, 'active')))
      .limit(1)
      .prepare(),
    activeOwners: from
      .members()
      .where(and(eq(members.organizationId, organizationId), eq(members.role, OWNER), eq(members.status, 'active')))
      .limit(value('limit'))
      .prepare(),
    madeInvitations: from.invitations().where(made).orderBy(invitations.id).limit(value('limit')).prepare(),
    invitingHolders: database
      .select({ userId: members.userId })
      .from(members)
      .where(
        and(
          inArray(members.userId, inviters),
          eq(members.organizationId, organizationId),
          sql`+${members.role} = ${value('role')}`,
          sql`+${members.status} <> 'removed'`,
        ),
      )
      .prepare(),
    unloggedEndings: database
      .select()
      .from(unloggedEndings)
      .innerJoin(invitations, eq(invitations.id, unloggedEndings.invitationId))
      .orderBy(unloggedEndings.id)
      .limit(value('limit'))
      .prepare(),
    apiKeysOfMaker: from
      .apiKeys()
      .where(and(eq(apiKeys.createdById, value('userId')), isNull(apiKeys.revokedAt)))
      .prepare(),
    apiKeysOfHolders: database
      .select()
      .from(apiKeys)
      .crossJoin(members)
      .where(and(isNull(apiKeys.revokedAt), eq(members.userId, apiKeys.createdById), holds))
      .prepare(),
    invitation: from
      .invitations()
      .where(eq(invitations.id, value('id')))
      .prepare(),
    pendingInvitation: from
      .invitations()
      .where(and(eq(invitations.organizationId, organizationId), eq(invitations.email, value('email')), pending))
      .prepare(),
    invitationsAbout: from
      .invitations()
      .where(
        and(
          or(
            and(eq(invitations.organizationId, organizationId), eq(invitations.email, value('email'))),
            eq(invitations.memberId, value('memberId')),
            sql`${invitations.id} in (select theirs.id from json_each(${value('formerEmails')}) as former
              cross join invitations as theirs on theirs.organization_id = ${organizationId}
                and theirs.email = former.value ->> 'email'
              where theirs.created_at <= former.value ->> 'until' and theirs.member_id is null
                and (theirs.status <> 'pending' or former.value ->> 'alsoOpen'))`,
          ),
          ne(invitations.email, value('erased')),
        ),
      )
      .limit(value('limit'))
      .prepare(),
    entriesAbout: database
      .select()
      .from(events)
      .where(
        and(
          inArray(events.targetId, sql`(select value from json_each(${value('targetIds')}))`),
          gt(events.seq, value('afterSeq')),
        ),
      )
      .orderBy(events.seq)
      .limit(value('limit'))
      .prepare(),
    pendingInvitations: from
      .invitations()
      .where(and(eq(invitations.organizationId, organizationId), inArray(invitations.email, listed('emails')), pending))
      .prepare(),
    declinedEmails: database
      .selectDistinct({ email: invitations.email })
      .from(invitations)
      .where(
        and(
          inArray(invitations.email, listed('emails')),
          eq(invitations.organizationId, organizationId),
          eq(invitations.status, 'declined'),
        ),
      )
      .prepare(),
    lastMails: database
      .select({ email: invitations.email, sentAt: sql<number>`max(${invitations.sentAt})` })
      .from(invitations)
      .where(
        and(
          inArray(invitations.email, listed('emails')),
          eq(invitations.organizationId, organizationId),
          gt(invitations.sentAt, value('after')),
          ne(invitations.delivery, 'none'),
        ),
      )
      .groupBy(invitations.email)
      .prepare(),
    overdue: from
      .invitations()
      .where(and(pending, lte(invitations.expiresAt, value('now'))))
      .orderBy(invitations.expiresAt)
      .limit(value('limit'))
      .prepare(),
    revisions: {
      organization: revisionOf(database, organizations, eq(organizations.id, organizationId)),
      member: revisionOf(database, members, eq(members.id, value('id'))),
      invitation: revisionOf(database, invitations, eq(invitations.id, value('id'))),
      role: revisionOf(
        database,
        roles,
        and(eq(roles.organizationId, organizationId), eq(roles.key, value('id')), eq(roles.deleted, false)),
      ),
      api_key: revisionOf(database, apiKeys, eq(apiKeys.id, value('id'))),
    },
    roles: database
      .select()
      .from(roles)
      .where(and(eq(roles.organizationId, organizationId), eq(roles.deleted, false)))
      .prepare(),
    role: database
      .select()
      .from(roles)
      .where(and(eq(roles.organizationId, organizationId), eq(roles.key, value('key')), eq(roles.deleted, false)))
      .prepare(),
    apiKey: from
      .apiKeys()
      .where(eq(apiKeys.id, value('id')))
      .prepare(),
    apiKeyOfSecret: from
      .apiKeys()
      .where(eq(apiKeys.secretHash, value('secretHash')))
      .prepare(),
    keptAnswer: database
      .select()
      .from(idempotency)
      .where(eq(idempotency.key, value('key')))
      .prepare(),
  }
}

type Revised = typeof organizations | typeof members | typeof invitations | typeof roles | typeof apiKeys

const revisionOf = (database: DrizzleSqliteDODatabase, table: Revised, isThis: SQL | undefined) =>
  database.select({ revision: table.revision }).from(table).where(isThis).prepare()

function counts(database: DrizzleSqliteDODatabase, organizationId: string) {
  const howMany = { count: count() }
  return {
    countOverdue: database
      .select(howMany)
      .from(invitations)
      .where(and(pending, lte(invitations.expiresAt, value('now'))))
      .prepare(),
    countRoles: database.select(howMany).from(roles).where(eq(roles.deleted, false)).prepare(),
    countMembersOfRole: database
      .select(howMany)
      .from(members)
      .where(
        and(eq(members.organizationId, organizationId), eq(members.role, value('key')), ne(members.status, 'removed')),
      )
      .prepare(),
    countInvitationsOfRole: database
      .select(howMany)
      .from(invitations)
      .where(and(eq(invitations.organizationId, organizationId), eq(invitations.role, value('key')), couldStillJoin))
      .prepare(),
    countMade: database.select(howMany).from(invitations).where(made).prepare(),
    countApiKeys: database.select(howMany).from(apiKeys).where(isNull(apiKeys.revokedAt)).prepare(),
  }
}

type Rewritable =
  | typeof organizations
  | typeof members
  | typeof invitations
  | typeof roles
  | typeof apiKeys
  | typeof ledger
  | typeof idempotency

function writes(database: DrizzleSqliteDODatabase, organizationId: string) {
  const put = (table: Rewritable) =>
    database.insert(table).values(placeholders(table)).onConflictDoUpdate(replaceAll(table)).prepare()
  const droppable = database
    .select({ key: idempotency.key })
    .from(idempotency)
    .where(lte(idempotency.expiresAt, value('now')))
    .limit(value('limit'))
  const stamp = { revision: sql`${value('revision')}`, version: sql`${value('version')}` }
  const reassign = { role: sql`${value('to')}`, ...stamp }
  return {
    putLedger: put(ledger),
    place: database.insert(placement).values(placeholders(placement)).onConflictDoNothing().prepare(),
    put: {
      organizations: put(organizations),
      members: put(members),
      invitations: put(invitations),
      roles: put(roles),
      apiKeys: put(apiKeys),
      events: database.insert(events).values(placeholders(events)).prepare(),
    },
    erasePersonal: database
      .update(events)
      .set({ personal: null, salt: null })
      .where(eq(events.seq, value('seq')))
      .prepare(),
    putErasedEntry: database
      .insert(erasedEntries)
      .values({ seq: value('seq'), erasureSeq: value('erasureSeq') })
      .prepare(),
    enqueue: database
      .insert(outbox)
      .values({ id: value('id'), messages: value('messages') })
      .prepare(),
    deleteRole: database
      .update(roles)
      .set({ deleted: true, ...stamp })
      .where(and(eq(roles.organizationId, organizationId), eq(roles.key, value('key'))))
      .prepare(),
    reassignMembers: database
      .update(members)
      .set(reassign)
      .where(and(eq(members.organizationId, organizationId), eq(members.role, value('from'))))
      .prepare(),
    reassignInvitations: database
      .update(invitations)
      .set(reassign)
      .where(and(eq(invitations.organizationId, organizationId), eq(invitations.role, value('from')), couldStillJoin))
      .prepare(),
    noteEndings: database
      .insert(unloggedEndings)
      .select(
        database
          .select({ id: sql`null`.as('id'), invitationId: invitations.id, actor: sql`${value('actor')}`.as('actor') })
          .from(invitations)
          .where(made),
      )
      .prepare(),
    endInvitations: database
      .update(invitations)
      .set({ status: 'canceled', ...stamp })
      .where(made)
      .prepare(),
    dropEnding: database
      .delete(unloggedEndings)
      .where(eq(unloggedEndings.id, value('id')))
      .prepare(),
    putExternalId: database.insert(externalIds).values(placeholders(externalIds)).prepare(),
    dropExternalId: database
      .delete(externalIds)
      .where(
        and(
          eq(externalIds.source, value('source')),
          eq(externalIds.externalId, value('externalId')),
          eq(externalIds.memberId, value('memberId')),
        ),
      )
      .prepare(),
    keepAnswer: put(idempotency),
    dropAnswers: database.delete(idempotency).where(inArray(idempotency.key, droppable)).prepare(),
    forgetAnswers: database
      .delete(idempotency)
      .where(
        sql`exists (select 1 from json_each(${value('texts')}) as text where instr(lower(${idempotency.value}), text.value) > 0)`,
      )
      .prepare(),
  }
}
