import type { Session } from '../accounts/sessions.ts'
import type { User } from '../accounts/users.ts'
import type { Config } from '../env.ts'
import type { Caller, UserCaller } from '../membership/actor.ts'

/** Who calls, as the credential says; a key speaks for one organization only. */
export interface Credential {
  readonly caller: Caller
  readonly organizationId: string | null
  /** Stable per credential, for idempotency keys. Holds no secret. */
  readonly fingerprint: string
  /** Of a person who signed in with Muster itself. */
  readonly session: Session | null
}

export interface HttpEnvironment {
  Bindings: Env
  Variables: {
    requestId: string
    config: Config
    /** Absent where the invitation link is the credential. */
    credential: Credential
    /** Where only a session is taken: that of the request. */
    session: Session
    /** Below `/v1/users/me`: whose account it is. */
    person: User
    /** The body, where there is one and it is JSON. */
    json: unknown
    /** Below `/v1/users/me`: the person, or the operator on behalf of the person. */
    personCaller: UserCaller
  }
}
