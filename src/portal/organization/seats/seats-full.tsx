import type { Outlook } from '../../../membership/offers.ts'
import { Alert } from '../../components/alert.tsx'
import { ButtonLink } from '../../components/button.tsx'

interface SeatsFullProps {
  /** The address of the organization's pages. */
  readonly home: string
  readonly outlook: Pick<Outlook, 'seats' | 'organization'>
}

/** What to do when nobody can be invited any more: get more seats, or free some. */
export const SeatsFull = ({ home, outlook: { seats, organization } }: SeatsFullProps) => (
  <Alert tone="warning" title={`All ${seats.limit ?? 0} seats are taken.`}>
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
