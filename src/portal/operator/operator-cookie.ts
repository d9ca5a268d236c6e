import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { logOf } from '../../accounts/authentication-log.ts'
import {
  callerOf,
  currentOperatorSession,
  endOperatorSession,
  OPERATOR_SESSION_MS,
  operatorSessionHash,
} from '../../accounts/operator-session.ts'
import { shieldOf } from '../../accounts/shield.ts'
import { configOf } from '../../env.ts'
import type { OperatorCaller } from '../../membership/actor.ts'
import type { PortalEnvironment } from '../environment.ts'
import { hostCookie, hostCookieOptions } from '../session-cookie.ts'

/* Beside the session of a person, and independent of it: one browser may hold both, either or none. */

type CookieContext = Context<PortalEnvironment>

const nameOf = (c: CookieContext): string => hostCookie(c, 'muster_operator')

/** Null: nobody is signed in as the operator. Cookies that are nobody's are looked up as often as other unknown credentials. */
export async function signedInOperator(c: CookieContext): Promise<OperatorCaller | null> {
  const token = getCookie(c, nameOf(c))
  if (token === undefined) return null
  const config = configOf(c.env)
  const find = () => currentOperatorSession(c.env.ACCOUNTS, config, token, Date.now())
  // By its hash under the root key: a cookie that one root key does not know may be another one's.
  const name = `operator:${operatorSessionHash(token, config.OPERATOR_KEY)}`
  const session = await shieldOf(c.env.SHIELD).lookUp(name, c.req.header('CF-Connecting-IP'), find)
  return session && callerOf(session)
}

export function setOperatorCookie(c: CookieContext, token: string): void {
  setCookie(c, nameOf(c), token, { ...hostCookieOptions(c), maxAge: OPERATOR_SESSION_MS / 1000 })
}

/** Ends the session, here and in the directory. */
export async function signOutOperator(c: CookieContext): Promise<void> {
  const token = getCookie(c, nameOf(c))
  deleteCookie(c, nameOf(c), hostCookieOptions(c))
  const ended =
    token === undefined ? null : await endOperatorSession(c.env.ACCOUNTS, configOf(c.env), token, Date.now())
  if (ended !== null) logOf(c).note({ type: 'signed_out', userId: null, operatorKeyId: ended.keyId })
}
