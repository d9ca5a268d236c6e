import type { InvitationView } from '../../membership/queries.ts'
import { Name } from '../components/name.tsx'
import { Notice } from '../components/notice.tsx'
import { SimplePage } from '../shell/simple-page.tsx'

interface UnprovenLinkProps {
  readonly view: InvitationView
  /** Leads back here afterwards. */
  readonly signInPath: string
}

/** The link was handed over rather than mailed, so it does not say who holds it. */
export const UnprovenLinkPage = ({ view: { invitation, organizationName }, signInPath }: UnprovenLinkProps) => (
  <SimplePage title="Sign in to accept">
    <Notice icon="mail">
      <h1>Sign in to accept this invitation</h1>
      <p>
        This link to join <Name>{organizationName}</Name> was not mailed to {invitation.email}, so it does not prove
        that the address is yours. Nothing has happened.
      </p>
      <p>Sign in as {invitation.email} to go on.</p>
      <div class="actions">
        <a class="button primary" href={signInPath}>
          Sign in
        </a>
      </div>
    </Notice>
  </SimplePage>
)
