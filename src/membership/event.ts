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
  'member.erased',
  'invitation.created',
  'invitation.resent',
  'invitation.accepted',
  'invitation.declined',
  'invitation.canceled',
  'invitation.expired',
  'invitation.erased',
  'role.created',
  'role.updated',
  'role.deleted',
  'api_key.created',
  'api_key.revoked',
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

/** An entry of the audit log. `seq` counts from 1 without gaps; `hash` covers the entry as it was and the hash before. */
export interface OrganizationEvent extends EventDraft {
  readonly id: string
  readonly organizationId: string
  readonly seq: number
  readonly occurredAt: number
  /** With `via` when the operator acted on behalf of a person. */
  readonly actor: Actor
  /** Personal data in it has been replaced, since the person's account was deleted. */
  readonly redacted: boolean
  readonly hash: string
}

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
