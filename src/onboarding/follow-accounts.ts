import { usersOfIds } from '../accounts/many-users.ts'
import { accountsOf } from '../accounts/people.ts'
import { accountOf, getUser, type User } from '../accounts/users.ts'
import type { Caller } from '../membership/actor.ts'
import type { Account } from '../membership/commands.ts'
import { organizationClient } from '../organization/client.ts'
import { failureOf } from '../records/failure.ts'
import type { Bindings } from './create-organization.ts'
import { eraseIn } from './delete-account.ts'

/** Per command, so that an organization's other callers do not have to wait. */
export const ACCOUNTS_AT_ONCE = 100

const PROCESS: Caller = { type: 'system', process: 'accounts' }

/**
 * One organization's rows take over these accounts. Whose address is still held there by a row that lags itself is
 * brought along with its holder, all of them read anew at one moment; throws when not even that helps.
 */
export async function followAccounts(
  bindings: Bindings,
  organizationId: string,
  accounts: readonly Account[],
): Promise<void> {
  const client = organizationClient(bindings.ORGANIZATION, organizationId)
  const userIds = new Set(accounts.map(({ userId }) => userId))
  let people = accounts
  for (;;) {
    const executed = await client.execute({ caller: PROCESS, command: { type: 'UpdatePeople', people } })
    if (!executed.ok) {
      // Erased for good meanwhile.
      if (executed.error.code === 'not_found') return
      throw new Error(`${organizationId} does not follow accounts: ${executed.error.code}`)
    }
    const { heldBy } = executed.value
    if (heldBy.length === 0) return
    const known = userIds.size
    for (const holder of heldBy) userIds.add(holder)
    if (userIds.size === known || userIds.size > 2 * ACCOUNTS_AT_ONCE) {
      throw new Error(`${organizationId} has an address twice: ${heldBy.join(', ')}`)
    }
    people = await accountsOf(bindings.ACCOUNTS, [...userIds])
  }
}

/**
 * To be called after somebody has entered an organization with what was read of their account before: a change that
 * came in between was announced, and a deletion went its way, when the directory did not know of the membership yet. They
 * have entered whatever comes of this, so it never fails; the sweep finds what it could not do. False: their account is
 * being deleted, or is gone, and the organization has forgotten them.
 */
export async function followSinceRead(
  bindings: Bindings,
  organizationId: string,
  read: Pick<User, 'id' | 'email' | 'revision'>,
): Promise<boolean> {
  try {
    const user = await getUser(bindings.ACCOUNTS, read.id)
    if (user === null || user.closingAt !== null)
      return (await eraseIn(bindings, organizationId, read)) === 'last_owner'
    if (user.revision !== read.revision) await followAccounts(bindings, organizationId, [accountOf(user)])
  } catch (error) {
    console.warn({ message: 'change of a person not followed', organization: organizationId, error: failureOf(error) })
  }
  return true
}

/**
 * The same for many people, whose accounts are read with one statement. `added`: those of them who joined by this command.
 * A person who was a member before is left to the deletion of the account, which may still be taken back. A person who
 * cannot be followed does not keep the others from their turn.
 */
export async function followManySinceRead(
  bindings: Bindings,
  organizationId: string,
  read: readonly Pick<User, 'id' | 'email' | 'revision'>[],
  added: ReadonlySet<string>,
): Promise<void> {
  const attempt = async (follow: () => Promise<unknown>) => {
    try {
      await follow()
    } catch (error) {
      console.warn({ message: 'changes of people not followed', organization: organizationId, error: failureOf(error) })
    }
  }
  await attempt(async () => {
    const users = await usersOfIds(
      bindings.ACCOUNTS,
      read.map(({ id }) => id),
    )
    const changed: Account[] = []
    for (const person of read) {
      const user = users.get(person.id)
      const isLiving = user !== undefined && user.closingAt === null
      if (isLiving && user.revision !== person.revision) changed.push(accountOf(user))
      if (!isLiving && added.has(person.id)) await attempt(() => eraseIn(bindings, organizationId, person))
    }
    for (let from = 0; from < changed.length; from += ACCOUNTS_AT_ONCE) {
      const people = changed.slice(from, from + ACCOUNTS_AT_ONCE)
      try {
        await followAccounts(bindings, organizationId, people)
      } catch {
        // One of them may be in the way of all others.
        for (const account of people) await attempt(() => followAccounts(bindings, organizationId, [account]))
      }
    }
  })
}
