import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { isSessionToken, SESSION_AGE_MS } from '../accounts/sessions.ts'
import { configOf } from '../env.ts'
import type { PortalEnvironment } from './environment.ts'

/*
 * How a browser holds its session: for pages only, the API takes bearer tokens. A name with `__Host-` binds the cookie
 * to this host and to https (RFC 6265bis, section 4.1.3.2), which a server on plain http, on one's own machine, lacks.
 */

type CookieContext = Context<PortalEnvironment>

export const isSecure = (c: CookieContext): boolean => configOf(c.env).PUBLIC_URL.startsWith('https:')

export const hostCookie = (c: CookieContext, name: string): string => (isSecure(c) ? `__Host-${name}` : name)

export const hostCookieOptions = (c: CookieContext) =>
  ({ path: '/', httpOnly: true, secure: isSecure(c), sameSite: 'Lax' }) as const

const nameOf = (c: CookieContext): string => hostCookie(c, 'muster_session')

/** Null when there is none, or nothing that could be one. */
export function sessionToken(c: CookieContext): string | null {
  const token = getCookie(c, nameOf(c))
  return token !== undefined && isSessionToken(token) ? token : null
}

export function setSessionCookie(c: CookieContext, token: string): void {
  setCookie(c, nameOf(c), token, { ...hostCookieOptions(c), maxAge: SESSION_AGE_MS / 1000 })
}

export function dropSessionCookie(c: CookieContext): void {
  deleteCookie(c, nameOf(c), hostCookieOptions(c))
}
