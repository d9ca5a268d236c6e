import { and, eq, gt, gte, inArray, lt } from 'drizzle-orm'
import type { OrganizationEvent } from '../../membership/event.ts'
import type { Query, Slice } from '../../membership/queries.ts'
import type { Result } from '../../membership/result.ts'
import type { Database } from '../database.ts'
import { type BrokenCursor, continues, type Keyset, type Order, orderOf, type Position, readPage } from '../page.ts'
import { eventOf } from '../rows.ts'
import { type EventRow, events } from '../tables.ts'

type ListEvents = Extract<Query, { type: 'ListEvents' }>

/** Newest first; with `afterSeq` ascending, as a feed to follow. `from` is included, `to` is not. */
export async function listEvents(
  database: Database,
  organizationId: string,
  query: ListEvents,
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
      .where(
        and(
          eq(events.organizationId, organizationId),
          types.length === 0 ? undefined : inArray(events.type, [...types]),
          actorId === null ? undefined : eq(events.actorId, actorId),
          targetId === null ? undefined : eq(events.targetId, targetId),
          from === null ? undefined : gte(events.occurredAt, from),
          to === null ? undefined : lt(events.occurredAt, to),
          afterSeq === null ? undefined : gt(events.seq, afterSeq),
          continues(order, position),
        ),
      )
      .orderBy(...orderOf(order))
      .limit(limit)
      .all()
  return readPage(keyset, page, 1, fetch, eventOf)
}
