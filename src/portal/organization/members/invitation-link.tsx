import { ButtonLink } from '../../components/button.tsx'
import { CopyButton } from '../../components/copy-button.tsx'

interface InvitationLinkProps {
  readonly email: string
  readonly url: string
  readonly back: string
}

/** For handing over by oneself, instead of a mail. Opens as a dialog, like what asks for confirmation. */
export const InvitationLink = ({ email, url, back }: InvitationLinkProps) => (
  <section class="confirm panel" aria-labelledby="confirm-title">
    <h1 id="confirm-title">Invitation link</h1>
    <p>
      Give this link to <strong>{email}</strong>. Accepting takes an account with that email, so the link alone lets
      nobody in.
    </p>
    <div class="secret">
      <code tabindex={0}>{url}</code>
      <CopyButton text={url} label="Copy link" />
    </div>
    <div class="actions">
      <span data-close>
        <ButtonLink href={back}>Done</ButtonLink>
      </span>
    </div>
  </section>
)
