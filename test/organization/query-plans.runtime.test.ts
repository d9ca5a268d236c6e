import { drizzle } from 'drizzle-orm/durable-sqlite'
import { expect, test } from 'vitest'
import type { Authority } from '../../src/membership/authority.ts'
import type { Organization } from '../../src/membership/organization.ts'
import { PERMISSIONS } from '../../src/membership/permissions.ts'
import {
  INVITATION_SORTS,
  MEMBER_SORTS,
  type Page,
  type Query,
  ROSTER_SORTS,
  type RosterFilter,
} from '../../src/membership/queries.ts'
import { prepareStatements } from '../../src/organization/statements.ts'
import { answer } from '../../src/records/answer.ts'
import type { Database } from '../../src/records/database.ts'
import { peopleIn } from '../../src/records/people.ts'
import { foundOrganization, type LivingOrganization } from '../support/living-organization.ts'
import { isLong, type Plan } from '../support/query-plan.ts'

/*
 * How SQLite carries out each statement of an organization's object. Without statistics a plan depends on the tables and
 * their indexes alone, so it is the one of an organization with 100,000 members, too.
 */

interface Statement {
  readonly sql: string
  readonly params: readonly unknown[]
}

/** Statements that scan or sort all the same, by a part of their text, and why they may. */
const ALLOWED: readonly (readonly [part: RegExp, why: string])[] = [
  [/from ledger$|from "organizations" where \(version, "id"\)/, 'a table of one row'],
  [/^select 1 from unlogged_endings limit 1$/, 'reads one row'],
  [/from "roles"/, 'an organization has few roles of its own'],
  [/from "api_keys".*"revoked_at" is null/, 'an organization has 100 living keys at most'],
  [/from "invitations" where .*"maker_id" in/, 'sorts the pending invitations of one maker'],
  [/from "events" where .*"target_id" in/, 'sorts the entries about one person, who is erased'],
  [/delete from "idempotency" where exists/, 'reads the answers of one day, once for each person who is erased'],
]

const page: Page = { limit: 20, cursor: null }
const log = { actorId: null, targetId: null, from: null, to: null, afterSeq: null, types: [], page }
const whole = { role: null, search: null, page }
const roster = (by: RosterFilter['sort']['by']): RosterFilter => ({
  ...whole,
  statuses: ['active', 'pending', 'suspended'],
  sort: { by, descending: false },
})

const QUERIES: readonly Query[] = [
  { type: 'GetOrganization' },
  { type: 'GetMember', memberId: 'm' },
  { type: 'ViewMember', memberId: 'm', activity: page },
  { type: 'GetInvitation', invitationId: 'i' },
  { type: 'ViewInvitation', invitationId: 'i', sendNumber: 1 },
  { type: 'GetRole', key: 'guest' },
  { type: 'GetApiKey', keyId: 'k' },
  { type: 'ListRoles' },
  { type: 'ViewApiKeys' },
  { type: 'GetAccess', userId: 'u', permission: null },
  { type: 'ListWantedMails', mails: [{ invitationId: 'i', sendNumber: 1, invitedBy: { type: 'api_key', id: 'k' } }] },
  { type: 'ListEvents', ...log },
  { type: 'ListEvents', ...log, afterSeq: 7 },
  { type: 'ViewEvents', ...log, actorId: 'u' },
  { type: 'ViewEvents', ...log, targetId: 'm' },
  ...[
    { types: ['role.created', 'role.deleted'] as const },
    { types: ['role.created', 'member.added'] as const },
    { types: ['member.added'] as const, actorId: 'u' },
    { types: ['member.added'] as const, targetId: 'm', actorId: 'u' },
    {},
  ].flatMap((filter): Query[] => [
    { type: 'ListEvents', ...log, ...filter, from: 1, to: 2 },
    { type: 'ListEvents', ...log, ...filter, from: 1, to: 2, afterSeq: 7 },
  ]),
  ...[false, true].flatMap((descending): Query[] => [
    ...MEMBER_SORTS.map(
      (by): Query => ({ ...whole, type: 'ListMembers', statuses: ['active'], sort: { by, descending } }),
    ),
    ...INVITATION_SORTS.map(
      (by): Query => ({ ...whole, type: 'ListInvitations', statuses: ['pending'], sort: { by, descending } }),
    ),
  ]),
  { ...whole, type: 'ListMembers', statuses: ['suspended'], sort: { by: 'name', descending: false } },
  { ...whole, type: 'ListMembers', statuses: ['active'], role: 'admin', sort: { by: 'name', descending: false } },
  { ...whole, type: 'ListMembers', statuses: ['active'], search: 'an', sort: { by: 'name', descending: false } },
  ...ROSTER_SORTS.map((by): Query => ({ type: 'ListRoster', ...roster(by) })),
]

