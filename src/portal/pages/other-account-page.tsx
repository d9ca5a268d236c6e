import type { InvitationView } from '../../membership/queries.ts'
import { Name } from '../components/name.tsx'
import { Notice } from '../components/notice.tsx'
import { SimplePage } from '../shell/simple-page.tsx'

interface OtherAccountProps {
  readonly view: InvitationView
  readonly token: string
  /** Of the account that is signed in, as far as it is known. */
  readonly email: string | null
}

/** Whoever accepts is signed in with another address than the one that was invited. */
export const OtherAccountPage = ({ view: { invitation, organizationName }, token, email }: OtherAccountProps) => (
  <SimplePage title="Signed in as someone else">
    <Notice icon="notice" tone="warning">
      <h1>This invitation is for another account</h1>
      <p>
        <Name>{organizationName}</Name> has invited {invitation.email}
        {email === null ? ', and you are signed in with another address' : <>, and you are signed in as {email}</>}.
        Nothing has happened.
      </p>
      <div class="actions">
        <form method="post" action={`/invitations/${token}/switch-account`}>
          <button type="submit" class="button primary">
            Switch account
          </button>
        </form>
      </div>
      <p class="small">Switching signs you out here, and leads back to the invitation.</p>
    </Notice>
  </SimplePage>
)
