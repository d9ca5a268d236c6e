import type { ApiKey } from './api-key.ts'
import type { ErasedTarget, EventData, EventDraft, EventType, Target } from './event.ts'
import type { Invitation } from './invitation.ts'
import type { OrganizationMail } from './mail.ts'
import type { Member } from './member.ts'
import type { Organization } from './organization.ts'
import type { Rejection } from './rejection.ts'
import { ok, type Result, refuse } from './result.ts'
import type { Role } from './roles.ts'

/**
 * What a rule wants written. `before` is the row that the rule has seen, so that the store keeps the seat tally from
 * the changes alone. `role_reassigned` moves everyone from one role to another in one statement, however many they are;
 * `invitations_ended` cancels all that match in one statement; their log entries follow in steps.
 * `erasure` drops the personal data of these entries, and the log says so. `sign_in`, `delivery` and `key_use` write a row that
 * nobody asked to change; `sign_in` also notes which revision of the account the row repeats.
 */
export type Change =
  | { readonly kind: 'organization'; readonly after: Organization }
  | { readonly kind: 'member'; readonly before: Member | null; readonly after: Member }
  | { readonly kind: 'invitation'; readonly before: Invitation | null; readonly after: Invitation }
  | { readonly kind: 'sign_in'; readonly after: Member }
  | { readonly kind: 'delivery'; readonly after: Invitation }
  | { readonly kind: 'key_use'; readonly after: ApiKey }
  | { readonly kind: 'role'; readonly after: Role }
  | { readonly kind: 'role_deleted'; readonly key: string }
  | { readonly kind: 'role_reassigned'; readonly from: string; readonly to: string }
  | ({ readonly kind: 'invitations_ended' } & MadeInvitations)
  | { readonly kind: 'api_key'; readonly after: ApiKey }
  | { readonly kind: 'event'; readonly event: EventDraft }
  | { readonly kind: 'erasure'; readonly target: ErasedTarget; readonly entries: readonly number[] }
  | { readonly kind: 'mail'; readonly mail: OrganizationMail }

/** Pending invitations that these people made into these roles, but those with these ids. */
export interface MadeInvitations {
  readonly makers: readonly string[]
  readonly roles: readonly string[]
  readonly except: readonly string[]
}

export interface Outcome<T> {
  readonly value: T
  readonly changes: readonly Change[]
}

/** A refusal may leave `changes` behind, as does the first attempt of a person who was removed. */
export type Decision<T> = Result<Outcome<T>, Rejection> & { readonly changes?: readonly Change[] }

export const decided = <T>(value: T, ...changes: readonly Change[]): Decision<T> => ok({ value, changes })

/** The wished-for state holds already: nothing is written, no event, no new revision. */
export const unchanged = <T>(value: T): Decision<T> => ok({ value, changes: [] })

export const reject = (rejection: Rejection): { ok: false; error: Rejection } => refuse(rejection)

export const event = (type: EventType, target: Target, data: EventData = {}): Change => ({
  kind: 'event',
  event: { type, target, data },
})

export const apiKeyTarget = ({ id }: ApiKey): Target => ({ type: 'api_key', id })
export const memberTarget = ({ id }: Member): ErasedTarget => ({ type: 'member', id })
export const invitationTarget = ({ id }: Invitation): ErasedTarget => ({ type: 'invitation', id })
