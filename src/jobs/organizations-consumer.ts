import { OrganizationChore } from '../contract/organization-chore.ts'
import {
  confirmCreation,
  longOpenClaims,
  organizationsWithoutClaims,
  releaseCreation,
  releaseSlug,
  settleSlug,
} from '../directory/claims.ts'
import { directoriesOf } from '../directory/directories.ts'
import { forgetOrganization } from '../directory/erasure.ts'
import { standingsOf } from '../directory/health.ts'
import { unmark } from '../directory/sweep-marks.ts'
import { type FoundWaiting, noteAnswers } from '../directory/waiting-organizations.ts'
import type { ExpireInvitations } from '../membership/commands.ts'
import { assertHeldClaims } from '../onboarding/assert-claims.ts'
import { forgetAbsent } from '../onboarding/forget-absent.ts'
import { type OrganizationNamespace, organizationClient } from '../organization/client.ts'
import type { Known } from '../organization/relay/directory-lane.ts'
import { eachOf } from './bounded.ts'

export interface OrganizationsBindings {
  readonly ACCOUNTS: D1Database
  readonly DIRECTORY: D1Database
  readonly ORGANIZATION: OrganizationNamespace
  readonly ORGANIZATIONS_QUEUE: Queue
}

const AT_ONCE = 10
const FIRST_RETRY_SECONDS = 30
/** Per step of one object, so that its callers do not have to wait. */
const INVITATIONS_PER_STEP = 200
const STEPS_PER_MESSAGE = 20

interface Delivery {
  readonly message: Message
  readonly chore: OrganizationChore
}

/**
 * `done`: nothing is left, so cron may queue the organization again as soon as it finds it. `again`: it stays marked, and is
 * queued again only once the mark is old: something is left that does not change by asking at once.
 */
type Outcome = 'done' | 'again'

type Work = (organizationId: string) => Promise<Outcome>

/**
 * Does what cron has found to do in organizations. A message that comes twice or late finds nothing to do. What fails is tried
 * again a few times; then the message is gone, and cron finds the organization again.
 */
export async function consumeOrganizations(
  batch: MessageBatch,
  bindings: OrganizationsBindings,
  now: () => number = Date.now,
): Promise<void> {
  const deliveries = batch.messages.flatMap((message): Delivery[] => {
    const { data: chore } = OrganizationChore.safeParse(message.body)
    if (chore !== undefined) return [{ message, chore }]
    console.error({ message: 'a message about an organization cannot be read', id: message.id })
    message.retry({ delaySeconds: FIRST_RETRY_SECONDS })
    return []
  })
  for (const [chore, group] of Map.groupBy(deliveries, ({ chore: { chore } }) => chore)) {
    await consumeChore(chore, group, bindings, now())
  }
}

async function consumeChore(
  chore: OrganizationChore['chore'],
  deliveries: readonly Delivery[],
  bindings: OrganizationsBindings,
  now: number,
): Promise<void> {
  const ids = [...new Set(deliveries.map(({ chore: { organizationId } }) => organizationId))]
  const outcomes = new Map<string, Outcome>()
  const { work, finish } = await CHORES[chore](bindings, ids, now)
  await eachOf(ids, AT_ONCE, async (id) => {
    outcomes.set(id, await work(id))
  })
  await finish()
  await unmark(
    bindings.ACCOUNTS,
    chore,
    ids.filter((id) => outcomes.get(id) === 'done'),
  )
  for (const {
    message,
    chore: { organizationId },
  } of deliveries) {
    if (outcomes.has(organizationId)) message.ack()
    else message.retry({ delaySeconds: FIRST_RETRY_SECONDS })
  }
}

/** What a chore does for each organization, and at the end for all of them together. */
interface Task {
  readonly work: Work
  readonly finish: () => Promise<void>
}

const nothingMore = async () => undefined

const CHORES: {
  readonly [chore in OrganizationChore['chore']]: (
    bindings: OrganizationsBindings,
    ids: readonly string[],
    now: number,
  ) => Promise<Task>
} = {
  expire_invitations: async (bindings) => ({ work: (id) => expireInvitations(bindings, id), finish: nothingMore }),
  settle_claims: settleClaims,
  wake: wakeAll,
  erase: async (bindings) => ({ work: (id) => erase(bindings, id), finish: nothingMore }),
}

