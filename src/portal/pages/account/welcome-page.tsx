import type { User } from '../../../accounts/users.ts'
import { type AttributeDefinition, visibleAttributes } from '../../../membership/attributes.ts'
import { AttributeFields } from '../../components/attribute-fields.tsx'
import { Button } from '../../components/button.tsx'
import { TextField } from '../../components/field.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Panel, PanelBody } from '../../components/panel.tsx'
import type { FormFields } from '../../form-body.ts'
import type { FormErrors } from '../../form-errors.ts'

interface WelcomePageProps {
  readonly user: User
  /** What is required of everybody. */
  readonly definitions: readonly AttributeDefinition[]
  readonly next: string | null
  /** What was sent and could not be taken, and why. */
  readonly form?: FormFields
  readonly errors?: FormErrors
}

export const WelcomePage = ({ user, definitions, next, form, errors = {} }: WelcomePageProps) => (
  <>
    <PageHeader title="Welcome">Tell your teams who you are.</PageHeader>
    <Panel>
      <PanelBody>
        <form class="form" method="post" action="/welcome">
          {next !== null && <input type="hidden" name="next" value={next} />}
          <TextField
            id="name"
            label="Name"
            value={form?.text('name') ?? user.name}
            error={errors.name}
            required={false}
            maxlength={200}
            autocomplete="name"
          />
          <AttributeFields
            definitions={definitions}
            values={visibleAttributes(definitions, user.attributes)}
            typed={form?.text}
            errors={errors}
          />
          <div class="actions">
            <Button look="primary">Continue</Button>
          </div>
        </form>
      </PanelBody>
    </Panel>
  </>
)
