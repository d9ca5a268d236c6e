import { type Context, Hono } from 'hono'
import type { Actor } from '../../membership/actor.ts'
import { endSession, signOutEverywhere, unlinkIdentity } from '../../onboarding/end-access.ts'
import { deviceOfBrowser } from '../device-cookie.ts'
import type { PortalEnvironment } from '../environment.ts'
import { redirectWith } from '../flash.ts'
import { dropSessionCookie } from '../session-cookie.ts'

/** Where one is signed in, and the way out. */
export const sessionRoutes = new Hono<PortalEnvironment>()

sessionRoutes.post('/account/sessions/:id/end', async (c) => {
  const { session } = c.var.visitor
  const id = c.req.param('id')
  await endSession(c, { userId: session.userId, id }, 'revoked')
  return id === session.id ? signedOut(c) : redirectWith(c, '/account', 'session_ended')
})

sessionRoutes.post('/account/sessions/end-others', async (c) => {
  const { session } = c.var.visitor
  const kept = { sessionId: session.id, deviceId: deviceOfBrowser(c) }
  const ended = await signOutEverywhere(c, session.userId, visitorAs(c), kept)
  return redirectWith(c, '/account', 'other_sessions_ended', ended)
})

sessionRoutes.post('/account/identities/:id/unlink', async (c) => {
  const { userId } = c.var.visitor.session
  await unlinkIdentity(c, { userId, id: c.req.param('id') }, visitorAs(c))
  return redirectWith(c, '/account', 'identity_unlinked')
})

sessionRoutes.post('/sign-out', async (c) => {
  await endSession(c, c.var.visitor.session, 'signed_out')
  return signedOut(c)
})

const visitorAs = (c: Context<PortalEnvironment>): Actor => ({ type: 'user', id: c.var.visitor.session.userId })

function signedOut(c: Context<PortalEnvironment>): Response {
  dropSessionCookie(c)
  return redirectWith(c, '/sign-in', 'signed_out')
}
