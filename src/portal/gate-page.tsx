import type { Context } from 'hono'
import { formPage } from './form-page.ts'
import { page } from './page.ts'
import { contentSecurityPolicy } from './page-headers.ts'
import { HostNotServedPage, InternalErrorPage, TooManyRequestsPage } from './pages/failure-page.tsx'

/** As `http/gate.ts` refuses; the portal imports nothing of that layer. */
type GateRefusal =
  | { readonly code: 'host_not_served' }
  | { readonly code: 'internal_error' }
  | { readonly code: 'rate_limited'; readonly retryAfterSeconds: number }

/** The page of a refusal in front of every page, before settings or sessions are read. */
export function gatePage(c: Context, refusal: GateRefusal): Response | Promise<Response> {
  c.header('Content-Security-Policy', contentSecurityPolicy(null))
  switch (refusal.code) {
    case 'host_not_served':
      return page(c, <HostNotServedPage />, 421)
    case 'internal_error':
      return page(c, <InternalErrorPage requestId={c.get('requestId')} />, 500)
    case 'rate_limited': {
      const seconds = refusal.retryAfterSeconds
      c.header('Retry-After', String(seconds))
      return page(c, <TooManyRequestsPage page={formPage(c.req.path)} seconds={seconds} />, 429)
    }
  }
}
