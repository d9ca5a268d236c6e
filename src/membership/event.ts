import type { Actor } from './actor.ts'

export const EVENT_TYPES = [
  'organization.created',
  'organization.updated',
  'organization.deleted',
  'organization.restored',
  'ownership.transferred',
  'seat_limit.changed',
  'member.added',
  'member.role_changed',
  'member.profile_updated',
  'member.suspended',
  'member.reactivated',
  'member.removed',
  'member.left',
  'member.return_refused',
  'member.return_allowed',
  'member.erased',
  'invitation.created',
  'invitation.resent',
  'invitation.accepted',
  'invitation.declined',
  'invitation.canceled',
  'invitation.expired',
  'invitation.kept',
  'invitation.erased',
  'role.created',
  'role.updated',
  'role.deleted',
  'api_key.created',
  'api_key.revoked',
  'api_key.kept',
  'api_key.maker_left',
] as const
export type EventType = (typeof EVENT_TYPES)[number]

export const TARGET_TYPES = ['organization', 'member', 'invitation', 'role', 'api_key'] as const

export interface Target {
  readonly type: (typeof TARGET_TYPES)[number]
  readonly id: string
}

/** Of whom or what personal data can be erased. */
export type ErasedTarget = Target & { readonly type: 'member' | 'invitation' }

export type EventValue =
  | string
  | number
  | boolean
  | null
  | readonly EventValue[]
  | { readonly [key: string]: EventValue }
export type EventData = { readonly [key: string]: EventValue }

/** What a rule says has happened; the log gives it number, time, actor and hash. */
export interface EventDraft {
  readonly type: EventType
  readonly target: Target
  readonly data: EventData
}

/**
 * The personal fields of an entry's data. The entry's hash covers `sha256` in their place, so they can be erased without
 * changing it.
 */
export interface PersonalData {
  /** Which fields of the data are personal; empty once they are erased. */
  readonly fields: readonly string[]
  /** 128 random bits, so that nobody can guess erased values from the hash. Null once they are erased. */
  readonly salt: string | null
  /** SHA-256, hexadecimal. */
  readonly sha256: string
}

/** An entry of the audit log. `seq` counts from 1 without gaps; `hash` covers the entry and the hash before it. */
export interface OrganizationEvent extends EventDraft {
  readonly id: string
  readonly organizationId: string
  readonly seq: number
  readonly occurredAt: number
  /** With `via` when the operator acted on behalf of a person. */
  readonly actor: Actor
  /** Null: the entry has no personal data. */
  readonly personal: PersonalData | null
  readonly hash: string
}

/** The personal data of the entry is gone, because the person's account was deleted. */
export const isErased = ({ personal }: Pick<OrganizationEvent, 'personal'>): boolean => personal?.salt === null

type Fields = { readonly [key: string]: EventValue | undefined }

/** `{field: {from, to}}` for the fields that differ. Keys are those of the wire. */
export function difference(before: Fields, after: Fields): EventData {
  const changed: Record<string, EventValue> = {}
  for (const [field, to] of Object.entries(after)) {
    const from = before[field] ?? null
    if (to !== undefined && JSON.stringify(from) !== JSON.stringify(to)) changed[field] = { from, to }
  }
  return changed
}
