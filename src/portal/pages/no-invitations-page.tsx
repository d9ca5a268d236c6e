import { Button } from '../components/button.tsx'
import { Notice } from '../components/notice.tsx'
import { SimplePage } from '../shell/simple-page.tsx'

interface NoInvitationsProps {
  readonly email: string
  readonly path: string
  readonly isBlocked: boolean
}

export const NoInvitationsPage = ({ email, path, isBlocked }: NoInvitationsProps) =>
  isBlocked ? (
    <SimplePage title="Invitations stopped">
      <Notice icon="mail">
        <h1>You won't get any more invitations</h1>
        <p>
          No organization here can send invitations to {email}. You still get codes to sign in and mails about your own
          account.
        </p>
        <form class="actions" method="post" action={path}>
          <Button name="invitations" value="allow">
            Allow invitations again
          </Button>
        </form>
      </Notice>
    </SimplePage>
  ) : (
    <SimplePage title="Stop invitations">
      <Notice icon="mail">
        <h1>Stop all invitations?</h1>
        <p>
          No organization here can then send invitations to {email}. You still get codes to sign in and mails about your
          own account.
        </p>
        <form class="actions" method="post" action={path}>
          <Button look="primary" name="invitations" value="stop">
            Stop invitations
          </Button>
        </form>
      </Notice>
    </SimplePage>
  )
