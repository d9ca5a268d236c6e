import { is, SQL, sql } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import type { EnvironmentEvent } from '../membership/environment-event.ts'
import { environmentEvents } from './account-tables.ts'
import { actorColumns } from './rows.ts'

/** What is written; `data` may be an expression that gives JSON. */
export interface EnvironmentEventDraft extends Omit<EnvironmentEvent, 'seq' | 'data'> {
  readonly data: SQL | EnvironmentEvent['data']
}

/** For a batch, in front of what it tells of: written only where the condition holds. */
export function appendEvent(database: DrizzleD1Database, event: EnvironmentEventDraft, when: SQL) {
  const { id, type, occurredAt, target } = event
  const { actorType, actorId, viaType, viaId } = actorColumns(event.actor)
  const data = is(event.data, SQL) ? event.data : sql`${JSON.stringify(event.data)}`
  return database.insert(environmentEvents).select(
    sql`select null, ${id}, ${type}, ${occurredAt}, ${actorType}, ${actorId}, ${viaType}, ${viaId},
      ${target.type}, ${target.id}, ${data}
      where ${when}`,
  )
}

/** Later in the same batch: whether that event was written. */
export const wasAppended = ({ id }: Pick<EnvironmentEventDraft, 'id'>): SQL =>
  sql`exists (select 1 from ${environmentEvents} where id = ${id} and seq = (select max(seq) from ${environmentEvents}))`

/** `{field: {from, to}}` of what would become different; both are JSON objects. `{}`: nothing would. */
export const differences = (present: SQL, changes: string): SQL => sql`(
  select json_group_object(key, json_object('from', json(present), 'to', json(wanted)))
  from (select key, coalesce(${present} -> key, 'null') as present, ${changes} -> key as wanted from json_each(${changes}))
  where present <> wanted)`

export const isSome = (differing: SQL): SQL => sql`${differing} <> '{}'`
