import { rereadSession } from '../accounts/session-cache.ts'
import type { Session } from '../accounts/sessions.ts'
import { currentSettings } from '../directory/settings.ts'
import { type Caller, personCaller, type UserCaller } from '../membership/actor.ts'
import { isFresh } from '../membership/authority.ts'

/**
 * The person of a session, if its proof is fresh now. Another isolate may have taken the proof a moment ago, so the session
 * is read again. Null without a session, as for a token of a trusted issuer.
 */
export async function freshCaller(accounts: D1Database, known: Session | null): Promise<UserCaller | null> {
  if (known === null) return null
  const now = Date.now()
  const session = await rereadSession(accounts, known, now)
  if (session === null) return null
  const caller = personCaller(session.userId, session.authenticatedAt, await currentSettings(accounts))
  return isFresh(caller, now) ? caller : null
}

/** For what belongs to an account. The operator needs no proof. To be asked last: see `missingFreshProof`. */
export async function hasFreshProof(accounts: D1Database, caller: Caller, session: Session | null): Promise<boolean> {
  if (caller.type !== 'user' || isFresh(caller, Date.now())) return true
  return (await freshCaller(accounts, session)) !== null
}
