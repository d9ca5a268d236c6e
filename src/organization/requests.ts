import type { Caller } from '../membership/actor.ts'
import type { Command, ValueOf } from '../membership/commands.ts'
import type { AnswerOf, Query } from '../membership/queries.ts'
import type { Rejection } from '../membership/rejection.ts'
import type { WaitingSince } from './relay/relay.ts'

/*
 * What crosses the wire between worker and object. Both may be of different versions for minutes during a deploy:
 * fields are only ever added, as optional ones.
 */

export interface ExecuteRequest<C extends Command = Command> {
  readonly caller: Caller
  readonly command: C
  /** Of the resource that the command is about (resource.ts): refused with `revision_mismatch` if that has changed since. */
  readonly ifRevision?: number
  readonly idempotency?: Idempotency
}

/** `key` is a hash over credential, route and the client's key; `fingerprint` one over the request. */
export interface Idempotency {
  readonly key: string
  readonly fingerprint: string
}

export interface ReadRequest<Q extends Query = Query> {
  readonly caller: Caller
  readonly query: Q
}

export interface ReadAllRequest {
  readonly caller: Caller
  readonly queries: readonly Query[]
}

/** What an organization holds of what is unique in the deployment. */
export interface HeldClaims {
  readonly organizationId: string
  readonly slug: string
  /** The person whose number of created organizations it counts for; null: the operator created it. */
  readonly createdBy: string | null
  /** The first owner, by the creation; null: it was created without one. */
  readonly ownerId: string | null
  /** Which directory has its copy, by the name of the binding. */
  readonly directory: string
}

export type Refusal =
  | Rejection
  | { readonly code: 'revision_mismatch'; readonly revision: number }
  | { readonly code: 'idempotency_key_reused' }

/**
 * `revision` is the organization's after the call; 0 when there is no such organization. `rowRevision` is the one of the
 * resource that the answer shows; absent if the answer does not show exactly one.
 */
export type Executed<T> =
  | {
      readonly ok: true
      readonly value: T
      readonly revision: number
      readonly rowRevision?: number
      readonly replayed: boolean
    }
  | { readonly ok: false; readonly error: Refusal; readonly revision: number }

export type Read<T> =
  | { readonly ok: true; readonly value: T; readonly revision: number; readonly rowRevision?: number }
  | { readonly ok: false; readonly error: Rejection; readonly revision: number }

export type ExecutedCommand<C extends Command> = Executed<ValueOf<C>>
export type AnsweredQuery<Q extends Query> = Read<AnswerOf<Q>>
export type AnsweredQueries<Qs extends readonly Query[]> = { -readonly [at in keyof Qs]: AnsweredQuery<Qs[at]> }

/** Where an organization stands, for cron. Without one: no slug, version 0, and nothing waits. */
export interface Woken {
  readonly exists: boolean
  readonly slug: string | null
  /** The ledger's: how many commits there were. */
  readonly version: number
  readonly waiting: WaitingSince
}
