import { RESTORE_WINDOW_MS } from '../../../membership/organization.ts'
import { Alert } from '../../components/alert.tsx'
import { Badge } from '../../components/badge.tsx'
import { ActionForm } from '../../components/button.tsx'
import { Name } from '../../components/name.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Detail, Details, Panel, PanelBody } from '../../components/panel.tsx'
import { Time } from '../../components/time.tsx'
import type { DeletedOrganization } from './organization-view.ts'

interface DeletedOrganizationPageProps {
  readonly view: DeletedOrganization
  readonly refusal?: string | undefined
}

export const DeletedOrganizationPage = ({
  view: { organization, deletedAt },
  refusal,
}: DeletedOrganizationPageProps) => (
  <>
    <PageHeader
      title={<Name>{organization.name}</Name>}
      up={{ href: '/operator/organizations', name: 'Organizations' }}
    >
      <Badge tone="bad">Deleted</Badge>
    </PageHeader>
    {refusal !== undefined && <Alert tone="bad">{refusal}</Alert>}
    <Panel title="Bring it back" lead="With its members, invitations, roles and API keys as they were.">
      <PanelBody>
        <Details>
          <Detail term="Id">
            <code>{organization.id}</code>
          </Detail>
          <Detail term="Address">
            <code>{organization.slug}</code>
          </Detail>
          <Detail term="Deleted">
            {deletedAt === null ? 'a moment ago' : <Time at={deletedAt} precision="minute" />}
          </Detail>
          {deletedAt !== null && (
            <Detail term="Can be restored until">
              <Time at={deletedAt + RESTORE_WINDOW_MS} precision="minute" />
            </Detail>
          )}
        </Details>
        <ActionForm action={`/operator/organizations/${organization.id}/restore`} look="primary">
          Restore
        </ActionForm>
      </PanelBody>
    </Panel>
  </>
)
