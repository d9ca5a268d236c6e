import { OPERATOR_ACCESS } from '../../../membership/operator-key.ts'
import { Alert } from '../../components/alert.tsx'
import { Button, ButtonLink } from '../../components/button.tsx'
import { Choices, TextField } from '../../components/field.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Panel, PanelBody } from '../../components/panel.tsx'
import type { FormErrors } from '../../form-errors.ts'
import { ACCESS_NAMES, KEYS_PATH } from './keys-page.tsx'

/** As typed. */
export interface KeyDraft {
  /** The id that the key gets: the form sent twice makes one key. */
  readonly id: string
  readonly name: string
  readonly access: string
  /** `2026-12-31`, or empty for a key that never expires. */
  readonly expires_on: string
}

interface KeyFormProps {
  readonly draft: KeyDraft
  readonly errors: FormErrors
  readonly refusal: string | undefined
}

export const KeyForm = ({ draft, errors, refusal }: KeyFormProps) => (
  <>
    <PageHeader title="New operator key" up={{ href: KEYS_PATH, name: 'Operator keys' }} />
    <Panel>
      <PanelBody>
        <form class="form" method="post" action={KEYS_PATH}>
          {refusal !== undefined && <Alert tone="bad">{refusal}</Alert>}
          <input type="hidden" name="id" value={draft.id} />
          <TextField
            id="name"
            label="Name"
            hint="The system or the person that uses the key, as in CI. Events show it."
            value={draft.name}
            maxlength={100}
            required
            error={errors.name}
          />
          <Choices
            name="access"
            legend="Access"
            options={OPERATOR_ACCESS.map((access) => ({
              value: access,
              name: ACCESS_NAMES[access],
              hint: HINTS[access],
            }))}
            chosen={[draft.access]}
            error={errors.access}
          />
          <TextField
            id="expires_on"
            label="Last day"
            type="date"
            hint="The key stops at the end of this day, UTC. Leave this empty for a key that never expires."
            value={draft.expires_on}
            required={false}
            error={errors.expires_at}
          />
          <div class="actions">
            <Button look="primary">Create key</Button>
            <ButtonLink href={KEYS_PATH}>Cancel</ButtonLink>
          </div>
        </form>
      </PanelBody>
    </Panel>
  </>
)

const HINTS: { readonly [access in (typeof OPERATOR_ACCESS)[number]]: string } = {
  read: 'Sees everything and changes nothing.',
  write: 'Does what the root key does, apart from managing operator keys.',
}
