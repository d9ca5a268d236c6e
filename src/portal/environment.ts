import type { Session } from '../accounts/sessions.ts'
import type { User } from '../accounts/users.ts'
import type { Settings } from '../contract/settings.ts'
import type { OperatorCaller } from '../membership/actor.ts'
import type { Query } from '../membership/queries.ts'
import type { Workplace } from './workplace.ts'

/** Somebody who is signed in, as of this request. */
export interface Visitor {
  readonly session: Session
  readonly user: User
}

/** `requestId` comes from the app that the portal is mounted on. */
export interface PortalEnvironment {
  Bindings: Env
  Variables: {
    requestId: string
    settings: Settings
    /** On the operator's pages, behind the sign-in: who is signed in. */
    operator: OperatorCaller
    /** Behind `signedIn` only. */
    visitor: Visitor
    /** What the page will ask of the organization; set before `inOrganization`, which asks it along. */
    foreseen?: Query
    /** Behind `inOrganization` only. */
    workplace: Workplace
  }
}
