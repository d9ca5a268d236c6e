import { closeAccount, forgottenBy, noteForgottenBy, removeAccount, reopenAccount } from '../accounts/closing.ts'
import { formerEmailsOf } from '../accounts/former-emails.ts'
import { forgetLogsOf } from '../accounts/log-retention.ts'
import { announceClosing } from '../accounts/people.ts'
import { forgetRevoked } from '../accounts/session-cache.ts'
import type { User } from '../accounts/users.ts'
import { foundingsOf } from '../directory/claims.ts'
import { forgetRecipient } from '../directory/delayed-mails.ts'
import { directoriesOf } from '../directory/directories.ts'
import { type AboutPerson, mentionsOf } from '../directory/memberships.ts'
import type { Actor, Caller } from '../membership/actor.ts'
import type { ErasePerson } from '../membership/commands.ts'
import { ok, type Result, refuse } from '../membership/result.ts'
import { organizationClient } from '../organization/client.ts'
import type { ExecutedCommand } from '../organization/requests.ts'
import { failureOf } from '../records/failure.ts'
import type { Bindings as CreationBindings } from './create-organization.ts'

interface Bindings extends CreationBindings {
  readonly LOGS: D1Database
  readonly PEOPLE_QUEUE: Queue
}

const ORGANIZATIONS_AT_ONCE = 10
/** That forget a person within one request or message, so that neither takes long. The rest follow through the queue. */
const FORGETTING_PER_CALL = 200
/** That are asked for the last owner before a deletion begins, those first where the person may own. */
const ASKED_BEFORE = 1_000
const PROCESS: Caller = { type: 'system', process: 'accounts' }

/** Organizations that would lose their last owner. */
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
  const about = await organizationsAbout(bindings, { ...user, formerEmails: [] })
  const owned = await lastOwned(bindings, user.id, about.slice(0, ASKED_BEFORE))
  return owned.length > 0 ? { code: 'last_owner', organizations: owned } : null
}

async function close(bindings: Bindings, user: User, actor: Actor, now: number): Promise<Deletion> {
  if (user.closingAt === null) {
    forgetRevoked(bindings.ACCOUNTS, await closeAccount(bindings.ACCOUNTS, user, now), now)
  }
  const closing = await goOnClosing(bindings, user, actor, now)
  if (typeof closing !== 'string') return closing
  await announceClosing(bindings.PEOPLE_QUEUE, user.id)
  return ok(null)
}

/**
 * Goes on with a deletion, wherever it stopped. `unfinished`: more organizations have to forget the person than one call
 * reaches. `stuck`: so it is, and none of those that were asked did. A person who became the last owner of an organization meanwhile keeps the account; what the person has left by
 * then stays left.
 */
export async function goOnClosing(
  bindings: Bindings,
  user: User,
  actor: Actor,
  now: number,
  limit = FORGETTING_PER_CALL,
): Promise<Deletion | 'unfinished' | 'stuck'> {
  const { ACCOUNTS } = bindings
  const done = await forgottenBy(ACCOUNTS, user.id)
  const formerEmails = (await formerEmailsOf(ACCOUNTS, [user.id])).get(user.id) ?? []
  const person = { ...user, formerEmails }
  const failures = new Map<string, unknown>()
  for (let asked = 0; ; ) {
    // Read again each time: the directory may have learned of more meanwhile.
    const left = (await organizationsAbout(bindings, person)).filter((id) => !done.has(id) && !failures.has(id))
    if (left.length === 0) break
    if (asked >= limit) return failures.size === asked ? 'stuck' : 'unfinished'
    // By their order those come first that may refuse.
    const next = left.slice(0, asked === 0 ? 1 : Math.min(ORGANIZATIONS_AT_ONCE, limit - asked))
    const { forgotten, kept } = await forgetIn(bindings, person, next, failures)
    if (kept.length > 0) {
      await reopenAccount(ACCOUNTS, user.id)
      return refuse({ code: 'last_owner', organizations: await lastOwned(bindings, user.id, kept) })
    }
    // Not only in memory: the directory may hear of it late, and a call that dies must not begin again.
    const isLast = left.length === next.length && failures.size === 0
    if (!isLast && forgotten.length > 0) await noteForgottenBy(ACCOUNTS, user.id, forgotten)
    for (const id of forgotten) done.add(id)
    asked += next.length
  }
  for (const failure of failures.values()) throw failure
  await forgetRecipient(ACCOUNTS, user.email)
  await removeAccount(ACCOUNTS, user.id, actor, now)
  await forgetLog(bindings.LOGS, user.id)
  return ok(null)
}

/** `kept`: these would lose their last owner. One that fails does not keep the others from their turn. */
async function forgetIn(
  bindings: Bindings,
  person: Forgotten,
  organizationIds: readonly string[],
  failures: Map<string, unknown>,
): Promise<{ readonly forgotten: readonly string[]; readonly kept: readonly string[] }> {
  const [forgotten, kept]: [string[], string[]] = [[], []]
  const forget = async (id: string) => {
    try {
      const left = await eraseIn(bindings, id, person)
      if (left === 'last_owner') kept.push(id)
      else forgotten.push(id)
    } catch (error) {
      failures.set(id, error)
    }
  }
  await Promise.all(organizationIds.map(forget))
  return { forgotten, kept }
}

/**
 * Every organization that may know something of a person, those first where they may be an owner. Claims and the
 * organization of their sessions tell of organizations that the directory does not know yet.
 */
async function organizationsAbout(bindings: Bindings, user: User & AboutPerson): Promise<string[]> {
  const [created, mentions] = await Promise.all([
    foundingsOf(bindings.ACCOUNTS, user.id),
    mentionsOf(directoriesOf(bindings), user),
  ])
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

type Forgotten = Pick<User, 'id' | 'email'> & Pick<ErasePerson, 'formerEmails'>

/** One organization forgets the person, step by step; one that is no more has nothing to forget. */
export async function eraseIn(
  { ORGANIZATION }: Pick<Bindings, 'ORGANIZATION'>,
  organizationId: string,
  { id: userId, email, formerEmails = [] }: Forgotten,
): Promise<'erased' | 'last_owner'> {
  const client = organizationClient(ORGANIZATION, organizationId)
  let afterSeq: number | null = 0
  while (afterSeq !== null) {
    const command: ErasePerson = { type: 'ErasePerson', userId, email, formerEmails, afterSeq }
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
