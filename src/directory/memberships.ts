import { ERASED_REVISION } from '../membership/erasure.ts'
import type { PageRequest } from '../records/time-page.ts'
import { askAll, askAllForList, type Directory } from './directories.ts'

export interface Membership {
  readonly organizationId: string
  readonly userId: string
}

/** A person whose organizations take over the account, or whose organizations forget the person. */
export interface Following {
  readonly userId: string
  /** Rows older than this revision of the account are behind. */
  readonly revision: number
  /** Organizations up to this id have had their turn. Null: none has. */
  readonly after: string | null
}

/**
 * Rows of these people that are behind their account, by organization; those of memberships in the past too, as far as the
 * directory knows. Finds them by the people, and sorts what it finds of them: that is as much as one message is about.
 */
export async function membershipsBehind(
  directory: D1Database,
  people: readonly Following[],
  limit: number,
): Promise<Membership[]> {
  const { results } = await directory
    .prepare(
      `select members.organization_id as "organizationId", members.user_id as "userId"
       from json_each(?1) as person cross join members
         on members.user_id = person.value ->> 'userId' and members.organization_id > person.value ->> 'after'
       where members.person_revision < person.value ->> 'revision'
       order by members.organization_id limit ?2`,
    )
    .bind(
      JSON.stringify(people.map(({ userId, revision, after }) => ({ userId, revision, after: after ?? '' }))),
      limit,
    )
    .all<Membership>()
  return results
}

/** Those of these people who have a row that is behind. */
export async function peopleBehind(
  directory: D1Database,
  people: readonly Omit<Following, 'after'>[],
): Promise<string[]> {
  const { results } = await directory
    .prepare(
      `select person.value ->> 'userId' as "userId" from json_each(?1) as person
       where exists (select 1 from members where members.user_id = person.value ->> 'userId'
         and members.person_revision < person.value ->> 'revision')`,
    )
    .bind(JSON.stringify(people.map(({ userId, revision }) => ({ userId, revision }))))
    .all<{ userId: string }>()
  return results.map(({ userId }) => userId)
}

/** As far as the directory knows. */
export async function isActiveMember(directory: D1Database, userId: string, organizationId: string): Promise<boolean> {
  const row = await directory
    .prepare("select 1 from members where organization_id = ?1 and user_id = ?2 and status = 'active'")
    .bind(organizationId, userId)
    .first()
  return row !== null
}

/** Whether any organization has a row of the person, as far as the directory knows: a member now or before. */
export async function hasMembership(all: readonly Directory[], userId: string): Promise<boolean> {
  const rows = await askAll(all, (directory) =>
    directory.prepare('select 1 from members where user_id = ?1 limit 1').bind(userId).first(),
  )
  return rows.some((row) => row !== null)
}

export interface Remains {
  readonly organizationId: string
  readonly email: string
}

/** Memberships of a person that still say who the person was, after an organization's id. */
export async function remainsOf(
  directory: D1Database,
  userId: string,
  { after, limit }: PageRequest,
): Promise<Remains[]> {
  const { results } = await directory
    .prepare(
      `select organization_id as "organizationId", email from members
       where user_id = ?1 and organization_id > ?2 and person_revision < ?3 order by organization_id limit ?4`,
    )
    .bind(userId, after ?? '', ERASED_REVISION, limit)
    .all<Remains>()
  return results
}

export interface AboutPerson {
  readonly id: string
  readonly email: string
}

/** An organization that may know something of a person. */
export interface Mention {
  readonly organizationId: string
  /** Whether the person may be an owner there. */
  readonly mayOwn: boolean
}

/** By memberships, past ones too, that have not forgotten the person, and by invitations to the person's email. */
export async function mentionsOf(all: readonly Directory[], { id, email }: AboutPerson): Promise<Mention[]> {
  const query = `select organization_id as "organizationId", max(mayOwn) as "mayOwn" from (
      select organization_id, role = 'owner' as mayOwn from members where user_id = ?1 and person_revision < ?3
      union all select organization_id, 0 from invitations where email = ?2)
    group by organization_id`
  type Row = { readonly organizationId: string; readonly mayOwn: number }
  const rows = await askAllForList(all, async (directory) => {
    return (await directory.prepare(query).bind(id, email, ERASED_REVISION).all<Row>()).results
  })
  return rows.map(({ organizationId, mayOwn }) => ({ organizationId, mayOwn: mayOwn === 1 }))
}
