import type { Settings } from '../../../contract/settings.ts'
import { Button, ButtonLink } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { TextField } from '../../components/field.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Panel, PanelBody } from '../../components/panel.tsx'

interface NewOrganizationPageProps {
  readonly settings: Settings
  readonly name?: string
  readonly error?: string
}

export const NewOrganizationPage = ({ settings, name, error }: NewOrganizationPageProps) => {
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
                value={name}
                error={error}
                required
                autofocus
                maxlength={200}
                autocomplete="organization"
              />
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
