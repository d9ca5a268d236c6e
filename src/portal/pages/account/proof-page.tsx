import { Button, ButtonLink } from '../../components/button.tsx'
import { TextField } from '../../components/field.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Panel, PanelBody } from '../../components/panel.tsx'
import type { PendingFields } from '../../fresh-proof-missing.ts'

interface ProofPageProps {
  readonly email: string
  /** Where the form was sent that waits for the code, and what it held. */
  readonly to: string
  readonly fields: PendingFields
  readonly error?: string | undefined
}

export const ProofPage = ({ email, to, fields, error }: ProofPageProps) => (
  <>
    <PageHeader title="Confirm that it is you">
      This cannot be undone, or gives somebody more access. We sent a code to {email}.
    </PageHeader>
    <Panel>
      <PanelBody>
        <form class="form" method="post" action="/reauthenticate" enctype="multipart/form-data">
          <input type="hidden" name="proof_to" value={to} />
          {fields.map(([name, value]) => (
            <input type="hidden" name={name} value={value} />
          ))}
          <TextField
            id="proof_code"
            label="Six digits"
            hint="Nothing has been changed yet. What you entered is kept and sent once the code is right."
            error={error}
            required
            autofocus
            maxlength={20}
            inputmode="numeric"
            autocomplete="one-time-code"
            large
          />
          <div class="actions">
            <Button look="primary">Confirm</Button>
            <ButtonLink href="/account" look="quiet">
              Cancel
            </ButtonLink>
          </div>
          <p class="small">
            Didn't get it? Check your spam folder, or{' '}
            <button type="submit" class="link-button" formaction="/reauthenticate/resend" formnovalidate>
              send a new code
            </button>
            .
          </p>
        </form>
      </PanelBody>
    </Panel>
  </>
)
