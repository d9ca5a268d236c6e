import type * as z from 'zod'
import { getUser } from '../accounts/users.ts'
import type { CreateOrganization } from '../contract/organizations.ts'
import type { Settings } from '../contract/settings.ts'
import type { Caller } from '../membership/actor.ts'
import { ok, type Result, refuse } from '../membership/result.ts'
import type { NewOrganization } from './create-organization.ts'
import { checkedIntroduction, type IntroductionRefusal } from './introduction.ts'

type Refused =
  | { readonly code: 'forbidden'; readonly permission: 'operator' }
  | { readonly code: 'sign_up_disabled' }
  /** Whoever should own it has no account, or one that is being deleted. */
  | { readonly code: 'no_such_owner' }
  | IntroductionRefusal

/** Who may create what: a person for themselves, while sign-up is on; the operator for anyone, with plan and reference. */
export async function newOrganization(
  accounts: D1Database,
  caller: Caller,
  wanted: z.output<typeof CreateOrganization>,
  settings: Settings,
): Promise<Result<Omit<NewOrganization, 'organizationId'>, Refused>> {
  const isOperator = caller.type === 'operator'
  if (!isOperator && caller.type !== 'user') return refuse({ code: 'forbidden', permission: 'operator' })
  const operatorsOnly = [wanted.seat_limit, wanted.owner_user_id, wanted.external_id]
  if (!isOperator && operatorsOnly.some((field) => field !== undefined))
    return refuse({ code: 'forbidden', permission: 'operator' })
  if (!isOperator && !settings.sign_up_enabled) return refuse({ code: 'sign_up_disabled' })

  const ownerId = caller.type === 'user' ? caller.userId : wanted.owner_user_id
  const owner = ownerId === undefined ? null : await getUser(accounts, ownerId)
  if (ownerId !== undefined && (owner === null || owner.closingAt !== null)) return refuse({ code: 'no_such_owner' })
  const asked = isOperator || owner === null ? ok({}) : await checkedIntroduction(accounts, owner.attributes, {})
  if (!asked.ok) return asked
  return ok({
    name: wanted.name,
    slug: wanted.slug ?? null,
    externalId: wanted.external_id ?? null,
    ownership: wanted.ownership ?? 'multiple',
    seatLimit: wanted.seat_limit === undefined ? settings.default_seat_limit : wanted.seat_limit,
    upgradeUrl: wanted.upgrade_url ?? null,
    owner,
    createdBy: isOperator ? null : (owner?.id ?? null),
    ...(wanted.location_hint === undefined ? {} : { locationHint: wanted.location_hint }),
  })
}
