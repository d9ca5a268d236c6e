import { type Context, missing, missingFreshProof } from '../authority.ts'
import { type Decision, decided, event, reject } from '../decision.ts'
import type { Organization } from '../organization.ts'

/** Everything stays in place for the restore window; nobody but the operator can reach it meanwhile. */
export function deleteOrganization(
  { organization }: { organization: Organization },
  context: Context,
): Decision<Organization> {
  const { authority, now } = context
  const refusal = missing(authority, 'organization:delete') ?? missingFreshProof(context)
  if (refusal !== null) return reject(refusal)
  const after: Organization = { ...organization, deletedAt: now, updatedAt: now }
  return decided(
    after,
    { kind: 'organization', after },
    event('organization.deleted', { type: 'organization', id: after.id }, { name: after.name, slug: after.slug }),
  )
}
