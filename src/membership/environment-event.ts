import type { Actor } from './actor.ts'

export const ENVIRONMENT_EVENT_TYPES = [
  'settings.updated',
  'user_attribute.created',
  'user_attribute.updated',
  'user_attribute.deleted',
  'user.created',
  'user.updated',
  'user.email_changed',
  'user.email_change_taken_back',
  'user.identity_unlinked',
  'user.deleted',
  'mail_block.created',
  'mail_block.removed',
  'operator_key.created',
  'operator_key.revoked',
] as const
export type EnvironmentEventType = (typeof ENVIRONMENT_EVENT_TYPES)[number]

export const ENVIRONMENT_TARGET_TYPES = ['settings', 'user_attribute', 'user', 'mail_block', 'operator_key'] as const

/**
 * What happened in the deployment outside of any one organization. It outlives people: `data` names fields, and never
 * holds what stands in them about somebody.
 */
export interface EnvironmentEvent {
  readonly seq: number
  readonly id: string
  readonly type: EnvironmentEventType
  readonly occurredAt: number
  readonly actor: Actor
  readonly target: { readonly type: (typeof ENVIRONMENT_TARGET_TYPES)[number]; readonly id: string }
  readonly data: Readonly<Record<string, unknown>>
}
