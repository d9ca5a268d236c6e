import type { InvitationView } from '../../membership/queries.ts'
import { ButtonLink } from '../components/button.tsx'
import { Name, titleName } from '../components/name.tsx'
import { Notice } from '../components/notice.tsx'
import { readableDate } from '../readable-time.ts'
import { SimplePage } from '../shell/simple-page.tsx'

interface JoinedPageProps {
  readonly view: InvitationView
  /** Where the product signs people in, if it has said so; else they go on to the team's own pages. */
  readonly signInUrl: string | null
}

/** An accepted invitation. */
export const JoinedPage = ({ view: { invitation, organizationName }, signInUrl }: JoinedPageProps) => (
  <SimplePage title={`You are a member of ${titleName(organizationName)}`}>
    <Notice icon="check" tone="good">
      <h1>
        You are a member of <Name>{organizationName}</Name>
      </h1>
      <p>
        The invitation to {invitation.email} was accepted
        {invitation.acceptedAt !== null && (
          <>
            {' '}
            on{' '}
            <time datetime={new Date(invitation.acceptedAt).toISOString()}>{readableDate(invitation.acceptedAt)}</time>
          </>
        )}
        .
      </p>
      <div class="actions">
        <ButtonLink href={signInUrl ?? `/o/${invitation.organizationId}`} look="primary">
          {signInUrl === null ? (
            <span>
              Open <Name>{organizationName}</Name>
            </span>
          ) : (
            'Continue to sign in'
          )}
        </ButtonLink>
      </div>
    </Notice>
  </SimplePage>
)
