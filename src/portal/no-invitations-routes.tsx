import { Hono } from 'hono'
import { verifyNoInvitationsLink } from '../accounts/no-invitations-link.ts'
import { blockInvitationMails, mailBlockOf, unblockInvitationMails } from '../directory/mail-blocks.ts'
import { configOf } from '../env.ts'
import { allowedMethods } from './allowed-methods.tsx'
import type { PortalEnvironment } from './environment.ts'
import { formBody } from './form-body.ts'
import { page } from './page.ts'
import { pageHeaders } from './page-headers.ts'
import { NoInvitationsPage } from './pages/no-invitations-page.tsx'
import { UnknownLinkPage } from './pages/unknown-link-page.tsx'

const PATH = '/no-invitations/:token'

/** For the recipient of an invitation mail: the link is the credential, and no cookie is looked at. */
export const noInvitationsRoutes = new Hono<PortalEnvironment>()

noInvitationsRoutes.use(PATH, pageHeaders)

/** Opening the page changes nothing, because mail scanners follow links. */
noInvitationsRoutes.get(PATH, async (c) => {
  const email = verifyNoInvitationsLink(c.req.param('token'), configOf(c.env).LINK_KEYS)
  if (email === null) return page(c, <UnknownLinkPage />, 404)
  const block = await mailBlockOf(c.env.ACCOUNTS, email)
  return page(c, <NoInvitationsPage email={email} path={c.req.path} isBlocked={block !== null} />)
})

/** From the form of the page, or from a mail program (RFC 8058), which comes without a cookie and follows no redirect. */
noInvitationsRoutes.post(PATH, async (c) => {
  const email = verifyNoInvitationsLink(c.req.param('token'), configOf(c.env).LINK_KEYS)
  if (email === null) return page(c, <UnknownLinkPage />, 404)
  const form = await formBody(c)
  if (form.text('invitations') === 'allow') {
    await unblockInvitationMails(c.env.ACCOUNTS, email, Date.now())
    return c.redirect(c.req.path, 303)
  }
  const isOneClick = form.text('List-Unsubscribe') === 'One-Click'
  if (!isOneClick && form.text('invitations') !== 'stop') return c.redirect(c.req.path, 303)
  await blockInvitationMails(c.env.ACCOUNTS, email, Date.now())
  return isOneClick ? c.text('No more invitations.') : c.redirect(c.req.path, 303)
})
noInvitationsRoutes.all(PATH, allowedMethods('GET', 'HEAD', 'POST'))
