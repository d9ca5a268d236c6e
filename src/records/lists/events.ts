import { and, eq, gt, gte, lt, type SQL, sql } from 'drizzle-orm'
import type { OrganizationEvent } from '../../membership/event.ts'
import type { EventFilter, Slice } from '../../membership/queries.ts'
import type { Result } from '../../membership/result.ts'
import type { environmentEvents } from '../account-tables.ts'
import type { Database } from '../database.ts'
import { type BrokenCursor, continues, type Keyset, type Order, orderOf, type Position, readPage } from '../page.ts'
import { eventOf } from '../rows.ts'
import { type EventRow, events } from '../tables.ts'

/** What either log is filtered by. */
export interface EventFilters extends Omit<EventFilter, 'types' | 'page'> {
  readonly types: readonly string[]
}

export function fits(
  table: typeof events | typeof environmentEvents,
  { types, actorId, targetId, from, to, afterSeq }: EventFilters,
): SQL | undefined {
  return and(
    types.length === 0 ? undefined : sql`${table.type} in ${[...types]}`,
    actorId === null ? undefined : eq(table.actorId, actorId),
    targetId === null ? undefined : eq(table.targetId, targetId),
    from === null ? undefined : gte(table.occurredAt, from),
    to === null ? undefined : lt(table.occurredAt, to),
    afterSeq === null ? undefined : gt(table.seq, afterSeq),
  )
}

/** Newest first; with `afterSeq` ascending, as a feed to follow. */
export async function listEvents(
  database: Database,
  organizationId: string,
  query: EventFilter,
): Promise<Result<Slice<OrganizationEvent>, BrokenCursor>> {
  const { types, actorId, targetId, from, to, afterSeq, page } = query
  const order: Order = { key: events.seq, id: events.seq, descending: afterSeq === null }
  const keyset: Keyset<EventRow> = {
    scope: ['events', organizationId, types, actorId, targetId, from, to, afterSeq],
    keyOf: (row) => row.seq,
    idOf: (row) => row.seq,
  }
  const fetch = (_: number, position: Position | null, limit: number) =>
    database
      .select()
      .from(events)
      .where(and(fits(events, query), continues(order, position)))
      .orderBy(...orderOf(order))
      .limit(limit)
      .all()
  return readPage(keyset, page, 1, fetch, eventOf(organizationId))
}
