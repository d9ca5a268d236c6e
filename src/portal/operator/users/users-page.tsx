import type { User } from '../../../accounts/users.ts'
import type { Slice } from '../../../membership/queries.ts'
import { Badge } from '../../components/badge.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Pagination } from '../../components/pagination.tsx'
import { Panel } from '../../components/panel.tsx'
import { Person } from '../../components/person.tsx'
import { Cell, Table } from '../../components/table.tsx'
import { Time } from '../../components/time.tsx'
import { Results, Toolbar } from '../../components/toolbar.tsx'
import { type ListChoice, listAddress } from '../list-choice.ts'

export const USERS_PATH = '/operator/users'

interface UsersPageProps {
  readonly users: Slice<User>
  readonly choice: ListChoice
}

export const UsersPage = ({ users: { items, nextCursor }, choice }: UsersPageProps) => (
  <>
    <PageHeader title="Users">Everybody who has an account, whatever they belong to.</PageHeader>
    <Panel>
      <Toolbar action={USERS_PATH} label="Search by name, email address or id" query={choice.search} />
      <Results>
        {items.length === 0 ? <None search={choice.search} /> : <Found users={items} />}
        <Pagination
          first={choice.cursor === null ? null : addressOf({ ...choice, cursor: null })}
          next={nextCursor === null ? null : addressOf({ ...choice, cursor: nextCursor })}
        />
      </Results>
    </Panel>
  </>
)

const addressOf = ({ search, cursor }: ListChoice): string => listAddress(USERS_PATH, { query: search, cursor })

const None = ({ search }: { readonly search: string | null }) =>
  search === null ? (
    <EmptyState icon="person" title="Nobody yet">
      <p>Accounts are made by signing in, by invitations, and by the API.</p>
    </EmptyState>
  ) : (
    <EmptyState icon="search" title="Nobody found">
      <p>No name, address or id matches.</p>
    </EmptyState>
  )

const Found = ({ users }: { readonly users: readonly User[] }) => (
  <Table
    caption="Users"
    columns={[{ name: 'Person' }, { name: 'Address' }, { name: 'Last sign-in' }, { name: 'Since' }]}
  >
    {users.map(({ id, name, email, emailVerified, closingAt, lastSignInAt, createdAt }) => (
      <tr>
        <Cell>
          <Person name={name} email={email} href={`${USERS_PATH}/${id}`} muted={closingAt !== null} />
        </Cell>
        <Cell label="Address">
          <AddressState verified={emailVerified} closing={closingAt !== null} />
        </Cell>
        <Cell label="Last sign-in">{lastSignInAt === null ? 'Never' : <Time at={lastSignInAt} />}</Cell>
        <Cell label="Since">
          <Time at={createdAt} />
        </Cell>
      </tr>
    ))}
  </Table>
)

interface AddressStateProps {
  readonly verified: boolean
  /** The account is being deleted. */
  readonly closing: boolean
}

export const AddressState = ({ verified, closing }: AddressStateProps) => {
  if (closing) return <Badge tone="bad">Being deleted</Badge>
  return verified ? <Badge tone="good">Verified</Badge> : <Badge>Not verified</Badge>
}
