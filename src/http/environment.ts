import type { Config } from '../env.ts'
import type { Caller } from '../membership/actor.ts'

/** Who calls, as the credential says; a key speaks for one organization only. */
export interface Credential {
  readonly caller: Caller
  readonly organizationId: string | null
  /** Stable per credential, for idempotency keys. Holds no secret. */
  readonly fingerprint: string
}

export interface HttpEnvironment {
  Bindings: Env
  Variables: {
    requestId: string
    config: Config
    /** Absent where the invitation link is the credential. */
    credential: Credential
  }
}