async function expireInvitations(bindings: OrganizationsBindings, id: string): Promise<Outcome> {
  const client = organizationClient(bindings.ORGANIZATION, id)
  const command: ExpireInvitations = { type: 'ExpireInvitations', limit: INVITATIONS_PER_STEP }
  for (let step = 0; step < STEPS_PER_MESSAGE; step += 1) {
    const swept = await client.execute({ caller: { type: 'system', process: 'cron' }, command })
    if (!swept.ok) return 'again'
    if (swept.value.expired === 0) {
      // Nothing to expire although the directory thinks so: the directory lags behind.
      await client.wake()
      return 'again'
    }
    if (!swept.value.more) return 'done'
  }
  const more: OrganizationChore = { version: 1, chore: 'expire_invitations', organizationId: id }
  await bindings.ORGANIZATIONS_QUEUE.send(more, { contentType: 'json' })
  return 'again'
}

async function settleClaims(
  { ACCOUNTS, ORGANIZATION }: OrganizationsBindings,
  ids: readonly string[],
  now: number,
): Promise<Task> {
  const { creations, slugs } = await longOpenClaims(ACCOUNTS, ids, now)
  const slugsOf = Map.groupBy(slugs, ({ organizationId }) => organizationId)
  const work: Work = async (id) => {
    const { exists, slug } = await organizationClient(ORGANIZATION, id).wake()
    const claimedAt = creations.get(id)
    if (claimedAt !== undefined)
      await (exists ? confirmCreation(ACCOUNTS, id) : releaseCreation(ACCOUNTS, id, claimedAt))
    for (const claim of slugsOf.get(id) ?? []) {
      if (slug === claim.slug) await settleSlug(ACCOUNTS, claim)
      else await releaseSlug(ACCOUNTS, claim.slug, id, claim.claimedAt)
    }
    return 'done'
  }
  return { work, finish: nothingMore }
}

/** A busy organization always has something on its way. What waits for a shorter time than this is not noted. */
const NOTED_AFTER_MS = 60_000

const longSince = (since: number | null, now: number): number | null =>
  since !== null && since <= now - NOTED_AFTER_MS ? since : null

/**
 * Tells each organization what the directories have of it, and keeps what it answers. What does not exist is forgotten. The next
 * run may ask again those that wait: it begins with the one that was asked the longest time ago.
 */
async function wakeAll(bindings: OrganizationsBindings, ids: readonly string[], now: number): Promise<Task> {
  const { ACCOUNTS, ORGANIZATION } = bindings
  const known = await knownIn(bindings, ids)
  const answers: FoundWaiting[] = []
  const standing: { id: string; slug: string }[] = []
  const work: Work = async (organizationId) => {
    const { waiting, exists, slug } = await organizationClient(ORGANIZATION, organizationId).wake(known(organizationId))
    if (!exists) await forgetAbsent(bindings, organizationId)
    if (exists && slug !== null) standing.push({ id: organizationId, slug })
    const directorySince = longSince(waiting.directory, now)
    answers.push({ organizationId, directorySince, mailSince: longSince(waiting.mail, now) })
    return 'done'
  }
  const finish = async () => {
    await noteAnswers(ACCOUNTS, answers, now)
    await assertLostClaims(bindings, standing)
  }
  return { work, finish }
}

/** After the database of the claims was restored to an earlier time, an organization that exists may hold none. */
async function assertLostClaims(
  bindings: OrganizationsBindings,
  standing: readonly { readonly id: string; readonly slug: string }[],
): Promise<void> {
  if (standing.length === 0) return
  const { ACCOUNTS, ORGANIZATION } = bindings
  await eachOf(await organizationsWithoutClaims(ACCOUNTS, standing), AT_ONCE, async (id) => {
    const held = await organizationClient(ORGANIZATION, id).claims()
    if (held !== null) await assertHeldClaims(bindings, held)
  })
}

const NOTHING_KNOWN: Known = { projectedVersion: 0, mailWaitingSince: null }

/** What the directories say of organizations. Undefined: that is not known, since one of them is out of reach. */
async function knownIn(
  bindings: OrganizationsBindings,
  ids: readonly string[],
): Promise<(id: string) => Known | undefined> {
  const directories = directoriesOf(bindings)
  const known = new Map<string, Known>()
  let reached = 0
  await eachOf(directories, directories.length, async ({ database }) => {
    for (const { id, ...standing } of await standingsOf(database, ids)) known.set(id, standing)
    reached += 1
  })
  const unknown = reached === directories.length ? NOTHING_KNOWN : undefined
  return (id) => known.get(id) ?? unknown
}

/** A directory that has no such organization has nothing to forget. */
async function erase(bindings: OrganizationsBindings, id: string): Promise<Outcome> {
  const { erased } = await organizationClient(bindings.ORGANIZATION, id).erase()
  if (!erased) return 'again'
  for (const { database } of directoriesOf(bindings)) await forgetOrganization(database, id)
  return 'done'
}
