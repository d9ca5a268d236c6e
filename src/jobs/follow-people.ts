import { accountsOf } from '../accounts/people.ts'
import { directoriesOf } from '../directory/directories.ts'
import { type Following, type Membership, membershipsBehind } from '../directory/memberships.ts'
import type { Bindings } from '../onboarding/create-organization.ts'
import { followAccounts } from '../onboarding/follow-accounts.ts'
import { eachOf } from './bounded.ts'

const ORGANIZATIONS_AT_ONCE = 10
const ROWS_PER_BATCH = 1_000

/** How far the organizations of a person have been told of the account. */
export interface Followed {
  readonly userId: string
  /** Some organization could not be told, or some directory could not be asked. */
  readonly isBehind: boolean
  /** Organizations up to this id have had their turn, and there are more. Null: that was all. */
  readonly after: string | null
}

/** Whom it is about, and up to which organization they have had their turn. */
type Turn = Pick<Following, 'userId' | 'after'>

/**
 * Brings people's accounts to the organizations whose rows are behind: one command for each organization, with all its people.
 * Which organizations are left is read from their rows. A directory that hears late shows a row as behind that is not any
 * more; so a person in more organizations than one batch reaches goes on after the last one, and does not begin again.
 */
export async function followPeople(bindings: Bindings, turns: readonly Turn[], limit: number): Promise<Followed[]> {
  const userIds = turns.map(({ userId }) => userId)
  const accounts = new Map((await accountsOf(bindings.ACCOUNTS, userIds)).map((one) => [one.userId, one]))
  const people = turns.flatMap((turn): Following[] => {
    const account = accounts.get(turn.userId)
    return account === undefined ? [] : [{ ...turn, revision: account.revision }]
  })
  const { groups, after, more, isPartial } = await nextOrganizations(bindings, people, limit)
  const follow = async (organizationId: string, group: readonly Membership[]) => {
    const members = group.flatMap(({ userId }) => accounts.get(userId) ?? [])
    await followAccounts(bindings, organizationId, members)
  }
  const failed: Membership[] = []
  await eachOf(
    groups,
    ORGANIZATIONS_AT_ONCE,
    ([id, group]) => follow(id, group),
    ([, group]) => failed.push(...group),
  )
  // Each person separately, so that one who cannot be followed does not hold the others back.
  const behind = new Set<string>()
  await eachOf(
    failed,
    ORGANIZATIONS_AT_ONCE,
    (one) => follow(one.organizationId, [one]),
    ({ userId }) => behind.add(userId),
  )
  return turns.map(({ userId, after: startAfter }) => ({
    userId,
    isBehind: accounts.has(userId) && (isPartial || behind.has(userId)),
    after: more.has(userId) ? later(startAfter, after) : null,
  }))
}

/** The turn may end before the organization after which this person began: others in it began earlier. */
const later = (startAfter: string | null, after: string | null): string | null =>
  startAfter !== null && after !== null && startAfter > after ? startAfter : after

interface NextOrganizations {
  readonly groups: readonly (readonly [organizationId: string, memberships: readonly Membership[]])[]
  /** The last of these organizations. */
  readonly after: string | null
  /** People with more organizations after it. */
  readonly more: ReadonlySet<string>
  /** Some directory could not be asked. */
  readonly isPartial: boolean
}

/** The first organizations, in the order of their ids, that are behind with any of the people; of all directories together. */
async function nextOrganizations(
  bindings: Bindings,
  people: readonly Following[],
  limit: number,
): Promise<NextOrganizations> {
  if (people.length === 0) return { groups: [], after: null, more: new Set(), isPartial: false }
  const directories = directoriesOf(bindings)
  const pages: Membership[][] = []
  await eachOf(directories, directories.length, async ({ database }) => {
    pages.push(await membershipsBehind(database, people, ROWS_PER_BATCH))
  })
  // A full page may be cut within its last organization, and other pages go on beyond it.
  const cuts = pages.flatMap((page) => (page.length < ROWS_PER_BATCH ? [] : (page.at(-1)?.organizationId ?? [])))
  const [cut = null] = cuts.toSorted()
  const rows = pages.flat().filter(({ organizationId }) => cut === null || organizationId < cut)
  const grouped = [...Map.groupBy(rows, ({ organizationId }) => organizationId)].toSorted(([a], [b]) =>
    a < b ? -1 : 1,
  )
  const groups = grouped.slice(0, limit)
  const beyond = cut === null ? grouped.slice(limit).flatMap(([, group]) => group) : people
  return {
    groups,
    after: groups.at(-1)?.[0] ?? null,
    more: new Set(beyond.map(({ userId }) => userId)),
    isPartial: pages.length < directories.length,
  }
}
