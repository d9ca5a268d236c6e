import type { RosterEntry, RosterStatus, Slice } from '../../membership/queries.ts'
import { Badge } from '../components/badge.tsx'
import { EmptyState } from '../components/empty-state.tsx'
import { PageHeader } from '../components/page-header.tsx'
import { Pagination } from '../components/pagination.tsx'
import { Panel } from '../components/panel.tsx'
import { Person } from '../components/person.tsx'
import { Cell, Table } from '../components/table.tsx'
import { Time } from '../components/time.tsx'
import { Results, Toolbar } from '../components/toolbar.tsx'
import type { Workplace } from '../workplace.ts'

interface MembersPageProps {
  readonly workplace: Workplace
  /** Who looks. */
  readonly userId: string
  readonly people: Slice<RosterEntry>
  readonly query: string | null
  readonly cursor: string | null
}

export const MembersPage = ({ workplace, userId, people, query, cursor }: MembersPageProps) => {
  const path = `${workplace.path}/members`
  const at = (parameters: Record<string, string>) =>
    `${path}?${new URLSearchParams({ ...(query === null ? {} : { query }), ...parameters })}`
  return (
    <>
      <PageHeader title="Members" />
      <Panel>
        <Toolbar action={path} label="Search members" query={query} />
        <Results>
          {people.items.length === 0 ? (
            <EmptyState icon="search" title="Nobody found">
              <p>No name and no address matches.</p>
            </EmptyState>
          ) : (
            <Table caption="Members and open invitations" columns={COLUMNS}>
              {people.items.map((entry) => (
                <Row entry={entry} isSelf={entry.userId === userId} />
              ))}
            </Table>
          )}
          <Pagination
            first={cursor === null ? null : at({})}
            next={people.nextCursor === null ? null : at({ cursor: people.nextCursor })}
          />
        </Results>
      </Panel>
    </>
  )
}

const COLUMNS = [{ name: 'Name' }, { name: 'Role' }, { name: 'Status' }, { name: 'Since' }]

const Row = ({ entry, isSelf }: { readonly entry: RosterEntry; readonly isSelf: boolean }) => (
  <tr>
    <Cell>
      <Person name={entry.name} email={entry.email} muted={entry.status !== 'active'} />
    </Cell>
    <Cell label="Role">{entry.role}</Cell>
    <Cell label="Status">
      <Badge tone={TONES[entry.status]}>{STATUSES[entry.status]}</Badge>
      {isSelf && <Badge>You</Badge>}
    </Cell>
    <Cell label="Since">
      <Time at={entry.since} />
    </Cell>
  </tr>
)

const STATUSES: { readonly [status in RosterStatus]: string } = {
  active: 'Active',
  pending: 'Invited',
  suspended: 'Suspended',
}

const TONES = { active: 'good', pending: 'accent', suspended: 'warning' } as const
