import type { EventsView } from '../../../membership/queries.ts'
import { Panel } from '../../components/panel.tsx'
import { Sentence } from '../../components/sentence.tsx'
import { Time } from '../../components/time.tsx'
import { wholeSentence } from '../../event-sentence.ts'

/** What has happened in an organization lately; the whole log is on its own pages, and in the API. */
export const RecentEvents = ({ view: { events, ...glossary } }: { readonly view: EventsView }) => (
  <Panel title="Recent events" lead="The newest entries of its audit log.">
    <ul class="list">
      {events.items.map((event) => (
        <li>
          <span class="main">
            <span class="sentence">
              <Sentence words={wholeSentence(event, glossary)} />
            </span>
          </span>
          <span class="small">
            <Time at={event.occurredAt} precision="minute" />
          </span>
        </li>
      ))}
    </ul>
  </Panel>
)
