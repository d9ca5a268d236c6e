import type { User } from '../../../accounts/users.ts'
import { type AttributeDefinition, visibleAttributes } from '../../../membership/attributes.ts'
import { AttributeFields } from '../../components/attribute-fields.tsx'
import { Button } from '../../components/button.tsx'
import { TextField } from '../../components/field.tsx'
import { Panel, PanelBody } from '../../components/panel.tsx'
import type { FormFields } from '../../form-body.ts'
import type { FormErrors } from '../../form-errors.ts'

interface ProfilePanelProps {
  readonly user: User
  readonly definitions: readonly AttributeDefinition[]
  /** What was sent and could not be taken, and why. */
  readonly form?: FormFields
  readonly errors?: FormErrors
}

/** What only the operator changes stands among the rest, to be read. */
export const ProfilePanel = ({ user, definitions, form, errors = {} }: ProfilePanelProps) => {
  const values = visibleAttributes(definitions, user.attributes)
  return (
    <Panel title="Profile" lead="As your teams see you.">
      <PanelBody>
        <form class="form" method="post" action="/account">
          <TextField
            id="name"
            label="Name"
            value={form?.text('name') ?? user.name}
            error={errors.name}
            required={false}
            maxlength={200}
            autocomplete="name"
          />
          <TextField
            id="email"
            label="Address"
            hint={
              <>
                You sign in with it. <a href="/account/email">Change the address</a>
              </>
            }
            value={user.email}
            type="email"
            readonly
            autocomplete="email"
          />
          <AttributeFields
            definitions={definitions.filter(({ userEditable }) => userEditable)}
            values={values}
            typed={form?.text}
            errors={errors}
          />
          {definitions
            .filter(({ key, userEditable }) => !userEditable && values[key] !== undefined)
            .map(({ key, label }) => (
              <TextField id={`shown.${key}`} label={label} value={String(values[key])} readonly />
            ))}
          <div class="actions">
            <Button look="primary">Save</Button>
          </div>
        </form>
      </PanelBody>
    </Panel>
  )
}
