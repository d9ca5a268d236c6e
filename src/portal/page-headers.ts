import { createMiddleware } from 'hono/factory'
import { currentSettings } from '../directory/settings.ts'
import type { PortalEnvironment } from './environment.ts'

/** Before every page. A handler may set a header anew. */
export const pageHeaders = createMiddleware<PortalEnvironment>(async (c, next) => {
  const settings = await currentSettings(c.env.ACCOUNTS)
  c.set('settings', settings)
  c.header('Content-Security-Policy', contentSecurityPolicy(settings.initiate_login_uri))
  c.header('X-Content-Type-Options', 'nosniff')
  c.header('X-Frame-Options', 'DENY')
  // The address of an invitation's page is a secret.
  c.header('Referrer-Policy', 'no-referrer')
  c.header('Cache-Control', 'no-store')
  await next()
})

/**
 * Chromium holds every redirect after a form's POST to `form-action`: the product's sign-in address, and wherever that
 * leads on to, as sign-in does to an identity provider. So where there is one, any https address may follow.
 */
export function contentSecurityPolicy(initiateLoginUri: string | null): string {
  const formTargets = initiateLoginUri === null ? "'self'" : `'self' https: ${new URL(initiateLoginUri).origin}`
  return [
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    `form-action ${formTargets}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}
