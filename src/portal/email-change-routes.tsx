import { type Context, Hono } from 'hono'
import { csrf } from 'hono/csrf'
import { configOf } from '../env.ts'
import { addressOfLink, changeAddressByLink } from '../onboarding/change-address.ts'
import type { PortalEnvironment } from './environment.ts'
import { redirectWith } from './flash.ts'
import { pageHeaders } from './page-headers.ts'
import { EmailChangePage } from './pages/account/email-change-page.tsx'
import { ConflictContent } from './pages/refused.tsx'
import { shellPage } from './shell-page.tsx'
import { signedIn } from './visitor.ts'

const PATH = '/account/email/:token'
const DEAD =
  'The link has expired or was used, a newer one was sent, or another account asked for it. Ask for a new one.'

/** Behind the link of the mail to a new address; for whoever asked for it, signed in. */
export const emailChangeRoutes = new Hono<PortalEnvironment>()

emailChangeRoutes.use(PATH, pageHeaders, csrf(), signedIn)

emailChangeRoutes.get(PATH, async (c) => {
  const { user } = c.var.visitor
  const address = await addressOfLink(c.env, configOf(c.env), user, c.req.param('token'), Date.now())
  if (address === null) return deadLink(c)
  return shellPage(c, { title: 'New address', reading: true }, <EmailChangePage email={address.email} />)
})

emailChangeRoutes.post(PATH, async (c) => {
  const { user, session } = c.var.visitor
  const changing = { user, sessionId: session.id }
  const changed = await changeAddressByLink(c.env, configOf(c.env), changing, c.req.param('token'), Date.now())
  if (changed.ok) return redirectWith(c, '/account', 'email_changed')
  if (changed.error.code !== 'email_taken') return deadLink(c)
  return shellPage(c, { title: 'Not done', status: 409 }, <ConflictContent text="Another account has this address." />)
})

const deadLink = (c: Context<PortalEnvironment>): Promise<Response> =>
  shellPage(c, { title: 'Link is of no use', status: 410 }, <ConflictContent text={DEAD} />)
