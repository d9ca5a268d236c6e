import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { currentSession } from '../accounts/session-cache.ts'
import { HeldUp, shieldOf } from '../accounts/shield.ts'
import { getUser } from '../accounts/users.ts'
import type { PortalEnvironment, Visitor } from './environment.ts'
import { leadTo } from './lead-to.ts'
import { localPath } from './local-path.ts'
import { sessionToken } from './session-cookie.ts'

/** Null for whoever is not signed in. */
export async function visitorOf(c: Context<PortalEnvironment>): Promise<Visitor | null> {
  const token = sessionToken(c)
  if (token === null) return null
  const shield = shieldOf(c.env.SHIELD)
  const find = () => currentSession(c.env.ACCOUNTS, token, Date.now())
  const session = await shield.lookUp(token, c.req.header('CF-Connecting-IP'), find)
  if (session === null) return null
  const user = await getUser(c.env.ACCOUNTS, session.userId)
  return user === null || user.closingAt !== null ? null : { session, user }
}

/** Lets on who is signed in; all others are asked to, and come back afterwards. */
export const signedIn = createMiddleware<PortalEnvironment>(async (c, next) => {
  const visitor = await visitorOf(c)
  if (visitor === null) return leadTo(c, signInPath(wantedPage(c)))
  const reach = visitor.session.reachOrganizationId
  if (reach !== null && !WITHIN_REACH.test(c.req.path)) return leadTo(c, signInPath(wantedPage(c)))
  const fingerprint = `session:${visitor.session.id}`
  if (await shieldOf(c.env.SHIELD).countCredential(fingerprint)) throw new HeldUp(fingerprint)
  c.set('visitor', visitor)
  return next()
})

/**
 * Where a session may go that an invitation link alone began. `inOrganization` checks which organization it is. Everywhere
 * else, on pages added later too, the visitor is asked for a code first.
 */
const WITHIN_REACH = /^\/(o\/[^/]+(\/.*)?|sign-out|reauthenticate(\/.*)?)$/

/** False for a visitor who came by an invitation link alone and has typed no code. */
export const reachesEverything = ({ session }: Visitor): boolean => session.reachOrganizationId === null

export const signInPath = (next: string | null): string =>
  next === null || next === '/' ? '/sign-in' : `/sign-in?${new URLSearchParams({ next })}`

/** The page that is asked for; the one whose form was sent, where something is to be done. */
export function wantedPage(c: Context<PortalEnvironment>): string | null {
  const url = new URL(c.req.url)
  if (c.req.method === 'GET') return localPath(`${url.pathname}${url.search}`)
  const referrer = URL.parse(c.req.header('Referer') ?? '')
  return referrer?.origin === url.origin ? localPath(`${referrer.pathname}${referrer.search}`) : null
}
