import type { InvitationView } from '../../membership/queries.ts'
import { Name } from '../components/name.tsx'
import { Notice } from '../components/notice.tsx'
import { readableMinute } from '../readable-time.ts'
import { SimplePage } from '../shell/simple-page.tsx'

interface DeadInvitationProps {
  readonly view: InvitationView
}

export const ExpiredPage = ({ view }: DeadInvitationProps) => (
  <SimplePage title="Invitation expired">
    <Notice icon="clock" tone="warning">
      <h1>This invitation has expired</h1>
      <p>
        The invitation to join <Name>{view.organizationName}</Name> was open until{' '}
        <time datetime={new Date(view.invitation.expiresAt).toISOString()}>
          {readableMinute(view.invitation.expiresAt)}
        </time>
        .
      </p>
      <p>
        Ask <WhomToAsk view={view} /> to send you a new one.
      </p>
    </Notice>
  </SimplePage>
)

export const CanceledPage = ({ view }: DeadInvitationProps) => (
  <SimplePage title="Invitation canceled">
    <Notice icon="cross">
      <h1>This invitation was canceled</h1>
      <p>
        <Name>{view.organizationName}</Name> has taken it back, so this link no longer works.
      </p>
      <p>
        If that comes as a surprise, ask <WhomToAsk view={view} />.
      </p>
    </Notice>
  </SimplePage>
)

export const DeclinedPage = ({ view }: DeadInvitationProps) => (
  <SimplePage title="Invitation declined">
    <Notice icon="cross">
      <h1>You declined this invitation</h1>
      <p>
        You have not joined <Name>{view.organizationName}</Name>.
      </p>
      <p>
        If you change your mind, ask <WhomToAsk view={view} /> to invite you again.
      </p>
    </Notice>
  </SimplePage>
)

/** Accepted long ago, and the person has left or was removed since. */
export const FormerMemberPage = ({ view }: DeadInvitationProps) => (
  <SimplePage title="No longer a member">
    <Notice icon="cross">
      <h1>
        You no longer belong to <Name>{view.organizationName}</Name>
      </h1>
      <p>You accepted this invitation, and your membership has ended since.</p>
      <p>
        To join again, ask <WhomToAsk view={view} /> for a new invitation.
      </p>
    </Notice>
  </SimplePage>
)

export const SupersededPage = ({ view }: DeadInvitationProps) => (
  <SimplePage title="Newer link sent">
    <Notice icon="mail">
      <h1>A newer link was sent</h1>
      <p>
        The invitation to join <Name>{view.organizationName}</Name> was sent once more, and only its newest link works.
      </p>
      <p>Open the latest mail to {view.invitation.email} and use the link in that one.</p>
    </Notice>
  </SimplePage>
)

/** The sender is suspended; the link works again once they are back. */
export const OnHoldPage = ({ view }: DeadInvitationProps) => (
  <SimplePage title="Invitation on hold">
    <Notice icon="clock" tone="warning">
      <h1>This invitation is on hold</h1>
      <p>
        The person who invited you to join <Name>{view.organizationName}</Name> is suspended there, so the invitation
        cannot be accepted for now. Nothing has happened.
      </p>
      <p>Try this link again later, or ask somebody else there to invite you.</p>
    </Notice>
  </SimplePage>
)

/** What stands in the way lies with the organization, not with the link. */
export const NotAcceptedPage = ({ view }: DeadInvitationProps) => (
  <SimplePage title="Invitation not accepted">
    <Notice icon="notice" tone="warning">
      <h1>You cannot join just now</h1>
      <p>
        <Name>{view.organizationName}</Name> has changed since this invitation was sent, so it cannot be accepted as it
        is. Nothing has happened.
      </p>
      <p>
        Ask <WhomToAsk view={view} /> what to do.
      </p>
    </Notice>
  </SimplePage>
)

const WhomToAsk = ({ view: { inviter, organizationName } }: DeadInvitationProps) =>
  inviter === null ? (
    <>
      whoever manages the team of <Name>{organizationName}</Name>
    </>
  ) : (
    <Name>{inviter}</Name>
  )
