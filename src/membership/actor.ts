/**
 * Who calls, as the edge could establish it. An API key arrives as the hash of its secret and is looked up by the
 * object; an invitee is somebody who holds a validly signed invitation link and need not have an account.
 */
export type Caller =
  | { readonly type: 'operator' }
  | { readonly type: 'user'; readonly userId: string }
  | { readonly type: 'api_key'; readonly secretHash: string }
  | { readonly type: 'invitee'; readonly invitationId: string; readonly sendNumber: number }
  | { readonly type: 'system'; readonly process: SystemProcess }

export type SystemProcess = 'cron' | 'mail' | 'accounts' | 'domain' | 'sso' | 'scim'

export const ACTOR_TYPES = ['operator', 'user', 'api_key', 'invitee', 'system'] as const

/** Who did something, as events and resources name it. `id` is null for the operator. */
export interface Actor {
  readonly type: (typeof ACTOR_TYPES)[number]
  readonly id: string | null
}

export const OPERATOR: Actor = { type: 'operator', id: null }
