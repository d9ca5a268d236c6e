import { isErased, type OrganizationEvent } from '../../../membership/event.ts'
import type { Member } from '../../../membership/member.ts'
import type { EventsView } from '../../../membership/queries.ts'
import { Badge } from '../../components/badge.tsx'
import { ButtonLink } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Pagination } from '../../components/pagination.tsx'
import { Panel } from '../../components/panel.tsx'
import { Sentence } from '../../components/sentence.tsx'
import { Cell, Table } from '../../components/table.tsx'
import { Time } from '../../components/time.tsx'
import { Results } from '../../components/toolbar.tsx'
import { actorPhrase, eventSentence, type Glossary, viaLink } from '../../event-sentence.ts'
import { isFiltered, type LogChoice, logAddress, narrowed } from './log-choice.ts'
import { Chosen, LogFilters } from './log-filters.tsx'
import { PeopleFound } from './people-found.tsx'

interface AuditLogPageProps {
  /** The address of the organization's pages. */
  readonly home: string
  readonly view: EventsView
  readonly choice: LogChoice
  /** Whom a search has found; null where nobody was looked for. */
  readonly people: readonly Member[] | null
  /** May people be looked for? */
  readonly mayFind: boolean
}

export const AuditLogPage = ({ home, view, choice, people, mayFind }: AuditLogPageProps) => {
  const path = `${home}/audit-log`
  return (
    <>
      <PageHeader title="Audit log" actions={<LogActions path={path} />}>
        Everything that has happened here, newest first.
      </PageHeader>
      <Panel>
        <LogFilters path={path} choice={choice} mayFind={mayFind} />
        <Results>
          {people === null ? (
            <Entries path={path} view={view} choice={choice} />
          ) : (
            <PeopleFound path={path} people={people} choice={choice} />
          )}
        </Results>
      </Panel>
    </>
  )
}

const LogActions = ({ path }: { readonly path: string }) => (
  <>
    <ButtonLink href={`${path}/verification`} icon="check">
      Verify
    </ButtonLink>
    <ButtonLink href={`${path}/export?format=csv`}>Export as CSV</ButtonLink>
    <ButtonLink href={`${path}/export?format=ndjson`}>NDJSON</ButtonLink>
  </>
)

type EntriesProps = Pick<AuditLogPageProps, 'view' | 'choice'> & { readonly path: string }

const Entries = ({ path, view: { events, ...glossary }, choice }: EntriesProps) => (
  <>
    <Chosen path={path} choice={choice} names={glossary.names} />
    {events.items.length === 0 ? (
      <EmptyState
        icon="search"
        title={events.nextCursor === null ? 'No entry matches' : 'No entry found yet'}
        actions={isFiltered(choice) ? <ButtonLink href={path}>Show everything</ButtonLink> : undefined}
      >
        <p>
          {events.nextCursor === null
            ? 'Nothing of this kind has happened in that time.'
            : 'This log is long. The next page searches the entries before these.'}
        </p>
      </EmptyState>
    ) : (
      <Table caption="Entries of the audit log" columns={COLUMNS}>
        {events.items.map((event) => (
          <Row path={path} event={event} glossary={glossary} choice={choice} />
        ))}
      </Table>
    )}
    <Pagination
      first={choice.cursor === null ? null : logAddress(path, { ...choice, cursor: null })}
      next={events.nextCursor && logAddress(path, { ...choice, cursor: events.nextCursor })}
    />
  </>
)

const COLUMNS = [{ name: 'What happened' }, { name: 'When' }, { name: 'Entry', align: 'number' }] as const

interface RowProps {
  readonly path: string
  readonly event: OrganizationEvent
  readonly glossary: Glossary
  readonly choice: LogChoice
}

const Row = ({ path, event, glossary, choice }: RowProps) => (
  <tr>
    <Cell>
      <Subject path={path} event={event} glossary={glossary} choice={choice} />
      <Sentence words={[...viaLink(event, glossary.names), ...eventSentence(event, glossary)]} />{' '}
      {isErased(event) && <Badge>Redacted</Badge>}
    </Cell>
    <Cell label="When">
      <Time at={event.occurredAt} precision="minute" />
    </Cell>
    <Cell label="Entry" align="number">
      <a href={`${path}/${event.seq}`}>#{event.seq}</a>
    </Cell>
  </tr>
)

/** Leads to what else they did; the operator and what runs by itself have no id to look for. */
const Subject = ({ path, event, glossary, choice }: RowProps) => {
  const words = <Sentence words={actorPhrase(event, glossary)} />
  const { id } = event.actor
  return id === null ? (
    words
  ) : (
    <a class="subject" href={logAddress(path, narrowed(choice, { actor: id }))}>
      {words}
    </a>
  )
}
