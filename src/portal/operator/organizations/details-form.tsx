import { OWNERSHIP_MODES } from '../../../membership/organization.ts'
import { Alert } from '../../components/alert.tsx'
import { Button } from '../../components/button.tsx'
import { SelectField, TextField } from '../../components/field.tsx'
import { Panel, PanelBody } from '../../components/panel.tsx'
import type { FormErrors } from '../../form-errors.ts'
import type { FormState } from './form-state.ts'
import type { LivingOrganization } from './organization-view.ts'

interface DetailsFormProps {
  readonly path: string
  readonly view: LivingOrganization
  readonly form: FormState
}

/** What an organization is called, here and in the product. */
export const DetailsForm = ({ path, view: { organization, rowRevision }, form }: DetailsFormProps) => {
  const values = {
    name: organization.name,
    slug: organization.slug,
    external_id: organization.externalId ?? '',
    upgrade_url: organization.upgradeUrl ?? '',
    ownership: organization.ownership,
  }
  return (
    <Panel title="Details">
      <PanelBody>
        <form class="form" method="post" action={path}>
          {form.refusal !== undefined && <Alert tone="bad">{form.refusal}</Alert>}
          <input type="hidden" name="revision" value={String(rowRevision ?? '')} />
          <OrganizationFields value={(field) => form.typed?.(field) ?? values[field]} errors={form.errors ?? {}} />
          <div class="actions">
            <Button look="primary">Save details</Button>
          </div>
        </form>
      </PanelBody>
    </Panel>
  )
}

type Field = 'name' | 'slug' | 'external_id' | 'upgrade_url' | 'ownership'

interface OrganizationFieldsProps {
  readonly value: (field: Field) => string
  readonly errors: FormErrors
  /** One that does not exist yet is given an address by its name. */
  readonly isNew?: boolean
}

export const OrganizationFields = ({ value, errors, isNew = false }: OrganizationFieldsProps) => (
  <>
    <TextField id="name" label="Name" value={value('name')} maxlength={200} required error={errors.name} />
    <TextField
      id="slug"
      label="Address"
      hint={`Stands in the addresses of its pages: 3 to 63 of a-z, 0-9 and inner hyphens.${isNew ? ' Empty: made from the name.' : ''}`}
      value={value('slug')}
      maxlength={63}
      required={!isNew}
      error={errors.slug}
    />
    <TextField
      id="external_id"
      label="External id"
      hint="What the product calls it."
      value={value('external_id')}
      maxlength={200}
      required={false}
      error={errors.external_id}
    />
    <TextField
      id="upgrade_url"
      label="Where to get more seats"
      type="url"
      hint="Offered to people when all seats are taken."
      value={value('upgrade_url')}
      maxlength={2048}
      required={false}
      error={errors.upgrade_url}
    />
    <SelectField
      id="ownership"
      label="Owners"
      options={OWNERSHIP_MODES.map((mode) => ({ value: mode, name: OWNERSHIP_NAMES[mode] }))}
      value={value('ownership')}
      error={errors.ownership}
    />
  </>
)

const OWNERSHIP_NAMES = { multiple: 'One or more', single: 'Exactly one' } as const
