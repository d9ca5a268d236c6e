import { Alert } from '../../components/alert.tsx'
import { Button, ButtonLink } from '../../components/button.tsx'
import { Choices, TextField } from '../../components/field.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Panel, PanelBody } from '../../components/panel.tsx'
import type { FormErrors } from '../../form-errors.ts'
import { grantableInKey } from '../../permission-text.ts'
import type { Workplace } from '../../workplace.ts'

/** As somebody typed it. */
export interface ApiKeyDraft {
  readonly name: string
  readonly permissions: readonly string[]
  /** `2026-12-31`, or empty for a key without an end. */
  readonly expires_on: string
}

interface ApiKeyFormProps {
  readonly workplace: Workplace
  readonly draft: ApiKeyDraft
  readonly errors: FormErrors
  readonly refusal: string | undefined
}

export const ApiKeyForm = ({ workplace, draft, errors, refusal }: ApiKeyFormProps) => {
  const list = `${workplace.path}/api-keys`
  return (
    <>
      <PageHeader title="New API key" up={{ href: list, name: 'API keys' }} />
      <Panel>
        <PanelBody>
          <form class="form" method="post" action={list}>
            {refusal !== undefined && <Alert tone="bad">{refusal}</Alert>}
            <TextField
              id="name"
              label="Name"
              hint="What it is for, as in Nightly sync."
              value={draft.name}
              maxlength={100}
              required
              error={errors.name}
            />
            <TextField
              id="expires_on"
              label="Last day"
              type="date"
              hint="The key stops at the end of this day, UTC. Leave it empty for a key without an end."
              value={draft.expires_on}
              required={false}
              error={errors.expires_at}
            />
            <Choices
              name="permissions"
              legend="Whoever has the key can"
              options={grantableInKey(workplace.may)}
              chosen={draft.permissions}
              multiple
              error={errors.permissions}
            />
            <div class="actions">
              <Button look="primary">Create key</Button>
              <ButtonLink href={list}>Cancel</ButtonLink>
            </div>
          </form>
        </PanelBody>
      </Panel>
    </>
  )
}
