import type { OrganizationChore } from '../../contract/organization-chore.ts'
import { openCreations, organizationsWithoutClaims, organizationsWithUnsettledSlugs } from '../../directory/claims.ts'
import type { Directory } from '../../directory/directories.ts'
import { erasableOrganizations } from '../../directory/erasure.ts'
import { laggingOrganizations, organizationsWithWaitingMails } from '../../directory/health.ts'
import { organizationsAfter } from '../../directory/organizations.ts'
import { overdueOrganizations } from '../../directory/overdue.ts'
import { moveTo, positionOf } from '../../directory/sweep-positions.ts'
import { organizationsFoundWaiting } from '../../directory/waiting-organizations.ts'
import type { PageRequest } from '../../records/time-page.ts'
import { fanOut, type Outlet, queueOnce } from './fan-out.ts'
import type { Chore, Run } from './run.ts'

/* Chores that only find organizations. What there is to do each organization decides by its own rows and clock. */

export const outletOf = (run: Run, chore: OrganizationChore['chore']): Outlet => ({
  chore,
  queue: run.bindings.ORGANIZATIONS_QUEUE,
  messageOf: (organizationId): OrganizationChore => ({ version: 1, chore, organizationId }),
})

type InDirectory = (directory: Directory) => Chore

export const expireInvitations: InDirectory =
  ({ name, database }) =>
  (run) => {
    const read = (page: PageRequest) => overdueOrganizations(database, run.now, page)
    return fanOut(run, { name: `expireInvitations@${name}`, read }, outletOf(run, 'expire_invitations'))
  }

export const eraseDeleted: InDirectory =
  ({ name, database }) =>
  (run) => {
    const read = (page: PageRequest) => erasableOrganizations(database, run.now, page)
    return fanOut(run, { name: `eraseDeleted@${name}`, read }, outletOf(run, 'erase'))
  }

/** Of which the directory knows that it has not everything, or that mails wait. */
export const wakeLagging: InDirectory =
  ({ name, database }) =>
  async (run) => {
    const outlet = outletOf(run, 'wake')
    const rows = (page: PageRequest) => laggingOrganizations(database, run.now, page)
    const mails = (page: PageRequest) => organizationsWithWaitingMails(database, page)
    const isDone = await fanOut(run, { name: `wakeLagging:rows@${name}`, read: rows }, outlet)
    return (await fanOut(run, { name: `wakeLagging:mails@${name}`, read: mails }, outlet)) && isDone
  }

/** That said so themselves when they were last woken. */
export const wakeWaiting: Chore = (run) => {
  const read = (page: PageRequest) => organizationsFoundWaiting(run.bindings.ACCOUNTS, run.now, page)
  return fanOut(run, { name: 'wakeWaiting', read }, outletOf(run, 'wake'))
}

/** A claim stands for something or is given up: only the organization itself knows. */
export const settleClaims: Chore = async (run) => {
  const { ACCOUNTS } = run.bindings
  const outlet = outletOf(run, 'settle_claims')
  const creations = (page: PageRequest) => openCreations(ACCOUNTS, run.now, page)
  const slugs = (page: PageRequest) => organizationsWithUnsettledSlugs(ACCOUNTS, run.now, page)
  const isDone = await fanOut(run, { name: 'settleClaims:creations', read: creations }, outlet)
  return (await fanOut(run, { name: 'settleClaims:slugs', read: slugs }, outlet)) && isDone
}

const PAGES_OF_CLAIMS = 10
const ORGANIZATIONS_PER_PAGE = 500

/**
 * Wakes organizations that a directory knows and that lack a claim, because the database of the claims was restored to an
 * earlier time: awake, they claim again what they hold. Each run looks at some thousand, and the next one goes on.
 */
export const assertClaims: InDirectory =
  ({ name, database }) =>
  async (run) => {
    const { ACCOUNTS } = run.bindings
    const position = `assertClaims@${name}`
    run.budget.spend()
    let { after } = await positionOf(ACCOUNTS, position)
    for (let page = 0; page < PAGES_OF_CLAIMS && !run.budget.isOver; page += 1) {
      run.budget.spend(3)
      const organizations = await organizationsAfter(database, after, ORGANIZATIONS_PER_PAGE)
      const lost = await organizationsWithoutClaims(ACCOUNTS, organizations)
      if (lost.length > 0) await queueOnce(run, lost, outletOf(run, 'wake'))
      const next = organizations.length < ORGANIZATIONS_PER_PAGE ? null : (organizations.at(-1)?.id ?? null)
      if (next !== after) await moveTo(ACCOUNTS, position, next, run.now, run.now)
      after = next
      if (after === null) break
    }
    return true
  }
