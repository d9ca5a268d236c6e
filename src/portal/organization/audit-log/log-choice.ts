import { ListEvents } from '../../../contract/events.ts'
import type { EventFilter } from '../../../membership/queries.ts'
import { typesOfKind } from './event-kinds.ts'

/** What of the log somebody wants to see. */
export interface LogChoice {
  /** Looks for people, whose entries one goes on to. */
  readonly search: string | null
  /** A group of types, or one type. */
  readonly kind: string | null
  /** Ids of who did it, and of whom or what it was done to. */
  readonly actor: string | null
  readonly target: string | null
  /** Days in UTC, as in 2026-03-02, both included. */
  readonly from: string | null
  readonly to: string | null
  readonly cursor: string | null
}

const MAX_SEARCH = 200
const PAGE_SIZE = 50
const DAY_MS = 24 * 60 * 60 * 1000

/** From a page's address. What is no choice there is left out, as if it had not been made. */
export function logChoice(parameter: (name: string) => string | undefined): LogChoice {
  const id = (name: 'actor' | 'target') =>
    ListEvents.shape[name].safeParse(parameter(name)?.trim() || undefined).data ?? null
  const kind = parameter('kind') ?? ''
  return {
    search: parameter('query')?.trim().toWellFormed().slice(0, MAX_SEARCH) || null,
    kind: typesOfKind(kind) === null ? null : kind,
    actor: id('actor'),
    target: id('target'),
    from: day(parameter('from')),
    to: day(parameter('to')),
    cursor: parameter('cursor') || null,
  }
}

const day = (text = ''): string | null =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(startOf(text)) ? text : null

const startOf = (date: string): number => Date.parse(`${date}T00:00:00Z`)

export const logFilter = ({ kind, actor, target, from, to, cursor }: LogChoice): EventFilter => ({
  types: (kind === null ? null : typesOfKind(kind)) ?? [],
  actorId: actor,
  targetId: target,
  from: from === null ? null : startOf(from),
  to: to === null ? null : startOf(to) + DAY_MS,
  afterSeq: null,
  page: { limit: PAGE_SIZE, cursor },
})

/** One entry by its number, and the one behind it where there is one. */
export const entryFilter = (seq: number): EventFilter => ({
  ...{ types: [], actorId: null, targetId: null, from: null, to: null },
  afterSeq: seq - 1,
  page: { limit: 2, cursor: null },
})

export const isFiltered = ({ kind, actor, target, from, to }: LogChoice): boolean =>
  [kind, actor, target, from, to].some((choice) => choice !== null)

/** The address of the page that shows this; of what is not chosen it says nothing. */
export function logAddress(path: string, { search, ...choice }: LogChoice): string {
  const said = Object.entries({ query: search, ...choice }).filter(
    (entry): entry is [string, string] => entry[1] !== null,
  )
  return said.length === 0 ? path : `${path}?${new URLSearchParams(said)}`
}

/** What somebody did, or what was done to somebody, from its newest entry on. */
export const narrowed = (choice: LogChoice, to: Partial<Pick<LogChoice, 'actor' | 'target'>>): LogChoice => ({
  ...choice,
  search: null,
  cursor: null,
  ...to,
})

/** The whole log. */
export const EVERYTHING: LogChoice = logChoice(() => undefined)
