import { sendOverdueAccountMails } from '../accounts/account-mails.ts'
import { forgetAddressChanges } from '../accounts/address-changes.ts'
import { forgetAttempts } from '../accounts/attempts.ts'
import { closingAccounts } from '../accounts/closing.ts'
import { forgetDevices } from '../accounts/devices.ts'
import { forgetChallenges } from '../accounts/email-challenges.ts'
import { forgetLogsOf, forgetOldLogs } from '../accounts/log-retention.ts'
import { dropOperatorSessions } from '../accounts/operator-session.ts'
import { settlePeople, unsettledPeople } from '../accounts/people.ts'
import { forgetSessions } from '../accounts/sessions.ts'
import type { InvitationMessage } from '../contract/mail-message.ts'
import {
  confirmCreation,
  openCreations,
  releaseCreation,
  releaseSlug,
  settleSlug,
  unsettledSlugs,
} from '../directory/claims.ts'
import { forgetCreationAnswers } from '../directory/creation-answers.ts'
import { noteReleased, releaseMails } from '../directory/delayed-mails.ts'
import { deletedPeople } from '../directory/environment-events.ts'
import { erasableOrganizations, forgetErasures, forgetOrganization } from '../directory/erasure.ts'
import { laggingOrganizations } from '../directory/health.ts'
import { forgetOldMail } from '../directory/mail-attempts.ts'
import { remainsOf } from '../directory/memberships.ts'
import { organizationsWithOverdueInvitations } from '../directory/overdue.ts'
import { currentSettings } from '../directory/settings.ts'
import { noteSweep } from '../directory/sweeps.ts'
import type { ExpireInvitations } from '../membership/commands.ts'
import { eraseIn, finishClosing } from '../onboarding/delete-account.ts'
import { ACCOUNTS_AT_ONCE } from '../onboarding/follow-accounts.ts'
import { type OrganizationNamespace, organizationClient } from '../organization/client.ts'
import { parcels } from '../organization/parcels.ts'
import { eachOf } from './bounded.ts'
import { followPeople } from './follow-people.ts'

export interface SweepBindings {
  readonly ACCOUNTS: D1Database
  readonly DIRECTORY: D1Database
  readonly LOGS: D1Database
  readonly ORGANIZATION: OrganizationNamespace
  readonly MAIL_QUEUE: Queue
}

const AT_ONCE = 10
const ORGANIZATIONS_PER_RUN = 500
const CLAIMS_PER_RUN = 200
const PEOPLE_PER_RUN = 1_000
const CLOSINGS_PER_RUN = 50
const ERASED_PER_RUN = 20
const REMAINS_PER_RUN = 100
const REMAINS_SOUGHT_MS = 3 * 24 * 60 * 60_000
const ACCOUNT_MAILS_PER_RUN = 1_000
const DELAYED_MAILS_PER_RUN = 1_000
const RECORDS_FORGOTTEN_PER_RUN = 1_000
const LOG_STEPS_PER_RUN = 20
const DELETED_PEOPLE_AT_ONCE = 1_000
/** Per step of one object, so that its callers do not have to wait. */
const INVITATIONS_PER_STEP = 200
const STEPS_PER_RUN = 20

/**
 * What cron does. It only finds candidates in the directory; each organization decides by its own rows and clock. So a
 * run that comes late, twice, or dies halfway leads to the same end; what one run cannot do, the next one finds.
 */
export async function sweep(bindings: SweepBindings, now: number): Promise<void> {
  const chores = {
    expireInvitations,
    settleClaims,
    wakeLagging,
    followUnsettled,
    finishClosings,
    eraseRemains,
    eraseDeleted,
    sendAccountMails,
    sendDelayedMails,
    forgetOld,
    sweepLogs,
  }
  const failed: string[] = []
  const work = ([, chore]: [string, Chore]) => chore(bindings, now)
  await eachOf(Object.entries(chores), 1, work, ([name]) => failed.push(name))
  await eachOf([failed], 1, (names) => noteSweep(bindings.ACCOUNTS, now, names))
}

