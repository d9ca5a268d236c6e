import { assertClaims, releaseClaims } from '../directory/claims.ts'
import { organizationClient } from '../organization/client.ts'
import type { HeldClaims } from '../organization/requests.ts'
import { type Bindings, releaseAbandoned } from './create-organization.ts'

/** An organization whose slug belongs to another one by now. */
export interface LostSlug {
  readonly organizationId: string
  readonly slug: string
  readonly heldBy: string
}

/**
 * Claims again what the organization says it holds. A slug that another organization holds is not taken from it, but logged and
 * answered, so that the operator can give one of the two another slug. Null: all claims are held.
 */
export async function assertHeldClaims(bindings: Bindings, held: HeldClaims): Promise<LostSlug | null> {
  const { organizationId, slug } = held
  const claim = () => assertClaims(bindings.ACCOUNTS, held, Date.now())
  let holder = await claim()
  if (holder !== organizationId && (await releaseAbandoned(bindings, slug))) holder = await claim()
  // The organization may have been erased since it said so, and its claims with it.
  const exists = (await organizationClient(bindings.ORGANIZATION, organizationId).claims()) !== null
  if (!exists) await releaseClaims(bindings.ACCOUNTS, organizationId)
  if (!exists || holder === organizationId) return null
  const lost = { organizationId, slug, heldBy: holder }
  console.error({ message: 'another organization holds the slug of this one', ...lost })
  return lost
}
