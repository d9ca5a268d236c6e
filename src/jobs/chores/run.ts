import type { OrganizationNamespace } from '../../organization/client.ts'
import type { Budget } from '../budget.ts'

export interface SweepBindings {
  readonly ACCOUNTS: D1Database
  readonly DIRECTORY: D1Database
  readonly LOGS: D1Database
  readonly ORGANIZATION: OrganizationNamespace
  readonly MAIL_QUEUE: Queue
  readonly PEOPLE_QUEUE: Queue
  readonly ORGANIZATIONS_QUEUE: Queue
}

/** What one chore gets within a run of cron. */
export interface Run {
  readonly bindings: SweepBindings
  readonly now: number
  /** Its share of the run. A chore looks at it before each call, and goes on in the next run. */
  readonly budget: Budget
  /** How many organizations a run wakes in turn. */
  readonly wakes: number
  /** Called with the number of messages that were queued. */
  readonly queued: (count: number) => void
}

/** Answers whether everything is done. False: the budget was over before. */
export type Chore = (run: Run) => Promise<boolean>
