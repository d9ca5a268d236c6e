import type { DeploymentHealth } from '../../../onboarding/deployment-health.ts'
import type { Waiting } from '../../../records/waiting.ts'

/** `good`: nothing waits. `busy`: what waits is young enough to be done by itself. `attention`: look at it. */
export type State = 'good' | 'busy' | 'attention'

export interface Finding {
  readonly title: string
  readonly state: State
  readonly waiting: Waiting
  /** What the figure counts. */
  readonly meaning: string
  /** What to do, once it needs attention. */
  readonly advice: string
}

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
/** Cron runs every five minutes: what is older has seen it three times, in vain. */
export const AFTER_THREE_SWEEPS_MS = 15 * MINUTE_MS
/** For 30 days an organization can be restored; then the sweep erases a few with each run. */
const ERASED_BY_NOW_MS = 31 * DAY_MS

/** What of a deployment's work waits, in words. */
export function findings(health: DeploymentHealth, now: number): readonly Finding[] {
  const { relay, unsentMails, rebuilds, people, closings, invitations, claims, erasures } = health
  const after = (waiting: Waiting, ageMs: number) => ({ waiting, state: stateOf(waiting, now - ageMs) })
  return [
    {
      title: 'Organizations behind in the directory',
      ...after(relay, AFTER_THREE_SWEEPS_MS),
      meaning: 'Their own pages are right; search, lists across organizations and reads near the caller lag.',
      advice: 'Look for “relay failed” in the logs. Rebuild those named below once the directory can be reached.',
    },
    {
      title: 'Organizations with unsent mails',
      ...after(unsentMails, AFTER_THREE_SWEEPS_MS),
      meaning: 'Their mails wait for the queue. Each organization tries again by itself, at least every five minutes.',
      advice: 'Look for “relay failed” in the logs, and see whether the queue muster-mail takes messages.',
    },
    {
      title: 'Rebuilds without an end',
      ...after(rebuilds, AFTER_THREE_SWEEPS_MS),
      meaning: 'Organizations of which nothing has arrived since a rebuild was begun.',
      advice: 'Rebuild everything with POST /v1/rebuild, which may be repeated.',
    },
    {
      title: 'People whose changes have not settled',
      ...after(people, AFTER_THREE_SWEEPS_MS),
      meaning: 'Some of their organizations may still show an earlier name, address or attribute.',
      advice: 'Look for “does not follow accounts” in the logs: it names the organization that cannot be reached.',
    },
    {
      title: 'Accounts whose deletion is under way',
      ...after(closings, AFTER_THREE_SWEEPS_MS),
      meaning: 'Nobody can sign in to them any more; not all organizations have forgotten them yet.',
      advice: 'Look for “does not forget a person” in the logs: it names the organization that cannot be reached.',
    },
    {
      title: 'Invitations past their time',
      ...after(invitations, AFTER_THREE_SWEEPS_MS),
      meaning: 'Nobody can accept them and they take no seat; it is only not written down yet.',
      advice: 'The sweep does it: see whether it runs.',
    },
    {
      title: 'Overdue claims',
      ...after(claims, AFTER_THREE_SWEEPS_MS),
      meaning: 'Organizations whose creation was begun, and that hold an address perhaps for nothing.',
      advice: 'The sweep settles them: see whether it runs.',
    },
    {
      title: 'Deleted organizations to erase',
      ...after(erasures, ERASED_BY_NOW_MS),
      meaning: 'They were deleted more than 30 days ago and can no longer be restored.',
      advice: 'The sweep erases them: see whether it runs.',
    },
    ...mailFindings(health, now),
  ]
}

function mailFindings({ mail: { failed, interrupted } }: DeploymentHealth, now: number): readonly Finding[] {
  return [
    {
      title: 'Mails that failed in 24 hours',
      waiting: failed,
      state: failed.count === 0 ? 'good' : 'attention',
      meaning: 'The mail server has refused them for good, or they came to the dead letters after eight tries.',
      advice:
        'Their invitations say so, and can be sent again. If there are many, look at the settings of the mail server.',
    },
    {
      title: 'Mails interrupted while they were sent',
      waiting: interrupted,
      state: stateOf(interrupted, now - 60 * MINUTE_MS),
      meaning: 'They were handed to the mail server and no answer came back. The queue tries again by itself.',
      advice: 'See whether the mail server answers in time.',
    },
  ]
}

const stateOf = ({ since }: Waiting, old: number): State =>
  since === null ? 'good' : since >= old ? 'busy' : 'attention'

/** Has cron stopped, or left something undone? */
export const isSweepDue = ({ sweep }: DeploymentHealth, now: number): boolean =>
  sweep === null || sweep.at < now - AFTER_THREE_SWEEPS_MS || sweep.failed.length > 0
