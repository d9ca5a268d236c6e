import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Refusal } from '../../../organization/requests.ts'
import { ButtonLink } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { Panel } from '../../components/panel.tsx'
import type { PortalEnvironment } from '../../environment.ts'
import { refusalText } from '../../refusal-text.ts'
import { refusedPage } from '../../refused-page.tsx'
import type { SectionKey } from '../../shell/sections.ts'
import { shellPage } from '../../shell-page.tsx'

interface Way {
  readonly section: SectionKey
  /** Where one goes on. */
  readonly back: string
  readonly name: string
}

/**
 * Why something that was asked for with one click was not done, and the way back to where it was asked for. Who does not
 * belong here (any more) is told what everyone else is.
 */
export function notDone(c: Context<PortalEnvironment>, error: Refusal, way: Way): Promise<Response> {
  if (error.code === 'unauthenticated' || error.code === 'member_suspended' || error.code === 'forbidden') {
    return refusedPage(c, error)
  }
  if (error.code === 'not_found' && error.resource === 'organization') return refusedPage(c, error)
  if ('retryAfterSeconds' in error) c.header('Retry-After', String(error.retryAfterSeconds))
  const upgrade = error.code === 'seat_limit_reached' ? error.upgradeUrl : null
  return shellPage(
    c,
    { title: 'Not done', section: way.section, status: statusOf(error) },
    <Panel>
      <EmptyState
        icon={'retryAfterSeconds' in error ? 'clock' : 'notice'}
        title="This was not done"
        level={1}
        actions={
          <>
            {upgrade !== null && (
              <ButtonLink href={upgrade} look="primary">
                Get more seats
              </ButtonLink>
            )}
            <ButtonLink href={way.back}>{way.name}</ButtonLink>
          </>
        }
      >
        <p>{refusalText(error)}</p>
      </EmptyState>
    </Panel>,
  )
}

function statusOf(error: Refusal): ContentfulStatusCode {
  if (error.code === 'not_found') return 404
  if (error.code === 'invalid') return 422
  return 'retryAfterSeconds' in error ? 429 : 409
}
