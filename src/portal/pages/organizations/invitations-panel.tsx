import type { InvitationView, Slice } from '../../../membership/queries.ts'
import { Avatar } from '../../components/avatar.tsx'
import { ActionForm } from '../../components/button.tsx'
import { Name, titleName } from '../../components/name.tsx'
import { Pagination } from '../../components/pagination.tsx'
import { Panel } from '../../components/panel.tsx'
import { timeLeft } from '../../readable-time.ts'

interface InvitationsPanelProps {
  readonly invitations: Slice<InvitationView>
  readonly cursor: string | null
  /** To which they were sent. */
  readonly email: string
  readonly now: number
}

/** Invitations that wait for an answer; nothing where there are none. */
export const InvitationsPanel = ({ invitations: { items, nextCursor }, cursor, email, now }: InvitationsPanelProps) =>
  items.length === 0 && cursor === null && nextCursor === null ? null : (
    <Panel title="Invitations" lead={<>To {email}.</>}>
      <ul class="list">
        {items.map((view) => (
          <li>
            <Invitation view={view} now={now} />
          </li>
        ))}
      </ul>
      <Pagination
        first={cursor === null ? null : '/organizations'}
        next={nextCursor === null ? null : `/organizations?${new URLSearchParams({ invitations: nextCursor })}`}
      />
    </Panel>
  )

const Invitation = ({ view, now }: { readonly view: InvitationView; readonly now: number }) => {
  const { organizationName, roleName, inviter, invitation } = view
  const path = `/organizations/invitations/${invitation.id}`
  const name = titleName(organizationName)
  return (
    <>
      <Avatar name={organizationName} size="medium" />
      <span class="main">
        <span class="title">
          <Name>{organizationName}</Name>
        </span>
        <span class="small">
          As <Name>{roleName}</Name>
          {inviter !== null && (
            <>
              , invited by <Name>{inviter}</Name>
            </>
          )}
          ; {timeLeft(invitation.expiresAt - now)}
        </span>
      </span>
      <div class="actions">
        <ActionForm action={`${path}/accept`} look="primary" small label={`Accept the invitation to ${name}`}>
          Accept
        </ActionForm>
        <ActionForm action={`${path}/decline`} small label={`Decline the invitation to ${name}`}>
          Decline
        </ActionForm>
      </div>
    </>
  )
}
