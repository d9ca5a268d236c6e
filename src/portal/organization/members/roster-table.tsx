import type { Outlook } from '../../../membership/offers.ts'
import type { RosterEntry } from '../../../membership/queries.ts'
import { Badge } from '../../components/badge.tsx'
import { Person } from '../../components/person.tsx'
import { Cell, type Column, type ColumnSort, Table } from '../../components/table.tsx'
import { Time } from '../../components/time.tsx'
import { RoleForm } from './role-form.tsx'
import { type RosterChoice, rosterAddress } from './roster-choice.ts'
import { RosterMenu } from './roster-menu.tsx'
import { StatusBadge } from './status-badge.tsx'

interface RosterTableProps {
  /** The address of the organization's pages. */
  readonly home: string
  readonly entries: readonly RosterEntry[]
  readonly choice: RosterChoice
  readonly outlook: Outlook
  /** Who looks. */
  readonly userId: string
}

export const RosterTable = ({ home, entries, choice, outlook, userId }: RosterTableProps) => {
  const path = `${home}/members`
  const manages = outlook.permissions.has('members:manage')
  return (
    <Table caption="Members and open invitations" columns={columnsOf(path, choice, manages)}>
      {entries.map((entry) => {
        const isSelf = entry.userId === userId
        return (
          <tr>
            <Cell>
              <Person
                name={entry.name}
                email={entry.email}
                href={entry.kind === 'member' ? `${path}/${entry.id}` : undefined}
                muted={entry.status !== 'active'}
              />
            </Cell>
            <Cell label="Role">
              <RoleOf path={path} entry={entry} outlook={outlook} isSelf={isSelf} />
            </Cell>
            <Cell label="Status">
              <span class="badges in-line">
                <StatusBadge status={entry.status} />
                {entry.delivery === 'failed' && <Badge tone="bad">Mail failed</Badge>}
                {entry.delivery === 'delayed' && <Badge>Mail delayed</Badge>}
                {entry.delivery === 'blocked' && <Badge tone="bad">Wants no invitations</Badge>}
                {entry.delivery === 'none' && <Badge>By link</Badge>}
                {isSelf && <Badge>You</Badge>}
              </span>
            </Cell>
            <Cell label={entry.kind === 'member' ? 'Joined' : 'Invited'}>
              <Time at={entry.since} />
            </Cell>
            <Cell label="Last sign-in">
              <LastSignIn entry={entry} />
            </Cell>
            {manages && (
              <Cell align="end">
                <RosterMenu home={home} entry={entry} outlook={outlook} isSelf={isSelf} />
              </Cell>
            )}
          </tr>
        )
      })}
    </Table>
  )
}

interface RowProps {
  readonly path: string
  readonly entry: RosterEntry
  readonly outlook: Outlook
  readonly isSelf: boolean
}

/** An invitation's role stands: to change it, it is canceled and sent anew. */
const RoleOf = ({ path, entry, outlook, isSelf }: RowProps) => {
  const status = entry.status === 'suspended' ? 'suspended' : 'active'
  const person = { name: entry.name ?? entry.email, role: entry.role, status } as const
  const fixed = isSelf || entry.kind === 'invitation'
  return <RoleForm path={`${path}/${entry.id}`} person={person} outlook={outlook} fixed={fixed} />
}

/** Nothing for who is only invited. */
const LastSignIn = ({ entry: { kind, lastSignInAt = null } }: { readonly entry: RosterEntry }) => {
  if (lastSignInAt !== null) return <Time at={lastSignInAt} />
  return kind === 'member' ? <span class="soft">Never</span> : null
}

function columnsOf(path: string, choice: RosterChoice, manages: boolean): Column[] {
  const sort = (by: RosterChoice['sort']['by']) => sortBy(path, choice, by)
  const columns: Column[] = [
    { name: 'Name', sort: sort('name') },
    { name: 'Role', sort: sort('role') },
    { name: 'Status' },
    { name: 'Joined or invited', sort: sort('date') },
    { name: 'Last sign-in', sort: sort('last_sign_in_at') },
  ]
  return manages ? [...columns, { name: 'Actions', hidden: true, align: 'end' }] : columns
}

/** What the list is sorted by already turns round; times begin with the latest. */
function sortBy(path: string, choice: RosterChoice, by: RosterChoice['sort']['by']): ColumnSort {
  const { sort: present } = choice
  const isPresent = present.by === by
  const isTime = by === 'date' || by === 'last_sign_in_at'
  const sort = { by, descending: isPresent ? !present.descending : isTime }
  const direction = isPresent ? (present.descending ? 'descending' : 'ascending') : null
  return { href: rosterAddress(path, { ...choice, sort, cursor: null }), direction }
}
