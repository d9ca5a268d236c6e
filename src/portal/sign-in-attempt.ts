import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import * as z from 'zod'
import { email } from '../contract/fields.ts'
import type { PortalEnvironment } from './environment.ts'
import { localPath } from './local-path.ts'
import { isSecure } from './session-cookie.ts'

/*
 * Between asking for a code and typing it, the browser remembers for whom, and where to go on. In a cookie, since addresses
 * of pages end up in histories and logs. It proves nothing: what counts is the code.
 */

export interface SignInAttempt {
  readonly email: string
  readonly next: string | null
}

const COOKIE = 'muster_sign_in'
/** Longer than the code works, so that the page can say that it does no more. */
const KEPT_SECONDS = 60 * 60

const Attempt = z.object({ email, next: z.string().nullable() })

const optionsOf = (c: Context<PortalEnvironment>) =>
  ({ path: '/sign-in', httpOnly: true, secure: isSecure(c), sameSite: 'Lax' }) as const

export function rememberAttempt(c: Context<PortalEnvironment>, attempt: SignInAttempt): void {
  const value = Buffer.from(JSON.stringify(attempt)).toString('base64url')
  setCookie(c, COOKIE, value, { ...optionsOf(c), maxAge: KEPT_SECONDS })
}

export function forgetAttempt(c: Context<PortalEnvironment>): void {
  deleteCookie(c, COOKIE, optionsOf(c))
}

export function attemptOf(c: Context<PortalEnvironment>): SignInAttempt | null {
  const parsed = Attempt.safeParse(fromBase64url(getCookie(c, COOKIE) ?? ''))
  if (!parsed.success) return null
  return { email: parsed.data.email, next: localPath(parsed.data.next ?? undefined) }
}

function fromBase64url(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString())
  } catch {
    return null
  }
}
