import { Button, ButtonLink } from '../../components/button.tsx'
import { TextField } from '../../components/field.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Panel, PanelBody } from '../../components/panel.tsx'

interface EmailCodePageProps {
  /** The new address. */
  readonly email: string
  readonly error?: string | undefined
}

export const EmailCodePage = ({ email, error }: EmailCodePageProps) => (
  <>
    <PageHeader title="Enter the code" up={{ href: '/account', name: 'My account' }}>
      It was sent to {email}. The link in the same mail does the same.
    </PageHeader>
    <Panel>
      <PanelBody>
        <form class="form" method="post" action="/account/email/code">
          <TextField
            id="code"
            label="Six digits"
            hint="From then on you sign in with the new address. Your other devices are signed out."
            error={error}
            required
            autofocus
            maxlength={20}
            inputmode="numeric"
            autocomplete="one-time-code"
            large
          />
          <div class="actions">
            <Button look="primary">Use this address</Button>
            <ButtonLink href="/account" look="quiet">
              Keep the present one
            </ButtonLink>
          </div>
        </form>
        <form method="post" action="/account/email/resend">
          <p class="small">
            Didn't get it? Check your spam folder,{' '}
            <button type="submit" class="link-button">
              send it again
            </button>
            , or <a href="/account/email">use another email</a>. After several mails, no new one is sent for a while;
            the newest one still works.
          </p>
        </form>
      </PanelBody>
    </Panel>
  </>
)
