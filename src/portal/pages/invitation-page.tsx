import type { InvitationView } from '../../membership/queries.ts'
import { Fact, Facts } from '../components/facts.tsx'
import { Monogram } from '../components/monogram.tsx'
import { Name, titleName } from '../components/name.tsx'
import { readableMinute, timeLeft } from '../readable-time.ts'
import { SimplePage } from '../shell/simple-page.tsx'

interface InvitationPageProps {
  readonly view: InvitationView
  readonly token: string
  /** What this deployment calls an organization. */
  readonly label: string
  readonly now: number
}

/** An invitation that waits for an answer. */
export const InvitationPage = ({ view, token, label, now }: InvitationPageProps) => (
  <SimplePage title={`Join ${titleName(view.organizationName)}`}>
    <div class="card">
      <Monogram name={view.organizationName} />
      <h1>
        Join <Name>{view.organizationName}</Name>
      </h1>
      <p class="lead">
        <Invited by={view.inviter} />
      </p>
      <Facts>
        <Fact term={label}>
          <Name>{view.organizationName}</Name>
        </Fact>
        <Fact term="Your role">
          <Name>{view.roleName}</Name>
        </Fact>
        {view.inviter !== null && (
          <Fact term="Invited by">
            <Name>{view.inviter}</Name>
          </Fact>
        )}
        <Fact term="Sent to">{view.invitation.email}</Fact>
        <Fact term="Expires">
          <time datetime={new Date(view.invitation.expiresAt).toISOString()}>
            {readableMinute(view.invitation.expiresAt)}
          </time>{' '}
          <span class="aside">{timeLeft(view.invitation.expiresAt - now)}</span>
        </Fact>
      </Facts>
      <div class="actions">
        <form method="post" action={`/invitations/${token}/accept`}>
          <button type="submit" class="button primary">
            Accept invitation
          </button>
        </form>
        <form method="post" action={`/invitations/${token}/decline`}>
          <button type="submit" class="button">
            Decline
          </button>
        </form>
      </div>
      <p class="small">
        Accepting confirms that this address is yours. If you did not expect this invitation, decline it or close this
        page: nothing happens unless you accept.
      </p>
    </div>
  </SimplePage>
)

const Invited = ({ by }: { by: string | null }) =>
  by === null ? (
    <>You have been invited.</>
  ) : (
    <>
      <Name>{by}</Name> has invited you.
    </>
  )
