import { accountsOf } from '../accounts/people.ts'
import { type Membership, membershipsOf } from '../directory/memberships.ts'
import type { Account } from '../membership/commands.ts'
import type { Bindings } from '../onboarding/create-organization.ts'
import { followAccounts } from '../onboarding/follow-accounts.ts'
import { eachOf } from './bounded.ts'

const ORGANIZATIONS_AT_ONCE = 10

export interface Followed {
  /** As all of their organizations have them now. */
  readonly accounts: readonly Account[]
  /** Who is left for another time, by id. */
  readonly behind: ReadonlySet<string>
}

/** Brings these people's accounts to every organization that has a row of them: one command for each, whoever is in it. */
export async function followPeople(bindings: Bindings, userIds: readonly string[]): Promise<Followed> {
  const accounts = new Map((await accountsOf(bindings.ACCOUNTS, userIds)).map((one) => [one.userId, one]))
  const memberships = await membershipsOf(bindings.DIRECTORY, [...accounts.keys()])
  const follow = async (organizationId: string, group: readonly Membership[]) => {
    const people = group.flatMap(({ userId }) => accounts.get(userId) ?? [])
    await followAccounts(bindings, organizationId, people)
  }
  const groups = [...Map.groupBy(memberships, ({ organizationId }) => organizationId)]
  const failed: Membership[] = []
  await eachOf(
    groups,
    ORGANIZATIONS_AT_ONCE,
    ([id, group]) => follow(id, group),
    ([, group]) => failed.push(...group),
  )
  // Each by themselves, so that one who cannot be followed does not hold the others back.
  const behind = new Set<string>()
  await eachOf(
    failed,
    ORGANIZATIONS_AT_ONCE,
    (one) => follow(one.organizationId, [one]),
    ({ userId }) => behind.add(userId),
  )
  return { accounts: [...accounts.values()].filter(({ userId }) => !behind.has(userId)), behind }
}
