import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { OPERATOR_SESSION_MS, operatorSessionEnd } from '../../accounts/operator-session.ts'
import { configOf } from '../../env.ts'
import type { PortalEnvironment } from '../environment.ts'
import { hostCookie, hostCookieOptions } from '../session-cookie.ts'

/* Beside the session of a person, and independent of it: one browser may hold both, either or none. */

type CookieContext = Context<PortalEnvironment>

const nameOf = (c: CookieContext): string => hostCookie(c, 'muster_operator')

export const isOperator = (c: CookieContext): boolean =>
  operatorSessionEnd(getCookie(c, nameOf(c)) ?? '', configOf(c.env), Date.now()) !== null

export function setOperatorCookie(c: CookieContext, token: string): void {
  setCookie(c, nameOf(c), token, { ...hostCookieOptions(c), maxAge: OPERATOR_SESSION_MS / 1000 })
}

export function dropOperatorCookie(c: CookieContext): void {
  deleteCookie(c, nameOf(c), hostCookieOptions(c))
}
