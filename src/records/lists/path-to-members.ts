import { and, eq, inArray, type SQL, sql } from 'drizzle-orm'
import type { AttributeFilter } from '../../membership/attributes.ts'
import type { MemberStatus } from '../../membership/member.ts'
import { hasAttributes } from '../attribute-filter.ts'
import { members } from '../tables.ts'

interface MemberFilter {
  readonly statuses: readonly MemberStatus[]
  readonly role: string | null
  readonly attributes: readonly AttributeFilter[]
}

/** What an index of the wanted order leads to, and what is left to compare with each row on the way. */
export interface Path {
  readonly path: SQL | undefined
  readonly rest: SQL | undefined
}

/** Indexes by role and by one status are in the order of names. */
export function pathToMembers({ statuses, role, attributes }: MemberFilter, byName: boolean): Path {
  const [status] = statuses
  if (status === undefined) return { path: sql`false`, rest: undefined }
  const hasStatus = inArray(members.status, [...statuses])
  const hasRole = role === null ? undefined : eq(members.role, role)
  const others = hasAttributes(attributes)
  if (byName && hasRole !== undefined) return { path: hasRole, rest: and(hasStatus, others) }
  if (byName && statuses.length === 1) return { path: eq(members.status, status), rest: others }
  return { path: undefined, rest: and(hasStatus, hasRole, others) }
}