type Chore = (bindings: SweepBindings, now: number) => Promise<void>

async function expireInvitations({ DIRECTORY, ORGANIZATION }: SweepBindings, now: number): Promise<void> {
  const overdue = await organizationsWithOverdueInvitations(DIRECTORY, now, ORGANIZATIONS_PER_RUN)
  await eachOf(overdue, AT_ONCE, async (id) => {
    const client = organizationClient(ORGANIZATION, id)
    const command: ExpireInvitations = { type: 'ExpireInvitations', limit: INVITATIONS_PER_STEP }
    for (let step = 0; step < STEPS_PER_RUN; step += 1) {
      const swept = await client.execute({ caller: { type: 'system', process: 'cron' }, command })
      // Nothing to expire although the directory thinks so: the directory lags behind.
      if (swept.ok && swept.value.expired === 0) await client.wake()
      if (!swept.ok || !swept.value.more) return
    }
  })
}

/** A claim stands for something or is given up: only the organization itself knows. */
async function settleClaims({ ACCOUNTS, ORGANIZATION }: SweepBindings, now: number): Promise<void> {
  await eachOf(await openCreations(ACCOUNTS, now, CLAIMS_PER_RUN), AT_ONCE, async (claim) => {
    const { organizationId: id, claimedAt } = claim
    const { exists } = await organizationClient(ORGANIZATION, id).wake()
    await (exists ? confirmCreation(ACCOUNTS, id) : releaseCreation(ACCOUNTS, id, claimedAt))
  })
  await eachOf(await unsettledSlugs(ACCOUNTS, now, CLAIMS_PER_RUN), AT_ONCE, async (claim) => {
    const { slug, organizationId, claimedAt } = claim
    const woken = await organizationClient(ORGANIZATION, organizationId).wake()
    if (woken.slug === slug) await settleSlug(ACCOUNTS, claim)
    else await releaseSlug(ACCOUNTS, slug, organizationId, claimedAt)
  })
}

async function wakeLagging({ DIRECTORY, ORGANIZATION }: SweepBindings, now: number): Promise<void> {
  await eachOf(await laggingOrganizations(DIRECTORY, now, ORGANIZATIONS_PER_RUN), AT_ONCE, async (id) => {
    await organizationClient(ORGANIZATION, id).wake()
  })
}

/** Whatever became of the messages about them, and for memberships that the directory did not know of at that time. */
async function followUnsettled(bindings: SweepBindings, now: number): Promise<void> {
  const people = await unsettledPeople(bindings.ACCOUNTS, now, PEOPLE_PER_RUN)
  while (people.length > 0) {
    const { accounts } = await followPeople(bindings, people.splice(0, ACCOUNTS_AT_ONCE))
    await settlePeople(bindings.ACCOUNTS, accounts)
  }
}

/** Accounts whose deletion was begun and has not come to its end. */
async function finishClosings(bindings: SweepBindings, now: number): Promise<void> {
  await eachOf(await closingAccounts(bindings.ACCOUNTS, now, CLOSINGS_PER_RUN), 1, async (user) => {
    const deleted = await finishClosing(bindings, user, { type: 'system', id: 'cron' }, now)
    if (!deleted.ok) console.warn({ message: 'an account stays, its person is a last owner', user: user.id })
  })
}

/** Of accounts that are gone. Days late, the relay of an organization has long brought who joined it. */
async function eraseRemains({ ACCOUNTS, DIRECTORY, ORGANIZATION }: SweepBindings, now: number): Promise<void> {
  let people = await deletedPeople(ACCOUNTS, now - REMAINS_SOUGHT_MS, DELETED_PEOPLE_AT_ONCE)
  let room = REMAINS_PER_RUN
  while (people.length > 0 && room > 0) {
    const userIds = people.map(({ userId }) => userId)
    const remains = await remainsOf(DIRECTORY, userIds, room)
    await eachOf(remains, AT_ONCE, async ({ organizationId, userId, email }) => {
      const left = await eraseIn({ ORGANIZATION }, organizationId, { id: userId, email })
      const person = { user: userId, organization: organizationId }
      if (left === 'last_owner') console.warn({ message: 'a last owner has no account', ...person })
    })
    room -= remains.length
    people = await deletedPeople(ACCOUNTS, now - REMAINS_SOUGHT_MS, DELETED_PEOPLE_AT_ONCE, people.at(-1))
  }
}

