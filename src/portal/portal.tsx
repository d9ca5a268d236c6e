import { Hono } from 'hono'
import { accountRoutes } from './account/account-routes.tsx'
import { script } from './assets/script.ts'
import { stylesheet } from './assets/stylesheet.ts'
import { emailChangeRoutes } from './email-change-routes.tsx'
import type { PortalEnvironment } from './environment.ts'
import { failure } from './failure.tsx'
import { freshProofRoutes } from './fresh-proof.tsx'
import { invitationRoutes } from './invitation-routes.tsx'
import { landingRoutes } from './landing-routes.tsx'
import { mailboxRoutes } from './mailbox-routes.tsx'
import { noInvitationsRoutes } from './no-invitations-routes.tsx'
import { operatorRoutes } from './operator/operator-routes.tsx'
import { organizationRoutes } from './organization/organization-routes.tsx'
import { organizationsRoutes } from './organizations-routes.tsx'
import { signInRoutes } from './sign-in-routes.tsx'
import { takeBackRoutes } from './take-back-routes.tsx'

/**
 * The pages, at absolute paths, to be mounted with `route` on the app that gives requests their id. Its `onError` stays
 * with these routes; what is not found is left to that app.
 */
export function portal(): Hono<PortalEnvironment> {
  const app = new Hono<PortalEnvironment>()
  app.onError(failure)
  for (const asset of [stylesheet, script]) app.get(asset.path, asset.serve)
  app.route('/', landingRoutes)
  app.route('/', invitationRoutes)
  app.route('/', noInvitationsRoutes)
  app.route('/', signInRoutes)
  app.route('/', organizationsRoutes)
  app.route('/', organizationRoutes)
  app.route('/', emailChangeRoutes)
  app.route('/', freshProofRoutes)
  app.route('/', takeBackRoutes)
  app.route('/', accountRoutes)
  app.route('/', mailboxRoutes)
  app.route('/', operatorRoutes)
  return app
}
