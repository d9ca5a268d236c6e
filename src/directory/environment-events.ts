import { and, gte, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import type { Actor } from '../membership/actor.ts'
import type { EnvironmentEvent, EnvironmentEventType } from '../membership/environment-event.ts'
import type { Page, Slice } from '../membership/queries.ts'
import type { Result } from '../membership/result.ts'
import { environmentEvents } from '../records/account-tables.ts'
import { type EventFilters, fits } from '../records/lists/events.ts'
import { type BrokenCursor, continues, type Keyset, type Order, orderOf, readPage } from '../records/page.ts'
import { actorOfColumns } from '../records/rows.ts'
import { type PageRequest, pageByTime } from '../records/time-page.ts'
import type { Candidates } from './candidates.ts'

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

/** People whose accounts were deleted since then, the first of them first. */
export async function deletedPeople(
  accounts: D1Database,
  since: number,
  page: PageRequest,
): Promise<Candidates<string>> {
  const { rows, next } = await pageByTime<{ id: string }>(
    drizzle(accounts),
    {
      time: environmentEvents.occurredAt,
      condition: and(sql`type = 'user.deleted'`, gte(environmentEvents.occurredAt, since)),
      columns: sql`${environmentEvents.targetId} as "id"`,
    },
    page,
  )
  return { found: rows.map(({ id }) => id), next }
}
