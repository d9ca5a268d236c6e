import { Hono } from 'hono'
import { configOf } from '../env.ts'
import { allowedMethods } from './allowed-methods.tsx'
import type { PortalEnvironment } from './environment.ts'
import { failure } from './failure.tsx'
import { invitationRoutes } from './invitation-routes.tsx'
import { mailboxRoutes } from './mailbox-routes.tsx'
import { page } from './page.ts'
import { pageHeaders } from './page-headers.ts'
import { LandingPage } from './pages/landing-page.tsx'
import { STYLESHEET_PATH, stylesheet } from './stylesheet.ts'

/**
 * The pages, at absolute paths, to be mounted with `route` on the app that gives requests their id. Its `onError` stays
 * with these routes; what is not found is left to that app.
 */
export function portal(): Hono<PortalEnvironment> {
  const app = new Hono<PortalEnvironment>()
  app.onError(failure)
  app.use('/', pageHeaders)
  app.get('/', (c) => page(c, <LandingPage hasMailbox={configOf(c.env).MAIL_TRANSPORT === 'mailbox'} />))
  app.all('/', allowedMethods('GET', 'HEAD'))
  app.get(STYLESHEET_PATH, stylesheet)
  app.route('/', invitationRoutes)
  app.route('/', mailboxRoutes)
  return app
}
