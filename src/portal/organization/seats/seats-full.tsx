import type { Outlook } from '../../../membership/offers.ts'
import { Alert } from '../../components/alert.tsx'
import { ButtonLink } from '../../components/button.tsx'

interface SeatsFullProps {
  /** The address of the organization's pages. */
  readonly home: string
  readonly outlook: Pick<Outlook, 'seats' | 'organization'>
  /** What is the case, if not that there is no seat left now. */
  readonly title?: string
}

/** What to do when nobody can be invited any more: get more seats, or free some. */
export const SeatsFull = ({
  home,
  outlook: { seats, organization },
  title = allTaken(seats.limit),
}: SeatsFullProps) => (
  <Alert tone="warning" title={title}>
    <p>
      {organization.upgradeUrl === null
        ? 'To invite someone, free a seat: cancel a pending invitation, or suspend or remove a member.'
        : 'To invite someone, get more seats, or free one: cancel a pending invitation, or suspend or remove a member.'}
    </p>
    <div class="actions">
      {organization.upgradeUrl !== null && (
        <ButtonLink href={organization.upgradeUrl} look="primary" small>
          Get more seats
        </ButtonLink>
      )}
      {seats.pending > 0 && (
        <ButtonLink href={`${home}/members?status=pending`} small>
          Show pending invitations
        </ButtonLink>
      )}
    </div>
  </Alert>
)

const allTaken = (limit: number | null): string =>
  limit === 1 ? 'The only seat is taken.' : `All ${limit ?? 0} seats are taken.`
