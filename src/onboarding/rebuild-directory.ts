import { createdOrganizations } from '../directory/claims.ts'
import { organizationClient } from '../organization/client.ts'
import type { Bindings } from './create-organization.ts'

const ORGANIZATIONS_AT_ONCE = 10

export interface RebuildProgress {
  readonly rebuilt: number
  readonly failed: readonly string[]
  readonly nextCursor: string | null
}

/** Projects the next organizations after the cursor anew. To be called until there is no cursor; safe to repeat. */
export async function rebuildNext(
  { DIRECTORY, ORGANIZATION }: Bindings,
  cursor: string | null,
): Promise<RebuildProgress> {
  const ids = await createdOrganizations(DIRECTORY, cursor, ORGANIZATIONS_AT_ONCE)
  const results = await Promise.allSettled(ids.map((id) => organizationClient(ORGANIZATION, id).rebuild()))
  const failed = ids.filter((_, index) => results[index]?.status === 'rejected')
  return {
    rebuilt: ids.length - failed.length,
    failed,
    nextCursor: ids.length < ORGANIZATIONS_AT_ONCE ? null : (ids.at(-1) ?? null),
  }
}
