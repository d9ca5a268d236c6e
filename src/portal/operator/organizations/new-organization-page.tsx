import { Alert } from '../../components/alert.tsx'
import { Button, ButtonLink } from '../../components/button.tsx'
import { TextField } from '../../components/field.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Panel, PanelBody } from '../../components/panel.tsx'
import { OrganizationFields } from './details-form.tsx'
import type { FormState } from './form-state.ts'

interface NewOrganizationPageProps {
  readonly form: FormState
  readonly defaultSeatLimit: number | null
}

export const NewOrganizationPage = ({ form, defaultSeatLimit }: NewOrganizationPageProps) => {
  const { typed, errors = {}, refusal } = form
  return (
    <>
      <PageHeader title="New organization" up={{ href: '/operator/organizations', name: 'Organizations' }} />
      <Panel>
        <PanelBody>
          <form class="form" method="post" action="/operator/organizations/new">
            {refusal !== undefined && <Alert tone="bad">{refusal}</Alert>}
            <OrganizationFields
              value={(field) => typed?.(field) ?? (field === 'ownership' ? 'multiple' : '')}
              errors={errors}
              isNew
            />
            <TextField
              id="seat_limit"
              label="Seat limit"
              inputmode="numeric"
              maxlength={10}
              hint="Empty for no limit."
              value={typed?.('seat_limit') ?? String(defaultSeatLimit ?? '')}
              error={errors.seat_limit}
              required={false}
            />
            <TextField
              id="owner"
              label="Owner"
              hint="Their address, or the id of their account. An account is made for an address that has none. Empty: the first owner is invited later."
              value={typed?.('owner')}
              error={errors.owner}
              maxlength={254}
              required={false}
            />
            <div class="actions">
              <Button look="primary">Create organization</Button>
              <ButtonLink href="/operator/organizations">Cancel</ButtonLink>
            </div>
          </form>
        </PanelBody>
      </Panel>
    </>
  )
}
