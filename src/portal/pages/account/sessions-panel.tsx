import { deviceName } from '../../../accounts/device-name.ts'
import type { Session } from '../../../accounts/sessions.ts'
import type { Slice } from '../../../membership/queries.ts'
import { Badge } from '../../components/badge.tsx'
import { ActionForm } from '../../components/button.tsx'
import { Icon } from '../../components/icon.tsx'
import { Pagination } from '../../components/pagination.tsx'
import { Panel } from '../../components/panel.tsx'
import { Time } from '../../components/time.tsx'

interface SessionsPanelProps {
  readonly sessions: Slice<Session>
  /** The one that this page is asked for with. */
  readonly current: string
}

export const SessionsPanel = ({ sessions: { items, nextCursor }, current }: SessionsPanelProps) => (
  <Panel
    title="Where you are signed in"
    lead="Sign out whatever you do not recognize."
    actions={
      items.length > 1 && (
        <ActionForm action="/account/sessions/end-others" small>
          Sign out all others
        </ActionForm>
      )
    }
  >
    <ul class="list">
      {items.map(({ id, userAgent, lastSeenAt }) => (
        <li>
          <Icon name="device" />
          <span class="main">
            <span class="title">
              {deviceName(userAgent)} {id === current && <Badge tone="good">This device</Badge>}
            </span>
            <span class="small">
              Last used <Time at={lastSeenAt} precision="minute" />
            </span>
          </span>
          {id !== current && (
            <ActionForm action={`/account/sessions/${id}/end`} small>
              Sign out
            </ActionForm>
          )}
        </li>
      ))}
    </ul>
    <Pagination
      first={null}
      next={nextCursor === null ? null : `/account?${new URLSearchParams({ cursor: nextCursor })}`}
    />
  </Panel>
)
