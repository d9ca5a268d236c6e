import { claimSlug, releaseFormerSlugs, releaseSlug } from '../directory/claims.ts'
import { currentSettings } from '../directory/settings.ts'
import type { UpdateOrganization } from '../membership/commands.ts'
import { isReservedSlug } from '../membership/slug.ts'
import { organizationClient } from '../organization/client.ts'
import type { ExecutedCommand, ExecuteRequest } from '../organization/requests.ts'
import type { Bindings, SlugRefusal } from './create-organization.ts'

export type Updated =
  | ExecutedCommand<UpdateOrganization>
  | { readonly ok: false; readonly error: SlugRefusal; readonly revision: 0 }

/** A new slug is claimed first, and given back when nothing comes of it: a refusal, or the kept answer of an earlier call. */
export async function updateOrganization(
  bindings: Bindings,
  organizationId: string,
  request: ExecuteRequest<UpdateOrganization>,
): Promise<Updated> {
  const client = organizationClient(bindings.ORGANIZATION, organizationId)
  const { slug } = request.command
  if (slug === undefined) return client.execute(request)
  // Without a claim a new slug is refused last of all: so nothing is claimed for a change that is refused anyway.
  const unclaimed = await client.execute(request)
  if (unclaimed.ok || unclaimed.error.code !== 'claim_expired') return unclaimed
  const { reserved_slugs: reserved } = await currentSettings(bindings.ACCOUNTS)
  if (isReservedSlug(slug, reserved)) return { ok: false, error: { code: 'slug_reserved' }, revision: 0 }

  const slugClaimedAt = Date.now()
  const claimed = await claimSlug(bindings.ACCOUNTS, slug, organizationId, slugClaimedAt)
  if (claimed === 'taken') return { ok: false, error: { code: 'slug_taken' }, revision: 0 }
  const executed = await client.execute({ ...request, command: { ...request.command, slugClaimedAt } })
  const changed = executed.ok && !executed.replayed
  if (changed) await releaseFormerSlugs(bindings.ACCOUNTS, organizationId, executed.value.slug, slugClaimedAt)
  else if (claimed === 'new') await releaseSlug(bindings.ACCOUNTS, slug, organizationId, slugClaimedAt)
  return executed
}
