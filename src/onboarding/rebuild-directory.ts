import { createdOrganizations } from '../directory/claims.ts'
import { askAllForList, directoriesOf, directoryNamed } from '../directory/directories.ts'
import { doubtRows, removeDoubtedRows } from '../directory/doubted-rows.ts'
import { organizationsAfter } from '../directory/organizations.ts'
import { isObjectId, objectIdOf, organizationClient, organizationOfObject } from '../organization/client.ts'
import { failureOf } from '../records/failure.ts'
import { assertHeldClaims, type LostSlug } from './assert-claims.ts'
import type { Bindings } from './create-organization.ts'
import { forgetAbsent } from './forget-absent.ts'

const ORGANIZATIONS_AT_ONCE = 10

export interface Rebuilt {
  readonly exists: boolean
  readonly revision: number
  readonly lostSlug: LostSlug | null
}

export interface RebuildProgress {
  readonly rebuilt: number
  /** Organizations, or objects of which not even the organization is known. */
  readonly failed: readonly string[]
  /** Object ids that are not of an organization's object. */
  readonly noObjects: readonly string[]
  readonly lostSlugs: readonly LostSlug[]
}

/**
 * Copies one organization into the directory again and asserts its claims. What the directory had of it before is replaced, and
 * what does not belong to it is removed.
 */
export async function rebuildOrganization(bindings: Bindings, id: string): Promise<Rebuilt> {
  const client = organizationClient(bindings.ORGANIZATION, id)
  const held = await client.claims()
  if (held === null) {
    await forgetAbsent(bindings, id)
    return { exists: false, revision: 0, lostSlug: null }
  }
  const lostSlug = await assertHeldClaims(bindings, held)
  const directory = directoryNamed(bindings, held.directory)
  const doubt = await doubtRows(directory, id)
  const rebuilt = await client.rebuild()
  await removeDoubtedRows(directory, id, doubt)
  return { ...rebuilt, lostSlug }
}

/**
 * The same for the next organizations after the cursor, of all that D1 knows by a claim or a row. To be called until there is
 * no cursor; safe to repeat. `objectIds`: of the organizations that were found.
 */
export async function rebuildNext(
  bindings: Bindings,
  cursor: string | null,
): Promise<RebuildProgress & { readonly objectIds: readonly string[]; readonly nextCursor: string | null }> {
  const ids = await knownOrganizations(bindings, cursor, ORGANIZATIONS_AT_ONCE)
  const progress = await rebuildEach(ids, (id) => rebuildOrganization(bindings, id))
  return {
    ...progress,
    objectIds: ids.map((id) => objectIdOf(bindings.ORGANIZATION, id)),
    nextCursor: ids.length < ORGANIZATIONS_AT_ONCE ? null : (ids.at(-1) ?? null),
  }
}

/** The same for objects, by their ids in hexadecimal: finds organizations that D1 does not know. */
export async function rebuildObjects(bindings: Bindings, objectIds: readonly string[]): Promise<RebuildProgress> {
  const { ORGANIZATION } = bindings
  const noObjects = objectIds.filter((objectId) => !isObjectId(ORGANIZATION, objectId))
  const objects = objectIds.filter((objectId) => !noObjects.includes(objectId))
  const progress = await rebuildEach(objects, async (objectId) => {
    const id = await organizationOfObject(ORGANIZATION, objectId)
    return id === null ? null : rebuildOrganization(bindings, id)
  })
  return { ...progress, noObjects }
}

async function rebuildEach(
  ids: readonly string[],
  rebuild: (id: string) => Promise<Rebuilt | null>,
): Promise<RebuildProgress> {
  const results = await Promise.allSettled(ids.map(rebuild))
  for (const [index, result] of results.entries()) {
    if (result.status === 'rejected')
      console.warn({ message: 'not rebuilt', id: ids[index], error: failureOf(result.reason) })
  }
  const done = results.flatMap((result) => (result.status === 'fulfilled' ? (result.value ?? []) : []))
  return {
    rebuilt: done.filter(({ exists }) => exists).length,
    failed: ids.filter((_, index) => results[index]?.status === 'rejected'),
    noObjects: [],
    lostSlugs: done.flatMap(({ lostSlug }) => lostSlug ?? []),
  }
}

/** In the order of ids. The first ones of a union are among the first ones of its parts. */
async function knownOrganizations(bindings: Bindings, afterId: string | null, limit: number): Promise<string[]> {
  const pages = await Promise.all([
    createdOrganizations(bindings.ACCOUNTS, afterId, limit),
    askAllForList(directoriesOf(bindings), async (directory) =>
      (await organizationsAfter(directory, afterId, limit)).map(({ id }) => id),
    ),
  ])
  return [...new Set(pages.flat())].sort().slice(0, limit)
}
