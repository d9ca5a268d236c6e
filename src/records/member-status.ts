import { inArray, type SQL, sql } from 'drizzle-orm'
import type { MemberStatus } from '../membership/member.ts'
import { members } from './tables.ts'

/**
 * Most members are active. A filter that lets them in must not lead SQLite to the index by status, and so to sorting all of
 * them: the unary plus keeps it away (SQLite query planner, section 2.2). One that leaves them out is best served by it.
 */
export const hasStatus = (statuses: readonly MemberStatus[]): SQL =>
  statuses.includes('active') ? sql`+${members.status} in ${[...statuses]}` : inArray(members.status, [...statuses])
