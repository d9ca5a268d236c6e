import type { MemberView } from '../../../membership/queries.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { Pagination } from '../../components/pagination.tsx'
import { Panel } from '../../components/panel.tsx'
import { Sentence } from '../../components/sentence.tsx'
import { Time } from '../../components/time.tsx'
import { eventSentence, viaPhrase } from '../../event-sentence.ts'

interface ActivityPanelProps {
  /** The address of the person's page. */
  readonly path: string
  readonly view: MemberView
  readonly cursor: string | null
}

/** What somebody did, newest first. */
export const ActivityPanel = ({ path, view: { activity, names, roles }, cursor }: ActivityPanelProps) => {
  if (activity === null) return null
  return (
    <Panel title="Activity" lead="What they did here, newest first.">
      {activity.items.length === 0 ? (
        <EmptyState icon="clock" title="Nothing yet">
          <p>What they change in the team is listed here.</p>
        </EmptyState>
      ) : (
        <ul class="list">
          {activity.items.map((event) => (
            <li>
              <span class="main">
                <span class="sentence">
                  <Sentence words={[...eventSentence(event, { names, roles }), ...viaPhrase(event, names)]} />
                </span>
              </span>
              <span class="small">
                <Time at={event.occurredAt} precision="minute" />
              </span>
            </li>
          ))}
        </ul>
      )}
      <Pagination
        first={cursor === null ? null : path}
        next={activity.nextCursor && `${path}?${new URLSearchParams({ cursor: activity.nextCursor })}`}
      />
    </Panel>
  )
}
