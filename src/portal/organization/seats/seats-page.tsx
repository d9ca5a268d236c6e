import { type Outlook, obstacleToManage } from '../../../membership/offers.ts'
import type { RosterEntry } from '../../../membership/queries.ts'
import { ButtonLink } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Detail, Details, Panel, PanelBody } from '../../components/panel.tsx'
import { Person } from '../../components/person.tsx'
import { Time } from '../../components/time.tsx'
import { UsageBar } from '../../components/usage-bar.tsx'
import { SeatsFull } from './seats-full.tsx'

interface SeatsPageProps {
  /** The address of the organization's pages. */
  readonly home: string
  readonly outlook: Outlook
  /** The latest of those who are invited. */
  readonly pending: readonly RosterEntry[]
}

export const SeatsPage = ({ home, outlook, pending }: SeatsPageProps) => {
  const { seats, organization } = outlook
  return (
    <>
      <PageHeader
        title="Seats"
        actions={
          organization.upgradeUrl !== null && seats.available !== 0 ? (
            <ButtonLink href={organization.upgradeUrl}>Get more seats</ButtonLink>
          ) : undefined
        }
      >
        Everybody who has access takes one, and so does everybody who is invited.
      </PageHeader>
      {seats.available === 0 && <SeatsFull home={home} outlook={outlook} />}
      <Panel>
        <PanelBody>
          <UsageBar
            label="In use"
            used={seats.used}
            limit={seats.limit}
            detail={seats.available === null ? undefined : free(seats.available)}
          />
          <Details>
            <Detail term="Active members">
              <a href={`${home}/members?status=active`}>{seats.active}</a>
            </Detail>
            <Detail term="Pending invitations">
              <a href={`${home}/members?status=pending`}>{seats.pending}</a>
            </Detail>
            <Detail term="Not counted">
              Suspended and removed people, and invitations that were canceled, declined, or have expired.
            </Detail>
          </Details>
        </PanelBody>
      </Panel>
      <Panel
        title="Pending invitations"
        lead="Each holds a seat until it is accepted, canceled, or expires."
        actions={
          seats.pending > pending.length ? (
            <ButtonLink href={`${home}/members?status=pending`} small>
              Show all {seats.pending}
            </ButtonLink>
          ) : undefined
        }
      >
        {pending.length === 0 ? (
          <EmptyState icon="mail" title="Nobody is waiting">
            <p>There is no open invitation.</p>
          </EmptyState>
        ) : (
          <ul class="list">
            {pending.map((entry) => (
              <Pending home={home} entry={entry} outlook={outlook} />
            ))}
          </ul>
        )}
      </Panel>
    </>
  )
}

type PendingProps = Pick<SeatsPageProps, 'home' | 'outlook'> & { readonly entry: RosterEntry }

const Pending = ({ home, entry, outlook }: PendingProps) => (
  <li>
    <span class="main">
      <Person name={entry.name} email={entry.email} muted />
    </span>
    {entry.expiresAt !== null && (
      <span class="small">
        until <Time at={entry.expiresAt} />
      </span>
    )}
    {obstacleToManage(entry.role, outlook) === null && (
      <ButtonLink href={`${home}/members/invitations/${entry.id}/cancel`} small confirms>
        Cancel
      </ButtonLink>
    )}
  </li>
)

function free(seats: number): string {
  if (seats === 0) return 'None is free'
  return seats === 1 ? '1 is free' : `${seats} are free`
}
