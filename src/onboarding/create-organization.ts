import { randomInt } from 'node:crypto'
import { personOf, type User } from '../accounts/users.ts'
import type { Settings } from '../contract/settings.ts'
import {
  type ClaimOutcome,
  type CreationClaim,
  claimCreation,
  confirmCreation,
  creationsOf,
  releaseCreation,
  releaseSlug,
  slugHolder,
} from '../directory/claims.ts'
import { directoriesOf } from '../directory/directories.ts'
import { deletedAmong } from '../directory/organizations.ts'
import { currentDirectory } from '../env.ts'
import type { Caller } from '../membership/actor.ts'
import type { CreateOrganization } from '../membership/commands.ts'
import { CLAIM_LIFETIME_MS, type OwnershipMode } from '../membership/organization.ts'
import { isReservedSlug } from '../membership/slug.ts'
import { type OrganizationNamespace, organizationClient } from '../organization/client.ts'
import type { ExecutedCommand } from '../organization/requests.ts'
import { followSinceRead } from './follow-accounts.ts'

export interface Bindings {
  readonly ACCOUNTS: D1Database
  readonly DIRECTORY: D1Database
  readonly ORGANIZATION: OrganizationNamespace
}

export interface NewOrganization {
  readonly organizationId: string
  readonly name: string
  /** Null: made from the name. */
  readonly slug: string | null
  readonly externalId: string | null
  readonly ownership: OwnershipMode
  readonly seatLimit: number | null
  readonly upgradeUrl: string | null
  /** Becomes the owner; null for an organization whose first owner arrives by invitation. */
  readonly owner: User | null
  /** Whose count of created organizations it adds to; null when the operator creates. */
  readonly createdBy: string | null
  readonly locationHint?: DurableObjectLocationHint
}

export type SlugRefusal = { readonly code: 'slug_taken' } | { readonly code: 'slug_reserved' }

export type Created =
  | ExecutedCommand<CreateOrganization>
  | { readonly ok: false; readonly error: SlugRefusal; readonly revision: 0 }
  | {
      readonly ok: false
      readonly error: { readonly code: 'organization_limit_reached'; readonly limit: number }
      readonly revision: 0
    }

const SLUG_TRIES = 5

/**
 * Claims slug and count in the directory, then creates the object. Dying in between leaves a claim that stands for
 * nothing: the next call that wants the slug, or the sweep, finds that its object does not exist and releases it.
 */
export async function createOrganization(
  bindings: Bindings,
  caller: Caller,
  organization: NewOrganization,
  settings: Settings,
): Promise<Created> {
  const claim = await claimSomeSlug(bindings, organization, settings)
  if (typeof claim === 'string') {
    const limit = settings.max_organizations_per_user
    const error = claim === 'organization_limit_reached' ? { code: claim, limit } : { code: claim }
    return { ok: false, error, revision: 0 } as Created
  }
  const client = organizationClient(bindings.ORGANIZATION, organization.organizationId, organization.locationHint)
  const command = commandOf(organization, claim)
  const executed = await client.execute({ caller, command })
  if (executed.ok) {
    await confirmCreation(bindings.ACCOUNTS, organization.organizationId, claim)
    if (organization.owner !== null) await followSinceRead(bindings, organization.organizationId, organization.owner)
  } else await releaseCreation(bindings.ACCOUNTS, organization.organizationId, claim.claimedAt)
  return executed
}

async function claimSomeSlug(
  bindings: Bindings,
  { organizationId, name, slug, createdBy, owner }: NewOrganization,
  { max_organizations_per_user: limit, reserved_slugs: reserved }: Settings,
): Promise<CreationClaim | SlugRefusal['code'] | 'organization_limit_reached'> {
  if (slug !== null && isReservedSlug(slug, reserved)) return 'slug_reserved'
  for (let attempt = 0; attempt < SLUG_TRIES; attempt += 1) {
    const wanted = slug ?? slugFrom(name, attempt)
    if (isReservedSlug(wanted, reserved)) continue
    const directory = currentDirectory(bindings)
    const ownerId = owner?.id ?? null
    const claim = { organizationId, slug: wanted, createdBy, ownerId, limit, claimedAt: Date.now(), directory }
    const claimed = await claimUnderLimit(bindings, claim)
    if (claimed.outcome === 'claimed') return { ...claim, directory: claimed.directory }
    if (claimed.outcome === 'organization_limit_reached') return claimed.outcome
    const freed = await releaseAbandoned(bindings, wanted)
    if (slug !== null && !freed) return 'slug_taken'
  }
  return 'slug_taken'
}

/** Deleted organizations do not count, but the directories are asked for them only by a person who has reached the limit. */
async function claimUnderLimit(bindings: Bindings, claim: CreationClaim): Promise<ClaimOutcome> {
  const { ACCOUNTS } = bindings
  const claimed = await claimCreation(ACCOUNTS, claim)
  if (claimed.outcome !== 'organization_limit_reached' || claim.createdBy === null) return claimed
  const deleted = await deletedAmong(directoriesOf(bindings), await creationsOf(ACCOUNTS, claim.createdBy))
  return deleted.length === 0 ? claimed : claimCreation(ACCOUNTS, claim, deleted)
}

/** A claim that stands for nothing is given up, once it is too old for its object to act on it. True: the slug is free. */
export async function releaseAbandoned({ ACCOUNTS, ORGANIZATION }: Bindings, slug: string): Promise<boolean> {
  const holder = await slugHolder(ACCOUNTS, slug)
  if (holder === null) return true
  if (Date.now() - holder.claimedAt < 2 * CLAIM_LIFETIME_MS) return false
  const woken = await organizationClient(ORGANIZATION, holder.organizationId).wake()
  if (woken.slug === slug) return false
  if (woken.exists) await releaseSlug(ACCOUNTS, slug, holder.organizationId, holder.claimedAt)
  else await releaseCreation(ACCOUNTS, holder.organizationId, holder.claimedAt)
  return true
}

function commandOf(organization: NewOrganization, { slug, claimedAt, directory }: CreationClaim): CreateOrganization {
  const { organizationId, name, externalId, ownership, seatLimit, upgradeUrl, owner } = organization
  return {
    type: 'CreateOrganization',
    organizationId,
    name,
    slug,
    externalId,
    ownership,
    seatLimit,
    upgradeUrl,
    owner: owner && personOf(owner),
    claimedAt,
    directory,
  }
}

const MAX_SLUG_FROM_NAME = 40

/** The name's letters and digits without accents; from the second try on, or where little is left, with digits behind. */
export function slugFrom(name: string, attempt: number): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_SLUG_FROM_NAME)
    .replace(/^-+|-+$/g, '')
  const base = plain.length >= 3 ? plain : `team-${plain}`.replace(/-$/, '')
  return attempt === 0 && plain.length >= 3 ? base : `${base}-${randomInt(1_000_000).toString().padStart(6, '0')}`
}
