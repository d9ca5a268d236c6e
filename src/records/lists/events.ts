import { and, eq, getTableColumns, gt, gte, lt, type SQL, sql } from 'drizzle-orm'
import type { OrganizationEvent } from '../../membership/event.ts'
import type { EventFilter, Slice } from '../../membership/queries.ts'
import type { Result } from '../../membership/result.ts'
import type { environmentEvents } from '../account-tables.ts'
import type { Database } from '../database.ts'
import { type BrokenCursor, continues, type Keyset, type Order, orderOf, type Position, readPage } from '../page.ts'
import { eventOf } from '../rows.ts'
import { type EventRow, events, isRareEvent, isRareType } from '../tables.ts'

type Log = typeof events | typeof environmentEvents

/** What either log is filtered by. */
export interface EventFilters extends Omit<EventFilter, 'types' | 'page'> {
  readonly types: readonly string[]
}

export function fits(table: Log, { types, actorId, targetId, from, to, afterSeq }: EventFilters): SQL | undefined {
  return and(
    hasType(table, types),
    actorId === null ? undefined : eq(table.actorId, actorId),
    targetId === null ? undefined : eq(table.targetId, targetId),
    from === null ? undefined : gte(table.occurredAt, from),
    to === null ? undefined : lt(table.occurredAt, to),
    afterSeq === null ? undefined : gt(table.seq, afterSeq),
  )
}

const hasType = (table: Log, types: readonly string[]): SQL | undefined =>
  types.length === 0 ? undefined : sql`${table.type} in ${[...types]}`

/**
 * Newest first; with `afterSeq` ascending, as a feed to follow. The page walks along an index from where it begins, and looks
 * at `walk` entries at most.
 */
export async function listEvents(
  database: Database,
  organizationId: string,
  query: EventFilter,
  walk: number,
): Promise<Result<Slice<OrganizationEvent>, BrokenCursor>> {
  const { types, actorId, targetId, from, to, afterSeq, page } = query
  const order: Order = { key: events.seq, id: events.seq, descending: afterSeq === null }
  const keyset: Keyset<EventRow> = {
    scope: ['events', organizationId, types, actorId, targetId, from, to, afterSeq],
    keyOf: (row) => row.seq,
    idOf: (row) => row.seq,
  }
  const { path, rest } = pathOf(query)
  const along = (position: Position | null) =>
    database
      .select(COLUMNS)
      .from(path.source)
      .where(and(path.condition, between(query), continues(order, position)))
      .orderBy(...orderOf(order))
  const fetch = (_: number, position: Position | null, limit: number) => {
    if (rest === undefined) return along(position).limit(limit).all()
    return database.select().from(along(position).limit(walk).as('events')).where(rest).limit(limit).all()
  }
  const walkEnd = async (_: number, position: Position | null, lastShown: EventRow | null) => {
    if (rest === undefined || lastShown !== null) return null
    const [last] = await along(position)
      .limit(1)
      .offset(walk - 1)
      .all()
    return last === undefined ? null : { key: last.seq, id: last.seq }
  }
  return readPage(keyset, page, 1, fetch, eventOf(organizationId), walkEnd)
}

type Columns = { readonly [column in keyof EventRow]: SQL.Aliased<EventRow[column]> }

/** As expressions: Drizzle takes columns from a table only, not from a table with a named index. */
const COLUMNS = Object.fromEntries(
  Object.entries(getTableColumns(events)).map(([key, column]) => [key, sql`${column}`.mapWith(column).as(column.name)]),
) as Columns

/** The index that leads past the fewest other entries, and what it leaves to compare. */
function pathOf({ types, actorId, targetId }: EventFilter) {
  const source = sql`${events}`
  const isOfType = hasType(events, types)
  const isByActor = actorId === null ? undefined : eq(events.actorId, actorId)
  if (targetId !== null) {
    return { path: { source, condition: eq(events.targetId, targetId) }, rest: and(isByActor, isOfType) }
  }
  if (isByActor !== undefined) return { path: { source, condition: isByActor }, rest: isOfType }
  if (types.length > 0 && types.every(isRareType)) {
    return { path: { source: sql`${events} indexed by events_rare`, condition: isRareEvent }, rest: isOfType }
  }
  return { path: { source, condition: undefined }, rest: isOfType }
}

const between = ({ from, to, afterSeq }: EventFilter): SQL | undefined =>
  and(
    from === null ? undefined : sql`${events.seq} >= ${firstAt(from)}`,
    to === null ? undefined : sql`${events.seq} < ${firstAt(to)}`,
    afterSeq === null ? undefined : gt(events.seq, afterSeq),
  )

/** The first entry of that time or later, by halving: along the log times never go down, and its numbers have no gaps. */
const firstAt = (time: number): SQL => sql`(
  with recursive halves(low, high) as (
    select 1, coalesce((select max(seq) from events), 0) + 1
    union all
    select iif(occurred_at < ${time}, seq + 1, low), iif(occurred_at < ${time}, high, seq)
    from halves cross join events on seq = (low + high) / 2
    where low < high
  )
  select low from halves where low >= high
)`
