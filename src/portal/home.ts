import type { Context } from 'hono'
import { directoriesOf } from '../directory/directories.ts'
import { listOrganizations } from '../directory/organizations.ts'
import { organizationClient } from '../organization/client.ts'
import type { PortalEnvironment, Visitor } from './environment.ts'

/** Where a person goes on: where they were last, in the one organization that they have, or to choose or begin. */
export async function homePath(c: Context<PortalEnvironment>, { session }: Pick<Visitor, 'session'>): Promise<string> {
  const { userId, organizationId, reachOrganizationId } = session
  if (organizationId !== null) {
    const caller = { type: 'user', userId } as const
    const client = organizationClient(c.env.ORGANIZATION, organizationId)
    const last = await client.read(caller, { type: 'GetOrganization' })
    if (last.ok) return `/o/${last.value.slug}`
  }
  if (reachOrganizationId !== null) return '/organizations'
  const listed = await listOrganizations(directoriesOf(c.env), {
    search: null,
    externalId: null,
    of: { userId },
    page: { limit: 2, cursor: null },
  })
  const [first, second] = listed.ok ? listed.value.items : []
  return first === undefined || second !== undefined ? '/organizations' : `/o/${first.organization.slug}`
}
