import { and, eq, gte, inArray, lt, type SQL, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import type { RefusalReason, SignInType } from '../membership/authentication.ts'
import type { Page, Slice } from '../membership/queries.ts'
import type { Result } from '../membership/result.ts'
import { refusals, signIns } from '../records/log-tables.ts'
import {
  type BrokenCursor,
  continues,
  type Keyset,
  type Order,
  orderOf,
  type Position,
  readPage,
} from '../records/page.ts'

/** An entry of the authentication log. Times are epoch milliseconds. */
export type SignInEntry = typeof signIns.$inferSelect
export type RefusalCount = typeof refusals.$inferSelect

export interface SignInsQuery {
  readonly userId?: string | undefined
  /** Only what was done to reach this organization. */
  readonly organizationId?: string | undefined
  readonly types?: readonly SignInType[] | undefined
  /** Not before this time, and before that one. */
  readonly from?: number | undefined
  readonly to?: number | undefined
  readonly page: Page
}

/** Newest first. */
export async function listSignIns(
  logs: D1Database,
  { page, ...filters }: SignInsQuery,
): Promise<Result<Slice<SignInEntry>, BrokenCursor>> {
  const { userId, organizationId, types = [], from, to } = filters
  const order: Order = { key: signIns.occurredAt, id: signIns.id, descending: true }
  const keyset: Keyset<SignInEntry> = {
    scope: ['sign-ins', userId, organizationId, types, from, to],
    keyOf: (row) => row.occurredAt,
    idOf: (row) => row.id,
  }
  const fits = and(
    userId === undefined ? undefined : eq(signIns.userId, userId),
    organizationId === undefined ? undefined : eq(signIns.organizationId, organizationId),
    types.length === 0 ? undefined : inArray(signIns.type, [...types]),
    from === undefined ? undefined : gte(signIns.occurredAt, from),
    to === undefined ? undefined : lt(signIns.occurredAt, to),
  )
  const fetch = (_: number, position: Position | null, limit: number) =>
    drizzle(logs)
      .select()
      .from(signIns)
      .where(and(fits, continues(order, position)))
      .orderBy(...orderOf(order))
      .limit(limit)
      .all()
  return readPage(keyset, page, 1, fetch, (row) => row)
}

export interface RefusalsQuery {
  readonly reasons?: readonly RefusalReason[] | undefined
  readonly network?: string | undefined
  readonly from?: number | undefined
  readonly to?: number | undefined
  readonly page: Page
}

/** Refused attempts by hour and network, the latest hour first. */
export async function listRefusals(
  logs: D1Database,
  { page, ...filters }: RefusalsQuery,
): Promise<Result<Slice<RefusalCount>, BrokenCursor>> {
  const { reasons = [], network, from, to } = filters
  const id: SQL = sql`${refusals.network} || ' ' || ${refusals.reason}`
  const order: Order = { key: refusals.hour, id, descending: true }
  const keyset: Keyset<RefusalCount> = {
    scope: ['refusals', reasons, network, from, to],
    keyOf: (row) => row.hour,
    idOf: (row) => `${row.network} ${row.reason}`,
  }
  const fits = and(
    reasons.length === 0 ? undefined : inArray(refusals.reason, [...reasons]),
    network === undefined ? undefined : eq(refusals.network, network),
    from === undefined ? undefined : gte(refusals.hour, from),
    to === undefined ? undefined : lt(refusals.hour, to),
  )
  const fetch = (_: number, position: Position | null, limit: number) =>
    drizzle(logs)
      .select()
      .from(refusals)
      .where(and(fits, continues(order, position)))
      .orderBy(...orderOf(order))
      .limit(limit)
      .all()
  return readPage(keyset, page, 1, fetch, (row) => row)
}
