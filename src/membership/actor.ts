/** The `freshUntil` of a person whom the operator vouches for. */
export const ALWAYS_FRESH = Number.MAX_SAFE_INTEGER

/**
 * Who calls, as the edge could establish it. An API key arrives as the hash of its secret and is looked up by the
 * object; an invitee is somebody who holds a validly signed invitation link and need not have an account.
 */
export type Caller =
  | OperatorCaller
  | UserCaller
  | { readonly type: 'api_key'; readonly secretHash: string }
  | { readonly type: 'invitee'; readonly invitationId: string; readonly sendNumber: number }
  | SystemCaller

/** A process of the deployment; one that acts for a connection (a directory, an identity provider) names it. */
export interface SystemCaller {
  readonly type: 'system'
  readonly process: SystemProcess
  readonly connectionId?: string
}

/** The operator, by the root key of the deployment or by an operator key, which may be one that only reads. */
export interface OperatorCaller {
  readonly type: 'operator'
  /** Absent: the root key. */
  readonly keyId?: string
  readonly readOnly?: true
}

/** A person whose last proof was then; null or absent where there was none. */
export const personCaller = (
  userId: string,
  authenticatedAt: number | null | undefined,
  { fresh_proof_minutes: minutes }: { readonly fresh_proof_minutes: number },
): UserCaller => ({
  type: 'user',
  userId,
  ...(authenticatedAt == null ? {} : { freshUntil: authenticatedAt + minutes * 60_000 }),
})

/** A person, or the operator on behalf of a person. */
export interface UserCaller {
  readonly type: 'user'
  readonly userId: string
  /** Absent: the person calls. */
  readonly via?: Via
  readonly readOnly?: true
  /** Until when the person's last proof counts as fresh, in epoch milliseconds. Absent: it does not. */
  readonly freshUntil?: number
  /** Absent if the edge did not say. */
  readonly origin?: ShownOrigin
}

/** Where a request comes from, as people can recognize it and no closer: `Firefox on Windows`, and a shortened network. */
export interface ShownOrigin {
  readonly device: string | null
  readonly network: string | null
}

/** The operator who acts on behalf of a person: the id of the operator key, or null for the root key. */
export interface Via {
  readonly type: (typeof VIA_TYPES)[number]
  readonly id: string | null
}

export type SystemProcess = 'cron' | 'mail' | 'accounts' | 'domain' | 'sso' | 'scim'

export const VIA_TYPES = ['operator'] as const
export const ACTOR_TYPES = ['operator', 'user', 'api_key', 'invitee', 'system'] as const

/** Who did something, as events and resources name it. `id` is null for the operator's root key. */
export interface Actor {
  readonly type: (typeof ACTOR_TYPES)[number]
  readonly id: string | null
  /** Set when the operator acted on behalf of the person. */
  readonly via?: Via
}

export const OPERATOR: Actor = { type: 'operator', id: null }

/** How events name an operator or a person who calls. */
export function actorOf(caller: OperatorCaller | UserCaller): Actor {
  if (caller.type === 'operator') return { type: 'operator', id: caller.keyId ?? null }
  const { userId: id, via } = caller
  return via === undefined ? { type: 'user', id } : { type: 'user', id, via }
}

/** Calls by an operator key that only reads, on behalf of a person or not. */
export const isReadOnly = (caller: Caller): boolean =>
  (caller.type === 'operator' || caller.type === 'user') && caller.readOnly === true

/** The operator by the root key of the deployment, not by an operator key. */
export const isRoot = (caller: Caller): boolean => caller.type === 'operator' && caller.keyId === undefined
