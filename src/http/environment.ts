import type { Subject } from '../accounts/identities.ts'
import type { Session } from '../accounts/sessions.ts'
import type { User } from '../accounts/users.ts'
import type { Config } from '../env.ts'
import type { Caller, UserCaller } from '../membership/actor.ts'
import type { Prover } from '../onboarding/reauthenticate.ts'

/** Who calls, as the credential says; a key speaks for one organization only. */
export interface Credential {
  readonly caller: Caller
  readonly organizationId: string | null
  /** Stable per credential, for idempotency keys. Holds no secret. */
  readonly fingerprint: string
  /** Of a person who signed in with Muster itself. */
  readonly session: Session | null
  /** Of a person whom a trusted issuer vouches for. */
  readonly identity?: Subject
}

export interface HttpEnvironment {
  Bindings: Env
  Variables: {
    requestId: string
    config: Config
    /** Whether the network's look-ups bear that of an API key, which its organization has not confirmed yet. */
    tookLookUp?: boolean
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
    /** Behind `provingOnly`: what a fresh proof is kept with. */
    proving: Prover['by']
  }
}
