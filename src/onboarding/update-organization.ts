import { claimSlug, releaseFormerSlugs, releaseSlug } from '../directory/claims.ts'
import type { UpdateOrganization } from '../membership/commands.ts'
import { organizationClient } from '../organization/client.ts'
import type { ExecutedCommand, ExecuteRequest } from '../organization/requests.ts'
import type { Bindings } from './create-organization.ts'

export type Updated =
  | ExecutedCommand<UpdateOrganization>
  | { readonly ok: false; readonly error: { readonly code: 'slug_taken' }; readonly revision: 0 }

/** A new slug is claimed first, and given back when the organization refuses the change. */
export async function updateOrganization(
  bindings: Bindings,
  organizationId: string,
  request: ExecuteRequest<UpdateOrganization>,
): Promise<Updated> {
  const client = organizationClient(bindings.ORGANIZATION, organizationId)
  const { slug } = request.command
  if (slug === undefined) return client.execute(request)
  // Whoever may not update is refused before anything is claimed.
  const current = await client.read(request.caller, { type: 'GetOrganization' })
  if (!current.ok) return current
  if (current.value.slug === slug) return client.execute(request)

  const slugClaimedAt = Date.now()
  const claimed = await claimSlug(bindings.DIRECTORY, slug, organizationId, slugClaimedAt)
  if (!claimed) return { ok: false, error: { code: 'slug_taken' }, revision: 0 }
  const executed = await client.execute({ ...request, command: { ...request.command, slugClaimedAt } })
  if (executed.ok) await releaseFormerSlugs(bindings.DIRECTORY, organizationId, executed.value.slug, Date.now())
  else await releaseSlug(bindings.DIRECTORY, slug, organizationId)
  return executed
}
