import { and, eq, gt, gte, inArray, lt } from 'drizzle-orm'
import type { OrganizationEvent } from '../../membership/event.ts'
import type { Query, Slice } from '../../membership/queries.ts'
import { ok, type Result } from '../../membership/result.ts'
import type { Database } from '../database.ts'
import { after, type BrokenCursor, type Keyset, orderOf, slice } from '../page.ts'
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
  const keyset: Keyset<EventRow> = {
    scope: ['events', organizationId, types, actorId, targetId, from, to, afterSeq],
    key: events.seq,
    id: events.seq,
    descending: afterSeq === null,
    keyOf: (row) => row.seq,
    idOf: (row) => row.seq,
  }
  const rest = after(keyset, page)
  if (!rest.ok) return rest
  const rows = await database
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
        rest.value,
      ),
    )
    .orderBy(...orderOf(keyset))
    .limit(page.limit + 1)
    .all()
  return ok(slice(rows, keyset, page, eventOf))
}
