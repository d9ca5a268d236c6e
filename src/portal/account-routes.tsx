import { type Context, Hono } from 'hono'
import { csrf } from 'hono/csrf'
import { announcePersonChange } from '../accounts/people.ts'
import { forgetRevoked } from '../accounts/session-cache.ts'
import { listSessions, revokeSession, revokeSessions } from '../accounts/sessions.ts'
import { updateUser } from '../accounts/users.ts'
import { UpdateUser } from '../contract/users.ts'
import type { PortalEnvironment } from './environment.ts'
import { redirectWith } from './flash.ts'
import { formBody } from './form-body.ts'
import { pageHeaders } from './page-headers.ts'
import { AccountPage } from './pages/account/account-page.tsx'
import { notFoundPage, refusedPage } from './refused-page.tsx'
import { dropSessionCookie } from './session-cookie.ts'
import { shellPage } from './shell-page.tsx'
import { signedIn } from './visitor.ts'

const SESSIONS_SHOWN = 20

/** One's own account. */
export const accountRoutes = new Hono<PortalEnvironment>()

accountRoutes.use('/account/*', pageHeaders, csrf(), signedIn)
accountRoutes.use('/sign-out', pageHeaders, csrf(), signedIn)

accountRoutes.get('/account', (c) => showAccount(c, {}))

accountRoutes.post('/account', async (c) => {
  const name = (await formBody(c)).text('name')
  const parsed = UpdateUser.shape.name.safeParse(name === '' ? null : name)
  if (!parsed.success) return showAccount(c, { name, error: parsed.error.issues[0]?.message ?? '' })
  const { id } = c.var.visitor.user
  await updateUser(c.env.DIRECTORY, id, { name: parsed.data }, { type: 'user', id })
  await announcePersonChange(c.env.PEOPLE_QUEUE, id)
  return redirectWith(c, '/account', 'name_saved')
})

accountRoutes.post('/account/sessions/:id/end', async (c) => {
  const { session } = c.var.visitor
  forget(c, await revokeSession(c.env.DIRECTORY, session.userId, c.req.param('id')))
  if (c.req.param('id') !== session.id) return redirectWith(c, '/account', 'session_ended')
  return signedOut(c)
})

accountRoutes.post('/account/sessions/end-others', async (c) => {
  const { session } = c.var.visitor
  const ended = await revokeSessions(c.env.DIRECTORY, session.userId, session.id)
  forget(c, ended)
  return redirectWith(c, '/account', 'other_sessions_ended', ended.length)
})

accountRoutes.post('/sign-out', async (c) => {
  const { session } = c.var.visitor
  forget(c, await revokeSession(c.env.DIRECTORY, session.userId, session.id))
  return signedOut(c)
})
accountRoutes.all('/account/*', notFoundPage)

async function showAccount(
  c: Context<PortalEnvironment>,
  form: { readonly name?: string; readonly error?: string },
): Promise<Response> {
  const { visitor } = c.var
  const cursor = c.req.query('cursor') ?? null
  const page = { limit: SESSIONS_SHOWN, cursor }
  const listed = await listSessions(c.env.DIRECTORY, visitor.user.id, page, Date.now())
  if (!listed.ok) return refusedPage(c, listed.error)
  const status = form.error === undefined ? 200 : 422
  return shellPage(
    c,
    { title: 'My account', reading: true, status },
    <AccountPage visitor={visitor} sessions={listed.value} {...form} />,
  )
}

/** What was revoked counts here at once. */
function forget(c: Context<PortalEnvironment>, revoked: readonly string[]): void {
  forgetRevoked(c.env.DIRECTORY, revoked, Date.now())
}

function signedOut(c: Context<PortalEnvironment>): Response {
  dropSessionCookie(c)
  return redirectWith(c, '/sign-in', 'signed_out')
}
