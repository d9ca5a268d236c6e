import type { Context } from 'hono'
import type { Refusal } from '../organization/requests.ts'
import type { PortalEnvironment } from './environment.ts'
import {
  ConflictContent,
  ForbiddenContent,
  NotFoundContent,
  SuspendedContent,
  TooOftenContent,
} from './pages/refused.tsx'
import { refusalText } from './refusal-text.ts'
import { shellPage } from './shell-page.tsx'

/** The page that says why the organization has refused. For what one can mend in a form, show the form again instead. */
export function refusedPage(c: Context<PortalEnvironment>, error: Refusal): Promise<Response> {
  switch (error.code) {
    case 'not_found':
    case 'unauthenticated':
      return shellPage(c, { title: 'Not found', status: 404 }, <NotFoundContent />)
    case 'forbidden':
      return shellPage(c, { title: 'Not allowed', status: 403 }, <ForbiddenContent permission={error.permission} />)
    case 'member_suspended':
      return shellPage(c, { title: 'Suspended', status: 403 }, <SuspendedContent />)
    case 'resend_too_soon':
    case 'invitation_rate_limited':
      c.header('Retry-After', String(error.retryAfterSeconds))
      return shellPage(c, { title: 'Too often', status: 429 }, <TooOftenContent text={refusalText(error)} />)
    default:
      return shellPage(c, { title: 'Not done', status: 409 }, <ConflictContent text={refusalText(error)} />)
  }
}

/** For addresses below the pages of the portal that lead nowhere. */
export const notFoundPage = (c: Context<PortalEnvironment>): Promise<Response> =>
  refusedPage(c, { code: 'not_found', resource: 'organization' })
