import { drizzle } from 'drizzle-orm/d1'
import { type Context, Hono } from 'hono'
import { createMiddleware } from 'hono/factory'
import { configOf } from '../env.ts'
import { listMailbox, type MailboxMail, mailOfId } from '../mail/mailbox.ts'
import { normalizeEmail } from '../membership/email.ts'
import type { Database } from '../records/database.ts'
import { allowedMethods } from './allowed-methods.tsx'
import type { PortalEnvironment } from './environment.ts'
import { page } from './page.ts'
import { pageHeaders } from './page-headers.ts'
import { MailboxPage } from './pages/mailbox-page.tsx'

const MAX_SHOWN = 100
const MAX_LISTED = 1_000

/** A mail's HTML is a document of its own: it may style itself, and nothing else. */
const HTML_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'"

const onlyWithMailbox = createMiddleware<PortalEnvironment>(async (c, next) =>
  configOf(c.env).MAIL_TRANSPORT === 'mailbox' ? next() : c.notFound(),
)

/**
 * The mails of a development server. Registered for all methods: a route for GET alone would give these addresses away
 * with a 405 where there is no mailbox.
 */
export const mailboxRoutes = new Hono<PortalEnvironment>()
const local = [onlyWithMailbox, pageHeaders, allowedMethods('GET', 'HEAD')] as const

mailboxRoutes.all('/dev/mailbox', ...local, async (c) => {
  const to = recipient(c)
  const mails = await mailsOf(c, to, MAX_SHOWN)
  return page(c, <MailboxPage mails={mails} to={to} limit={MAX_SHOWN} />)
})

mailboxRoutes.all('/dev/mailbox.json', ...local, async (c) => {
  const mails = await mailsOf(c, recipient(c), MAX_LISTED)
  return c.json({ object: 'list', data: mails.map(present) })
})

mailboxRoutes.all('/dev/mailbox/:id/html', ...local, async (c) => {
  const mail = await mailOfId(database(c), c.req.param('id'))
  if (mail === null) return c.notFound()
  c.header('Content-Security-Policy', HTML_POLICY)
  return c.html(mail.html)
})

function recipient(c: Context<PortalEnvironment>): string | null {
  const to = (c.req.query('to') ?? '').trim()
  return to === '' ? null : (normalizeEmail(to) ?? to)
}

function mailsOf(c: Context<PortalEnvironment>, to: string | null, limit: number): Promise<MailboxMail[]> {
  return listMailbox(database(c), { to: to ?? undefined, limit })
}

const database = (c: Context<PortalEnvironment>): Database => drizzle(c.env.ACCOUNTS) as unknown as Database

const present = ({ toAddress, subject, text, html, links, sentAt }: MailboxMail) => ({
  to: toAddress,
  ...{ subject, text, html, links },
  sent_at: new Date(sentAt).toISOString(),
})
