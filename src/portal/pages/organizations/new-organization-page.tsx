import type { Settings } from '../../../contract/settings.ts'
import type { AttributeDefinition } from '../../../membership/attributes.ts'
import { AttributeFields } from '../../components/attribute-fields.tsx'
import { Button, ButtonLink } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { TextField } from '../../components/field.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Panel, PanelBody } from '../../components/panel.tsx'
import type { FormFields } from '../../form-body.ts'
import type { FormErrors } from '../../form-errors.ts'

export interface NewOrganizationPageProps {
  readonly settings: Settings
  /** What its creator still has to say of themselves. */
  readonly definitions?: readonly AttributeDefinition[]
  /** What was sent and could not be taken, and why. */
  readonly form?: FormFields
  readonly errors?: FormErrors
}

export const NewOrganizationPage = ({ settings, definitions = [], form, errors = {} }: NewOrganizationPageProps) => {
  const { singular, plural } = settings.organization_label
  return (
    <>
      <PageHeader title={`New: ${singular}`} up={{ href: '/organizations', name: plural }} />
      <Panel>
        {settings.sign_up_enabled ? (
          <PanelBody>
            <form class="form" method="post" action="/organizations/new">
              <TextField
                id="name"
                label="Name"
                hint="What your team is called. It can be changed later."
                value={form?.text('name')}
                error={errors.name}
                required
                autofocus
                maxlength={200}
                autocomplete="organization"
              />
              <AttributeFields definitions={definitions} values={{}} typed={form?.text} errors={errors} />
              <div class="actions">
                <Button look="primary">Create</Button>
                <ButtonLink href="/organizations" look="quiet">
                  Cancel
                </ButtonLink>
              </div>
            </form>
          </PanelBody>
        ) : (
          <EmptyState icon="building" title="New ones are set up for you">
            <p>Here, only the operator of the product creates them. Ask to be invited to one that exists.</p>
          </EmptyState>
        )}
      </Panel>
    </>
  )
}
