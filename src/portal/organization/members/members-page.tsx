import type { Outlook } from '../../../membership/offers.ts'
import { ROSTER_STATUSES, type RosterEntry, type Slice } from '../../../membership/queries.ts'
import { ButtonLink } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { Select } from '../../components/field.tsx'
import { nameOf } from '../../components/name.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Pagination } from '../../components/pagination.tsx'
import { Panel } from '../../components/panel.tsx'
import { Results, Toolbar } from '../../components/toolbar.tsx'
import { counted } from '../../readable-time.ts'
import { SeatsFull } from '../seats/seats-full.tsx'
import { isFiltered, type RosterChoice, rosterAddress, sortName } from './roster-choice.ts'
import { RosterTable } from './roster-table.tsx'
import { STATUS_NAMES } from './status-badge.tsx'

interface MembersPageProps {
  /** The address of the organization's pages. */
  readonly home: string
  readonly people: Slice<RosterEntry>
  readonly choice: RosterChoice
  readonly outlook: Outlook
  /** Who looks. */
  readonly userId: string
}

export const MembersPage = ({ home, people, choice, outlook, userId }: MembersPageProps) => {
  const path = `${home}/members`
  const manages = outlook.permissions.has('members:manage')
  const { cursor } = choice
  return (
    <>
      <PageHeader title="Members" actions={manages ? <InviteButton path={path} /> : undefined}>
        <SeatsInUse home={home} seats={outlook.seats} />
      </PageHeader>
      {manages && outlook.seats.available === 0 && <SeatsFull home={home} outlook={outlook} />}
      <Panel>
        <Toolbar action={path} label="Search members" query={choice.search}>
          <Select name="status" aria-label="Status" options={STATUSES} value={choice.status ?? ''} />
          <Select name="role" aria-label="Role" options={roleChoices(outlook, choice.role)} value={choice.role ?? ''} />
          <input type="hidden" name="sort" value={sortName(choice.sort)} />
        </Toolbar>
        <Results>
          {people.items.length === 0 ? (
            <Nobody path={path} choice={choice} isEnd={people.nextCursor === null} />
          ) : (
            <RosterTable home={home} entries={people.items} choice={choice} outlook={outlook} userId={userId} />
          )}
          <Pagination
            first={cursor === null ? null : rosterAddress(path, { ...choice, cursor: null })}
            next={people.nextCursor === null ? null : rosterAddress(path, { ...choice, cursor: people.nextCursor })}
          />
          {manages && outlook.seats.available !== 0 && isAlone(people, choice) && (
            <EmptyState icon="mail" title="It is quiet here" actions={<InviteButton path={path} />}>
              <p>You are the only one so far. Invite the people you work with; all it takes is their addresses.</p>
            </EmptyState>
          )}
        </Results>
      </Panel>
    </>
  )
}

const InviteButton = ({ path }: { readonly path: string }) => (
  <ButtonLink href={`${path}/invite`} look="primary" icon="plus">
    Invite people
  </ButtonLink>
)

const SeatsInUse = ({ home, seats: { used, limit } }: { readonly home: string } & Pick<Outlook, 'seats'>) => (
  <>
    <a href={`${home}/seats`}>{limit === null ? counted(used, 'seat') : `${used} of ${counted(limit, 'seat')}`}</a> in
    use
  </>
)

interface NobodyProps {
  readonly path: string
  readonly choice: RosterChoice
  /** Has the whole list been searched? */
  readonly isEnd: boolean
}

const Nobody = ({ path, choice, isEnd }: NobodyProps) => (
  <EmptyState
    icon="search"
    title={isEnd ? 'Nobody found' : 'Nobody found yet'}
    actions={isFiltered(choice) ? <ButtonLink href={path}>Show everyone</ButtonLink> : undefined}
  >
    <p>{isEnd ? nothingMatches(choice) : 'This list is long. The next page searches the people after these.'}</p>
  </EmptyState>
)

const nothingMatches = ({ search }: RosterChoice): string =>
  search === null ? 'There is nobody of this kind.' : 'No name and no address matches.'

const isAlone = ({ items, nextCursor }: Slice<RosterEntry>, choice: RosterChoice): boolean =>
  items.length === 1 && nextCursor === null && choice.cursor === null && !isFiltered(choice)

const STATUSES = [
  { value: '', name: 'Any status' },
  ...ROSTER_STATUSES.map((value) => ({ value, name: STATUS_NAMES[value] })),
]

function roleChoices({ roles }: Outlook, present: string | null) {
  const known = roles.map(({ key, name }) => ({ value: key, name: nameOf(name) }))
  const gone = present === null || roles.some(({ key }) => key === present) ? [] : [{ value: present, name: present }]
  return [{ value: '', name: 'Any role' }, ...known, ...gone]
}
