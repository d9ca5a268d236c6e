import { createdOrganizations } from '../directory/claims.ts'
import { doubtRows, removeDoubtedRows } from '../directory/doubted-rows.ts'
import { organizationClient } from '../organization/client.ts'
import type { Bindings } from './create-organization.ts'

const ORGANIZATIONS_AT_ONCE = 10

export interface RebuildProgress {
  readonly rebuilt: number
  readonly failed: readonly string[]
  readonly nextCursor: string | null
}

/** Projects one organization anew. Whatever the directory had of it is replaced, and what is not its own removed. */
export async function rebuildOrganization(
  { DIRECTORY, ORGANIZATION }: Bindings,
  id: string,
): Promise<{ exists: boolean; revision: number }> {
  const client = organizationClient(ORGANIZATION, id)
  const { exists } = await client.wake()
  if (!exists) return { exists, revision: 0 }
  const doubt = await doubtRows(DIRECTORY, id)
  const rebuilt = await client.rebuild()
  await removeDoubtedRows(DIRECTORY, id, doubt)
  return rebuilt
}

/** Projects the next organizations after the cursor anew. To be called until there is no cursor; safe to repeat. */
export async function rebuildNext(bindings: Bindings, cursor: string | null): Promise<RebuildProgress> {
  const ids = await createdOrganizations(bindings.ACCOUNTS, cursor, ORGANIZATIONS_AT_ONCE)
  const results = await Promise.allSettled(ids.map((id) => rebuildOrganization(bindings, id)))
  const failed = ids.filter((_, index) => results[index]?.status === 'rejected')
  return {
    rebuilt: ids.length - failed.length,
    failed,
    nextCursor: ids.length < ORGANIZATIONS_AT_ONCE ? null : (ids.at(-1) ?? null),
  }
}
