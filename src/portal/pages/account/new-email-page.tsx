import { Button, ButtonLink } from '../../components/button.tsx'
import { TextField } from '../../components/field.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Panel, PanelBody } from '../../components/panel.tsx'

interface NewEmailPageProps {
  readonly present: string
  readonly typed?: string
  readonly error?: string
}

export const NewEmailPage = ({ present, typed, error }: NewEmailPageProps) => (
  <>
    <PageHeader title="New address" up={{ href: '/account', name: 'My account' }}>
      You sign in with {present}.
    </PageHeader>
    <Panel>
      <PanelBody>
        <form class="form" method="post" action="/account/email">
          <TextField
            id="email"
            label="New address"
            hint="A code is mailed there. Until you type it here, nothing changes."
            type="email"
            value={typed}
            error={error}
            required
            autofocus
            maxlength={254}
            autocomplete="email"
          />
          <div class="actions">
            <Button look="primary">Send the code</Button>
            <ButtonLink href="/account" look="quiet">
              Cancel
            </ButtonLink>
          </div>
        </form>
      </PanelBody>
    </Panel>
  </>
)
