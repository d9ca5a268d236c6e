import type { Settings } from '../../../contract/settings.ts'
import type { Organization } from '../../../membership/organization.ts'
import { Alert } from '../../components/alert.tsx'
import { Button, ButtonLink } from '../../components/button.tsx'
import { Choices, TextField } from '../../components/field.tsx'
import { Name } from '../../components/name.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Detail, Details, Panel, PanelBody } from '../../components/panel.tsx'
import type { FormErrors } from '../../form-errors.ts'
import type { Workplace } from '../../workplace.ts'

/** As somebody typed it. */
export interface SettingsDraft {
  readonly name: string
  readonly slug: string
}

interface SettingsPageProps {
  readonly workplace: Workplace
  readonly settings: Settings
  readonly draft?: SettingsDraft
  readonly errors: FormErrors
  readonly refusal?: string
  readonly ownershipRefusal?: string
}

export const SettingsPage = ({ workplace, settings, ...form }: SettingsPageProps) => {
  const { path, organization, may } = workplace
  const label = settings.organization_label.singular
  return (
    <>
      <PageHeader title="Settings" />
      <Panel title="General">
        <PanelBody>
          {may('organization:update') ? (
            <GeneralForm workplace={workplace} {...form} />
          ) : (
            <General organization={organization} />
          )}
        </PanelBody>
      </Panel>
      <Panel title="Ownership">
        <PanelBody>
          {may('owners:manage') ? (
            <OwnershipForm workplace={workplace} error={form.ownershipRefusal ?? form.errors.ownership} />
          ) : (
            <p>
              {OWNERSHIP[organization.ownership].name}. Only an owner can change this, or hand ownership to somebody
              else.
            </p>
          )}
        </PanelBody>
      </Panel>
      <Panel title="Leave or delete" danger>
        <ul class="list">
          <li>
            <div class="main">
              <strong>Leave</strong>
              <p class="hint">Your access ends at once. You can be invited again.</p>
            </div>
            <ButtonLink href={`${path}/settings/leave`} small confirms>
              Leave
            </ButtonLink>
          </li>
          {may('organization:delete') && (
            <li>
              <div class="main">
                <strong>Delete</strong>
                <p class="hint">
                  Everybody loses access at once. For 30 days the operator can bring this {label.toLowerCase()} back.
                </p>
              </div>
              <ButtonLink href={`${path}/settings/delete`} look="danger" small confirms>
                Delete
              </ButtonLink>
            </li>
          )}
        </ul>
      </Panel>
    </>
  )
}

type GeneralFormProps = Pick<SettingsPageProps, 'workplace' | 'draft' | 'errors' | 'refusal'>

const GeneralForm = ({ workplace, draft = workplace.organization, errors, refusal }: GeneralFormProps) => (
  <form class="form" method="post" action={`${workplace.path}/settings`}>
    {refusal !== undefined && <Alert tone="bad">{refusal}</Alert>}
    <TextField id="name" label="Name" value={draft.name} maxlength={200} required error={errors.name} />
    <TextField
      id="slug"
      label="Address"
      hint="Stands in the addresses of these pages: 3 to 63 of a-z, 0-9 and inner hyphens."
      value={draft.slug}
      maxlength={63}
      required
      error={errors.slug}
    />
    <div class="actions">
      <Button look="primary">Save changes</Button>
    </div>
  </form>
)

const General = ({ organization }: { readonly organization: Organization }) => (
  <Details>
    <Detail term="Name">
      <Name>{organization.name}</Name>
    </Detail>
    <Detail term="Address">
      <code>{organization.slug}</code>
    </Detail>
  </Details>
)

const OWNERSHIP = {
  multiple: { name: 'One or more owners', hint: 'Owners can make others owners, too.' },
  single: { name: 'Exactly one owner', hint: 'Ownership changes hands only by a transfer.' },
} as const

interface OwnershipFormProps {
  readonly workplace: Workplace
  readonly error: string | undefined
}

const OwnershipForm = ({ workplace, error }: OwnershipFormProps) => (
  <form class="form" method="post" action={`${workplace.path}/settings/ownership`}>
    <Choices
      name="ownership"
      legend="Who can own it"
      options={(['multiple', 'single'] as const).map((value) => ({ value, ...OWNERSHIP[value] }))}
      chosen={[workplace.organization.ownership]}
      error={error}
    />
    <div class="actions">
      <Button>Save</Button>
      <ButtonLink href={`${workplace.path}/settings/transfer`}>Transfer ownership…</ButtonLink>
    </div>
  </form>
)
