import type { Slice } from '../../../membership/queries.ts'
import type { Seats } from '../../../membership/seats.ts'
import { Avatar } from '../../components/avatar.tsx'
import { Badge } from '../../components/badge.tsx'
import { ButtonLink } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { Select } from '../../components/field.tsx'
import { Name } from '../../components/name.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Pagination } from '../../components/pagination.tsx'
import { Panel } from '../../components/panel.tsx'
import { Cell, Table } from '../../components/table.tsx'
import { Time } from '../../components/time.tsx'
import { Results, Toolbar } from '../../components/toolbar.tsx'
import { listAddress } from '../list-choice.ts'
import type { FoundOrganization, OrganizationsChoice } from './found-organizations.ts'

const PATH = '/operator/organizations'

interface OrganizationsPageProps {
  readonly found: Slice<FoundOrganization>
  readonly choice: OrganizationsChoice
}

export const OrganizationsPage = ({ found, choice }: OrganizationsPageProps) => (
  <>
    <PageHeader
      title="Organizations"
      actions={
        <ButtonLink href={`${PATH}/new`} look="primary" icon="plus" changes>
          New organization
        </ButtonLink>
      }
    />
    <Panel>
      <Toolbar action={PATH} label="Search by name, address or id" query={choice.search}>
        <Select name="status" aria-label="Status" options={STATUSES} value={choice.deleted ? 'deleted' : ''} />
      </Toolbar>
      <Results>
        {found.items.length === 0 ? <None choice={choice} /> : <Found items={found.items} />}
        <Pagination
          first={choice.cursor === null ? null : addressOf({ ...choice, cursor: null })}
          next={found.nextCursor === null ? null : addressOf({ ...choice, cursor: found.nextCursor })}
        />
      </Results>
    </Panel>
  </>
)

const STATUSES = [
  { value: '', name: 'Active' },
  { value: 'deleted', name: 'Deleted' },
]

const addressOf = ({ search, deleted, cursor }: OrganizationsChoice): string =>
  listAddress(PATH, { query: search, status: deleted ? 'deleted' : null, cursor })

const None = ({ choice: { search, deleted } }: { readonly choice: OrganizationsChoice }) => (
  <EmptyState icon={search === null ? 'building' : 'search'} title={search === null ? 'None' : 'Nothing found'}>
    {search !== null && <p>No name, address, id or external id matches.</p>}
    {search === null && deleted && <p>Nothing was deleted in the last 30 days.</p>}
    {search === null && !deleted && <p>Create the first one, or let people create their own.</p>}
  </EmptyState>
)

const Found = ({ items }: { readonly items: readonly FoundOrganization[] }) => (
  <Table
    caption="Organizations"
    columns={[
      { name: 'Name' },
      { name: 'External id' },
      { name: 'Status' },
      { name: 'Seats', align: 'number' },
      { name: 'Created' },
    ]}
  >
    {items.map(({ organization, seats }) => (
      <tr>
        <Cell>
          <span class="person">
            <Avatar name={organization.name} size="medium" />
            <span>
              <a class="title" href={`${PATH}/${organization.id}`}>
                <Name>{organization.name}</Name>
              </a>
              <span class="small">{organization.slug}</span>
            </span>
          </span>
        </Cell>
        <Cell label="External id">
          {organization.externalId === null ? '–' : <Name>{organization.externalId}</Name>}
        </Cell>
        <Cell label="Status">
          {organization.deletedAt === null ? <Badge tone="good">Active</Badge> : <Badge tone="bad">Deleted</Badge>}
        </Cell>
        <Cell label="Seats" align="number">
          {seats === null ? '–' : seatsInUse(seats)}
        </Cell>
        <Cell label="Created">
          <Time at={organization.createdAt} />
        </Cell>
      </tr>
    ))}
  </Table>
)

const seatsInUse = ({ used, limit }: Seats): string => (limit === null ? `${used}, no limit` : `${used} of ${limit}`)
