import { closeAccount, removeAccount, reopenAccount } from '../accounts/closing.ts'
import { forgetLogsOf } from '../accounts/log-retention.ts'
import { forgetRevoked } from '../accounts/session-cache.ts'
import type { User } from '../accounts/users.ts'
import { creationsOf } from '../directory/claims.ts'
import { forgetRecipient } from '../directory/delayed-mails.ts'
import { mentionsOf } from '../directory/memberships.ts'
import type { Actor, Caller } from '../membership/actor.ts'
import type { ErasePerson } from '../membership/commands.ts'
import { ok, type Result, refuse } from '../membership/result.ts'
import { organizationClient } from '../organization/client.ts'
import type { ExecutedCommand } from '../organization/requests.ts'
import { failureOf } from '../records/failure.ts'
import type { Bindings as CreationBindings } from './create-organization.ts'

interface Bindings extends CreationBindings {
  readonly LOGS: D1Database
}

const ORGANIZATIONS_AT_ONCE = 10
const PROCESS: Caller = { type: 'system', process: 'accounts' }

/** These would be without an owner. */
export interface StillOwner {
  readonly code: 'last_owner'
  readonly organizations: readonly { readonly id: string; readonly name: string }[]
}

type Deletion = Result<null, StillOwner>
type OwnDeletion = Result<null, StillOwner | { readonly code: 'reauthentication_required' }>

/**
 * Deletes an account, and everything of the person in every organization. Nothing is changed while some organization has
 * no other owner. Once that is settled nobody signs in any more, the organizations forget the person one by one, and the
 * account goes last: so whatever dies in between, a repeated call or the sweep finds it and goes on.
 */
export async function deleteAccount(bindings: Bindings, user: User, actor: Actor, now: number): Promise<Deletion> {
  const stillOwner = await stillOwnerOf(bindings, user)
  return stillOwner === null ? close(bindings, user, actor, now) : refuse(stillOwner)
}

/** The same by the person, who must have proven lately who they are. They are asked last. */
export async function deleteOwnAccount(
  bindings: Bindings,
  user: User,
  { actor, isProven }: { readonly actor: Actor; readonly isProven: () => Promise<boolean> },
  now: number,
): Promise<OwnDeletion> {
  const stillOwner = await stillOwnerOf(bindings, user)
  if (stillOwner !== null) return refuse(stillOwner)
  if (!(await isProven())) return refuse({ code: 'reauthentication_required' })
  return close(bindings, user, actor, now)
}

async function stillOwnerOf(bindings: Bindings, user: User): Promise<StillOwner | null> {
  if (user.closingAt !== null) return null
  const owned = await lastOwned(bindings, user.id, await organizationsAbout(bindings, user))
  return owned.length > 0 ? { code: 'last_owner', organizations: owned } : null
}

async function close(bindings: Bindings, user: User, actor: Actor, now: number): Promise<Deletion> {
  if (user.closingAt === null) {
    forgetRevoked(bindings.ACCOUNTS, await closeAccount(bindings.ACCOUNTS, user, now), now)
  }
  return finishClosing(bindings, user, actor, now)
}

/**
 * Goes on with a deletion, wherever it stopped. Somebody who became the last owner of an organization meanwhile keeps the
 * account; what they have left by then they have left.
 */
export async function finishClosing(bindings: Bindings, user: User, actor: Actor, now: number): Promise<Deletion> {
  const done = new Set<string>()
  for (;;) {
    const known = await organizationsAbout(bindings, user)
    // By their order those come first that may refuse.
    const next = known.filter((id) => !done.has(id)).slice(0, done.size === 0 ? 1 : ORGANIZATIONS_AT_ONCE)
    if (next.length === 0) break
    const left = await Promise.all(next.map((id) => eraseIn(bindings, id, user)))
    const kept = next.filter((_, index) => left[index] === 'last_owner')
    if (kept.length > 0) {
      await reopenAccount(bindings.ACCOUNTS, user.id)
      return refuse({ code: 'last_owner', organizations: await lastOwned(bindings, user.id, kept) })
    }
    for (const id of next) done.add(id)
  }
  await forgetRecipient(bindings.ACCOUNTS, user.email)
  await removeAccount(bindings.ACCOUNTS, user.id, actor, now)
  await forgetLog(bindings.LOGS, user.id)
  return ok(null)
}

/**
 * Every organization that may know something of a person, those first where they may be an owner. Claims and the
 * organization of their sessions tell of organizations that the directory does not know yet.
 */
async function organizationsAbout({ ACCOUNTS, DIRECTORY }: Bindings, user: User): Promise<string[]> {
  const [created, mentions] = await Promise.all([creationsOf(ACCOUNTS, user.id), mentionsOf(DIRECTORY, user)])
  const owned = mentions.filter(({ mayOwn }) => mayOwn)
  const last = user.lastOrganizationId === null ? [] : [user.lastOrganizationId]
  return [...new Set([...created, ...[...owned, ...mentions].map(({ organizationId }) => organizationId), ...last])]
}

/** The sweep does it again: the logs may be out of reach now, or a last entry may still be on its way. */
async function forgetLog(logs: D1Database, userId: string): Promise<void> {
  try {
    await forgetLogsOf(logs, [userId])
  } catch (error) {
    console.warn({ message: 'authentication log not erased yet', user: userId, error: failureOf(error) })
  }
}

/** One organization forgets the person, step by step; one that is no more has nothing to forget. */
export async function eraseIn(
  { ORGANIZATION }: Pick<Bindings, 'ORGANIZATION'>,
  organizationId: string,
  { id: userId, email }: Pick<User, 'id' | 'email'>,
): Promise<'erased' | 'last_owner'> {
  const client = organizationClient(ORGANIZATION, organizationId)
  let afterSeq: number | null = 0
  while (afterSeq !== null) {
    const command: ErasePerson = { type: 'ErasePerson', userId, email, afterSeq }
    const executed: ExecutedCommand<ErasePerson> = await client.execute({ caller: PROCESS, command })
    if (executed.ok) afterSeq = executed.value.nextSeq
    else if (executed.error.code === 'last_owner') return 'last_owner'
    else if (executed.error.code === 'not_found') return 'erased'
    else throw new Error(`${organizationId} does not forget a person: ${executed.error.code}`)
  }
  return 'erased'
}

async function lastOwned(
  { ORGANIZATION }: Bindings,
  userId: string,
  organizationIds: readonly string[],
): Promise<StillOwner['organizations']> {
  const owned: StillOwner['organizations'][number][] = []
  for (let start = 0; start < organizationIds.length; start += ORGANIZATIONS_AT_ONCE) {
    const asked = organizationIds.slice(start, start + ORGANIZATIONS_AT_ONCE).map(async (id) => {
      const answered = await organizationClient(ORGANIZATION, id).read(PROCESS, { type: 'GetLastOwnership', userId })
      // One that is deleted needs no owner.
      return answered.ok && answered.value.isLastOwner ? [{ id, name: answered.value.organizationName }] : []
    })
    owned.push(...(await Promise.all(asked)).flat())
  }
  return owned
}