async function sendAccountMails({ ACCOUNTS, MAIL_QUEUE }: SweepBindings, now: number): Promise<void> {
  await sendOverdueAccountMails(ACCOUNTS, MAIL_QUEUE, now, ACCOUNT_MAILS_PER_RUN)
}

/** Queues delayed invitation mails that may fit under the limits now. Those that do not fit wait again. */
async function sendDelayedMails({ ACCOUNTS, MAIL_QUEUE }: SweepBindings, now: number): Promise<void> {
  const { invitation_mails_per_recipient_per_day: perRecipient } = await currentSettings(ACCOUNTS)
  const mails = await releaseMails(ACCOUNTS, now, { perRecipient, limit: DELAYED_MAILS_PER_RUN })
  const failed: string[] = []
  const release = async (text: string) => {
    const messages = JSON.parse(text) as InvitationMessage[]
    await MAIL_QUEUE.sendBatch(messages.map((body) => ({ body, contentType: 'json' as const })))
    const ids = messages.map(({ id }) => id)
    await noteReleased(ACCOUNTS, ids, now)
  }
  await eachOf(parcels(mails), 1, release, (text) => failed.push(text))
  if (failed.length > 0) throw new Error('Some delayed mails could not be queued')
}

async function forgetOld({ ACCOUNTS, DIRECTORY }: SweepBindings, now: number): Promise<void> {
  await forgetOldMail(ACCOUNTS, now, RECORDS_FORGOTTEN_PER_RUN)
  await forgetCreationAnswers(ACCOUNTS, now, RECORDS_FORGOTTEN_PER_RUN)
  await forgetSessions(ACCOUNTS, now, RECORDS_FORGOTTEN_PER_RUN)
  await dropOperatorSessions(ACCOUNTS, now, RECORDS_FORGOTTEN_PER_RUN)
  await forgetChallenges(ACCOUNTS, now, RECORDS_FORGOTTEN_PER_RUN)
  await forgetDevices(ACCOUNTS, now, RECORDS_FORGOTTEN_PER_RUN)
  await forgetAttempts(ACCOUNTS, now, RECORDS_FORGOTTEN_PER_RUN)
  await forgetAddressChanges(ACCOUNTS, now, RECORDS_FORGOTTEN_PER_RUN)
  await forgetErasures(DIRECTORY, now, RECORDS_FORGOTTEN_PER_RUN)
}

/** Repeats for some days after an account was deleted, because the logs may have been out of reach then. */
async function sweepLogs({ ACCOUNTS, LOGS }: SweepBindings, now: number): Promise<void> {
  let people = await deletedPeople(ACCOUNTS, now - REMAINS_SOUGHT_MS, DELETED_PEOPLE_AT_ONCE)
  while (people.length > 0) {
    await forgetLogsOf(
      LOGS,
      people.map(({ userId }) => userId),
    )
    people = await deletedPeople(ACCOUNTS, now - REMAINS_SOUGHT_MS, DELETED_PEOPLE_AT_ONCE, people.at(-1))
  }
  await forgetOldLogs(LOGS, now, LOG_STEPS_PER_RUN)
}

async function eraseDeleted({ DIRECTORY, ORGANIZATION }: SweepBindings, now: number): Promise<void> {
  await eachOf(await erasableOrganizations(DIRECTORY, now, ERASED_PER_RUN), AT_ONCE, async (id) => {
    const { erased } = await organizationClient(ORGANIZATION, id).erase()
    if (erased) await forgetOrganization(DIRECTORY, id)
  })
}
