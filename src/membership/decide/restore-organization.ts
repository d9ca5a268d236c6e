import { type Context, missingOperator } from '../authority.ts'
import { type Decision, decided, event, reject, unchanged } from '../decision.ts'
import { isErasable, type Organization } from '../organization.ts'

export function restoreOrganization(
  { organization }: { organization: Organization },
  { authority, now }: Context,
): Decision<Organization> {
  const refusal = missingOperator(authority)
  if (refusal !== null) return reject(refusal)
  if (organization.deletedAt === null) return unchanged(organization)
  if (isErasable(organization, now)) return reject({ code: 'restore_window_passed' })
  const after: Organization = { ...organization, deletedAt: null, updatedAt: now }
  return decided(
    after,
    { kind: 'organization', after },
    event('organization.restored', { type: 'organization', id: after.id }),
  )
}
