import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { HeldUp } from '../accounts/shield.ts'
import { failureOf, framesOf, isOutage } from '../records/failure.ts'
import type { PortalEnvironment } from './environment.ts'
import { formPage } from './form-page.ts'
import { askForProof } from './fresh-proof.tsx'
import { FreshProofMissing } from './fresh-proof-missing.ts'
import { gatePage } from './gate-page.tsx'
import { page } from './page.ts'
import { ForeignRequestPage, InternalErrorPage, MalformedFormPage, UnavailablePage } from './pages/failure-page.tsx'

const RETRY_AFTER_SECONDS = 5

/** What a person sees when a page could not be made. Nothing of the error but the id of the request leaves. */
export function failure(error: Error, c: Context<PortalEnvironment>): Response | Promise<Response> {
  if (error instanceof FreshProofMissing) return askForProof(c, error.fields)
  const back = formPage(c.req.path)
  if (error instanceof HTTPException && error.status === 403) return page(c, <ForeignRequestPage page={back} />, 403)
  if (error instanceof HTTPException && isMalformed(error.status)) {
    return page(c, <MalformedFormPage page={back} />, error.status)
  }
  if (error instanceof HeldUp) return gatePage(c, { code: 'rate_limited', retryAfterSeconds: error.retryAfterSeconds })
  const request = c.var.requestId
  if (isOutage(error)) {
    console.warn({ message: 'page not available', request, error: failureOf(error) })
    c.header('Retry-After', String(RETRY_AFTER_SECONDS))
    return page(c, <UnavailablePage page={back} />, 503)
  }
  console.error({ message: 'unexpected error', request, error: failureOf(error), stack: framesOf(error) })
  return page(c, <InternalErrorPage requestId={request} />, 500)
}

const isMalformed = (status: number): status is 400 | 415 => status === 400 || status === 415