const EVERYTHING: Authority = {
  actor: { type: 'operator', id: null },
  permissions: new Set(PERMISSIONS),
  member: null,
  maker: null,
}

test('no statement scans or sorts what grows, except for a reason', async () => {
  const acme = await foundOrganization({ owners: ['ann'] })
  const raw = await recorded(acme)
  const plans = await acme.inside(async (_, storage) => {
    const statements = [
      ...prepared(prepareStatements(drizzle(storage), acme.id)),
      ...(await logged(storage, acme.id, QUERIES)),
      ...raw,
    ]
    return statements.map(({ sql, params }) => {
      const plan = storage.sql.exec(`explain query plan ${sql}`, ...(params as SqlStorageValue[])).toArray()
      return { sql, details: (plan as unknown as Plan[]).map(({ detail }) => detail) }
    })
  })
  expect(plans.length).toBeGreaterThan(90)
  const long = plans.filter(({ sql, details }) => isLong(sql, merged(details), 'one organization'))
  const reasonFor = (sql: string) => ALLOWED.find(([part]) => part.test(sql))?.[1]
  expect(long.filter(({ sql }) => reasonFor(sql) === undefined)).toEqual([])
  expect(new Set(long.map(({ sql }) => reasonFor(sql)))).toEqual(new Set(ALLOWED.map(([, why]) => why)))
})

/** What an object says to SQLite in its life, its relay and its end included. */
async function recorded(acme: LivingOrganization): Promise<Statement[]> {
  const statements = new Map<string, Statement>()
  const record = (storage: DurableObjectStorage) => {
    const exec = storage.sql.exec.bind(storage.sql)
    const recording = (sql: string, ...params: SqlStorageValue[]) => {
      if (/^\s*(select|insert|update|delete|with)/i.test(sql)) statements.set(sql, { sql, params })
      return exec(sql, ...params)
    }
    Object.defineProperty(storage.sql, 'exec', { value: recording, configurable: true })
  }
  await acme.inside((_, storage) => record(storage))
  await acme.execute(acme.say.addMember('bob', { role: 'admin' }))
  await acme.execute(acme.say.inviteMember('ida@plans.test', { by: 'bob' }))
  await acme.execute(acme.say.removeMember('bob'))
  await acme.wake()
  await acme.rebuild()
  await acme.alarm()
  await acme.read({ type: 'ListEvents', ...log })
  await acme.read({ type: 'VerifyEvents', afterSeq: 0, previousHash: '', checkpoints: [] })
  await acme.inside((_, storage) => Reflect.deleteProperty(storage.sql, 'exec'))
  return [...statements.values()]
}

/** A roster sorts a page of members and a page of invitations, each once: that may be. */
const merged = (details: readonly string[]): readonly string[] =>
  details[0] === 'MERGE (UNION ALL)' && details.filter((detail) => /TEMP B-TREE/.test(detail)).length === 2
    ? details.filter((detail) => !/TEMP B-TREE/.test(detail))
    : details

interface Prepared {
  getQuery?(): { readonly sql: string }
}

/** Every statement that is prepared once per object. What is bound does not change the plan. */
function prepared(statements: object): Statement[] {
  return Object.values(statements).flatMap((one: Prepared & object) => {
    const sql = one.getQuery?.().sql
    return sql === undefined ? prepared(one) : [{ sql, params: sql.match(/\?/g)?.map(() => null) ?? [] }]
  })
}

async function logged(storage: DurableObjectStorage, organizationId: string, queries: readonly Query[]) {
  const statements = new Map<string, Statement>()
  const logger = { logQuery: (sql: string, params: unknown[]) => void statements.set(sql, { sql, params }) }
  const database = drizzle(storage, { logger }) as unknown as Database
  const organization = (): Organization => ({ id: organizationId, name: 'Acme', createdAt: 0 }) as Organization
  const tally = () => ({ activeMembers: 1, activeOwners: 1, pendingInvitations: 0 })
  const people = peopleIn(database, organizationId)
  for (const query of queries) {
    await answer(
      { database, people, organizationId, organization, authority: EVERYTHING, tally, walk: 100, now: 0 },
      query,
    )
  }
  return [...statements.values()]
}
