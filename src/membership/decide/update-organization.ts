import { type Context, missing, missingOperator } from '../authority.ts'
import type { UpdateOrganization } from '../commands.ts'
import { type Change, type Decision, decided, event, reject, unchanged } from '../decision.ts'
import { difference, type EventData } from '../event.ts'
import { CLAIM_LIFETIME_MS, type Organization } from '../organization.ts'
import type { Rejection } from '../rejection.ts'
import { seatLimitProblem, type Tally } from '../seats.ts'

export interface UpdateFacts {
  readonly organization: Organization
  readonly tally: Tally
}

/** Changes what is named and leaves the rest. A lowered seat limit removes nobody; it only keeps the next one out. */
export function updateOrganization(
  { organization, tally }: UpdateFacts,
  command: UpdateOrganization,
  { authority, now }: Context,
): Decision<Organization> {
  const operatorOnly = command.seatLimit !== undefined || command.externalId !== undefined
  const refusal =
    missing(authority, 'organization:update') ??
    (operatorOnly ? missingOperator(authority) : null) ??
    (command.ownership === undefined || command.ownership === organization.ownership
      ? null
      : missing(authority, 'owners:manage')) ??
    seatLimitProblem(command.seatLimit ?? null) ??
    severalOwners(command, organization, tally) ??
    staleClaim(command, organization, now)
  if (refusal !== null) return reject(refusal)

  const { type: _, slugClaimedAt: __, ...fields } = command
  const after: Organization = { ...organization, ...defined(fields), updatedAt: now }
  const changed = difference(describe(organization), describe(after))
  const { seat_limit: limit, ...others } = changed
  const target = { type: 'organization', id: organization.id } as const
  const events: Change[] = []
  if (Object.keys(others).length > 0) events.push(event('organization.updated', target, others))
  if (limit !== undefined) events.push(event('seat_limit.changed', target, { seat_limit: limit }))
  return events.length === 0 ? unchanged(organization) : decided(after, { kind: 'organization', after }, ...events)
}

function severalOwners({ ownership }: UpdateOrganization, before: Organization, tally: Tally): Rejection | null {
  const becomesSingle = ownership === 'single' && before.ownership !== 'single'
  return becomesSingle && tally.activeOwners > 1 ? { code: 'several_owners', owners: tally.activeOwners } : null
}

function staleClaim({ slug, slugClaimedAt }: UpdateOrganization, before: Organization, now: number): Rejection | null {
  if (slug === undefined || slug === before.slug) return null
  return slugClaimedAt === undefined || now - slugClaimedAt > CLAIM_LIFETIME_MS ? { code: 'claim_expired' } : null
}

const describe = (organization: Organization): EventData => ({
  name: organization.name,
  slug: organization.slug,
  external_id: organization.externalId,
  ownership: organization.ownership,
  seat_limit: organization.seatLimit,
  upgrade_url: organization.upgradeUrl,
})

type Defined<T> = { [key in keyof T]?: Exclude<T[key], undefined> }

const defined = <T extends object>(fields: T): Defined<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>
