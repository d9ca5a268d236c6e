import { and } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import type { Actor } from '../membership/actor.ts'
import type { EnvironmentEvent, EnvironmentEventType } from '../membership/environment-event.ts'
import type { Page, Slice } from '../membership/queries.ts'
import type { Result } from '../membership/result.ts'
import { environmentEvents } from '../records/account-tables.ts'
import { type EventFilters, fits } from '../records/lists/events.ts'
import { type BrokenCursor, continues, type Keyset, type Order, orderOf, readPage } from '../records/page.ts'
import { actorOfColumns } from '../records/rows.ts'

type EventRow = typeof environmentEvents.$inferSelect

export interface EnvironmentEventsQuery extends EventFilters {
  readonly types: readonly EnvironmentEventType[]
  readonly page: Page
}

/** Newest first; with `afterSeq` ascending, as a feed to follow. */
export async function listEnvironmentEvents(
  accounts: D1Database,
  query: EnvironmentEventsQuery,
): Promise<Result<Slice<EnvironmentEvent>, BrokenCursor>> {
  const { page, ...filters } = query
  const order: Order = { key: environmentEvents.seq, id: environmentEvents.seq, descending: query.afterSeq === null }
  const keyset: Keyset<EventRow> = {
    scope: ['environment events', filters],
    keyOf: (row) => row.seq,
    idOf: (row) => row.seq,
  }
  return readPage(
    keyset,
    page,
    1,
    (_, position, limit) =>
      drizzle(accounts)
        .select()
        .from(environmentEvents)
        .where(and(fits(environmentEvents, filters), continues(order, position)))
        .orderBy(...orderOf(order))
        .limit(limit)
        .all(),
    eventOf,
  )
}

function eventOf(row: EventRow): EnvironmentEvent {
  const { actorType, actorId, viaType, viaId, targetType, targetId, ...event } = row
  return {
    ...event,
    actor: actorOfColumns({ actorType: actorType as Actor['type'], actorId, viaType, viaId }),
    target: { type: targetType as EnvironmentEvent['target']['type'], id: targetId },
  }
}

export interface DeletedPerson {
  readonly userId: string
  readonly deletedAt: number
  readonly seq: number
}

/** People whose accounts were deleted since then, the first of them first; those after one of them, to go on. */
export async function deletedPeople(
  accounts: D1Database,
  since: number,
  limit: number,
  after: DeletedPerson | null = null,
): Promise<DeletedPerson[]> {
  const { results } = await accounts
    .prepare(
      `select target_id as "userId", occurred_at as "deletedAt", seq from environment_events
       where type = 'user.deleted' and occurred_at >= ?1 and (occurred_at, seq) > (?1, ?2)
       order by occurred_at, seq limit ?3`,
    )
    .bind(after?.deletedAt ?? since, after?.seq ?? Number.MAX_SAFE_INTEGER, limit)
    .all<DeletedPerson>()
  return results
}
