import { type Context, Hono } from 'hono'
import { type LogEntry, logOf } from '../../accounts/authentication-log.ts'
import { unlinkIdentity } from '../../accounts/identities.ts'
import { forgetRevoked } from '../../accounts/session-cache.ts'
import { revokeSession, revokeSessions } from '../../accounts/sessions.ts'
import type { PortalEnvironment } from '../environment.ts'
import { redirectWith } from '../flash.ts'
import { dropSessionCookie } from '../session-cookie.ts'

/** Where one is signed in, and the way out. */
export const sessionRoutes = new Hono<PortalEnvironment>()

sessionRoutes.post('/account/sessions/:id/end', async (c) => {
  const { session } = c.var.visitor
  const id = c.req.param('id')
  const revoked = await revokeSession(c.env.DIRECTORY, session.userId, id)
  forget(c, revoked)
  if (revoked.length > 0) note(c, { type: 'session_ended', sessionId: id, reason: 'revoked' })
  return id === session.id ? signedOut(c) : redirectWith(c, '/account', 'session_ended')
})

sessionRoutes.post('/account/sessions/end-others', async (c) => {
  const { session } = c.var.visitor
  const ended = await revokeSessions(c.env.DIRECTORY, session.userId, session.id)
  forget(c, ended)
  if (ended.length > 0) note(c, { type: 'session_ended', sessionId: null, reason: 'all_revoked' })
  return redirectWith(c, '/account', 'other_sessions_ended', ended.length)
})

sessionRoutes.post('/account/identities/:id/unlink', async (c) => {
  const { userId } = c.var.visitor.session
  const unlinking = { userId, id: c.req.param('id') }
  await unlinkIdentity(c.env.DIRECTORY, unlinking, { type: 'user', id: userId }, Date.now())
  return redirectWith(c, '/account', 'identity_unlinked')
})

sessionRoutes.post('/sign-out', async (c) => {
  const { session } = c.var.visitor
  forget(c, await revokeSession(c.env.DIRECTORY, session.userId, session.id))
  note(c, { type: 'signed_out', sessionId: session.id })
  return signedOut(c)
})

/** What was revoked counts here at once. */
function forget(c: Context<PortalEnvironment>, revoked: readonly string[]): void {
  forgetRevoked(c.env.DIRECTORY, revoked, Date.now())
}

const note = (c: Context<PortalEnvironment>, entry: Omit<LogEntry, 'userId'>): void =>
  logOf(c).note({ ...entry, userId: c.var.visitor.user.id })

function signedOut(c: Context<PortalEnvironment>): Response {
  dropSessionCookie(c)
  return redirectWith(c, '/sign-in', 'signed_out')
}
