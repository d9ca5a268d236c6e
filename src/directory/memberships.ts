import type { FormerEmail } from '../membership/commands.ts'
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

/** Invitations to a former email (one of `former`), as `ErasePerson` finds them. */
const TO_FORMER_EMAIL = `invitations.email = former.value ->> 'email' and invitations.created_at <= former.value ->> 'until'
  and invitations.member_id is null and (invitations.status <> 'pending' or former.value ->> 'alsoOpen')`

/**
 * Organizations with a membership of a person, or an invitation to one of the emails, that still says who the person was,
 * after an organization's id.
 */
export async function remainsOf(
  directory: D1Database,
  userId: string,
  emails: readonly FormerEmail[],
  { after, limit }: PageRequest,
): Promise<string[]> {
  const { results } = await directory
    .prepare(
      `select organization_id as "organizationId" from members
       where user_id = ?1 and organization_id > ?2 and person_revision < ?3
       union select invitations.organization_id from json_each(?5) as former
       cross join invitations on ${TO_FORMER_EMAIL} and invitations.organization_id > ?2
       order by 1 limit ?4`,
    )
    .bind(userId, after ?? '', ERASED_REVISION, limit, JSON.stringify(emails))
    .all<{ organizationId: string }>()
  return results.map(({ organizationId }) => organizationId)
}

/** Of these people, by their emails, those with an invitation that still says who the person was. */
export async function peopleInvited(
  directory: D1Database,
  people: ReadonlyMap<string, readonly FormerEmail[]>,
): Promise<string[]> {
  const sought = [...people].map(([userId, emails]) => ({ userId, emails }))
  const { results } = await directory
    .prepare(
      `select distinct person.value ->> 'userId' as "userId" from json_each(?1) as person
       cross join json_each(person.value, '$.emails') as former cross join invitations on ${TO_FORMER_EMAIL}`,
    )
    .bind(JSON.stringify(sought))
    .all<{ userId: string }>()
  return results.map(({ userId }) => userId)
}

export interface AboutPerson {
  readonly id: string
  readonly email: string
  readonly formerEmails: readonly FormerEmail[]
}

/** An organization that may know something of a person. */
export interface Mention {
  readonly organizationId: string
  /** Whether the person may be an owner there. */
  readonly mayOwn: boolean
}

/** By memberships, past ones too, that have not forgotten the person, and by invitations to an email of the person. */
export async function mentionsOf(
  all: readonly Directory[],
  { id, email, formerEmails }: AboutPerson,
): Promise<Mention[]> {
  const query = `select organization_id as "organizationId", max(mayOwn) as "mayOwn" from (
      select organization_id, role = 'owner' as mayOwn from members where user_id = ?1 and person_revision < ?3
      union all select organization_id, 0 from invitations where email = ?2
      union all select invitations.organization_id, 0 from json_each(?4) as former
        cross join invitations on ${TO_FORMER_EMAIL})
    group by organization_id`
  type Row = { readonly organizationId: string; readonly mayOwn: number }
  const rows = await askAllForList(all, async (directory) => {
    const found = await directory
      .prepare(query)
      .bind(id, email, ERASED_REVISION, JSON.stringify(formerEmails))
      .all<Row>()
    return found.results
  })
  return rows.map(({ organizationId, mayOwn }) => ({ organizationId, mayOwn: mayOwn === 1 }))
}
