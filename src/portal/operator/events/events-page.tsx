import {
  ENVIRONMENT_EVENT_TYPES,
  type EnvironmentEvent,
  type EnvironmentEventType,
} from '../../../membership/environment-event.ts'
import type { Names, Slice } from '../../../membership/queries.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { Select } from '../../components/field.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Pagination } from '../../components/pagination.tsx'
import { Panel } from '../../components/panel.tsx'
import { Sentence } from '../../components/sentence.tsx'
import { Time } from '../../components/time.tsx'
import { Results, Toolbar } from '../../components/toolbar.tsx'
import { type ListChoice, listAddress } from '../list-choice.ts'
import { environmentEventSentence } from './environment-event-sentence.ts'

export const EVENTS_PATH = '/operator/events'

export interface EventsChoice extends ListChoice {
  readonly type: EnvironmentEventType | null
}

interface EventsPageProps {
  readonly events: Slice<EnvironmentEvent>
  readonly names: Names
  readonly choice: EventsChoice
}

export const EventsPage = ({ events: { items, nextCursor }, names, choice }: EventsPageProps) => (
  <>
    <PageHeader title="Events">What happened outside of any one organization, newest first.</PageHeader>
    <Panel>
      <Toolbar action={EVENTS_PATH} label="Id of a user, or key of an attribute" query={choice.search}>
        <Select name="type" aria-label="Kind of event" options={TYPES} value={choice.type ?? ''} />
      </Toolbar>
      <Results>
        {items.length === 0 ? (
          <EmptyState icon="clock" title="Nothing found">
            <p>Changes of settings, user attributes and accounts are listed here.</p>
          </EmptyState>
        ) : (
          <ul class="list">
            {items.map((event) => (
              <li>
                <span class="main">
                  <span class="sentence">
                    <Sentence words={environmentEventSentence(event, names)} />
                  </span>
                  <span class="small">#{event.seq}</span>
                </span>
                <span class="small">
                  <Time at={event.occurredAt} precision="minute" />
                </span>
              </li>
            ))}
          </ul>
        )}
        <Pagination
          first={choice.cursor === null ? null : addressOf({ ...choice, cursor: null })}
          next={nextCursor === null ? null : addressOf({ ...choice, cursor: nextCursor })}
        />
      </Results>
    </Panel>
  </>
)

const addressOf = ({ search, type, cursor }: EventsChoice): string =>
  listAddress(EVENTS_PATH, { query: search, type, cursor })

const TYPE_NAMES: { readonly [type in EnvironmentEventType]: string } = {
  'settings.updated': 'Settings changed',
  'user_attribute.created': 'Attribute created',
  'user_attribute.updated': 'Attribute changed',
  'user_attribute.deleted': 'Attribute deleted',
  'user.created': 'Account created',
  'user.updated': 'Account changed',
  'user.email_changed': 'Address changed',
  'user.email_change_taken_back': 'Change of email taken back',
  'user.identity_unlinked': 'Identity provider unlinked',
  'user.deleted': 'Account deleted',
  'mail_block.created': 'Invitations stopped',
  'mail_block.removed': 'Invitations allowed',
  'operator_key.created': 'Operator key created',
  'operator_key.revoked': 'Operator key revoked',
}

const TYPES = [
  { value: '', name: 'All events' },
  ...ENVIRONMENT_EVENT_TYPES.map((type) => ({ value: type, name: TYPE_NAMES[type] })),
]
