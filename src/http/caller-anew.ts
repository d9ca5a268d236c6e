import type { Context } from 'hono'
import { originOf } from '../accounts/authentication-log.ts'
import { sessionAnew } from '../accounts/session-cache.ts'
import { currentSettings } from '../directory/settings.ts'
import { personCaller, type UserCaller } from '../membership/actor.ts'
import { isFresh } from '../membership/authority.ts'
import type { HttpEnvironment } from './environment.ts'

/** The person of a session with a proof that was given elsewhere a moment ago; null if there is none. */
export async function callerAnew(c: Context<HttpEnvironment>): Promise<UserCaller | null> {
  const known = c.var.credential.session
  if (known === null) return null
  const now = Date.now()
  const session = await sessionAnew(c.env.DIRECTORY, known, now)
  const settings = await currentSettings(c.env.DIRECTORY)
  const caller = session && personCaller(session.userId, session.authenticatedAt, settings, originOf(c))
  return caller !== null && isFresh(caller, now) ? caller : null
}
