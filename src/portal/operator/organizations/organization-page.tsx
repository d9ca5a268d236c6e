import type { Organization } from '../../../membership/organization.ts'
import { Badge } from '../../components/badge.tsx'
import { ActionForm, ButtonLink } from '../../components/button.tsx'
import { Name } from '../../components/name.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Detail, Details, Panel, PanelBody } from '../../components/panel.tsx'
import { Person } from '../../components/person.tsx'
import { Time } from '../../components/time.tsx'
import { Action } from '../../organization/member/action.tsx'
import { counted } from '../../readable-time.ts'
import { DetailsForm } from './details-form.tsx'
import type { FormState } from './form-state.ts'
import type { LivingOrganization } from './organization-view.ts'
import { RecentEvents } from './recent-events.tsx'
import { SeatsPanel } from './seats-panel.tsx'

interface OrganizationPageProps {
  readonly view: LivingOrganization
  readonly seatsForm: FormState
  readonly detailsForm: FormState
}

export const OrganizationPage = ({ view, seatsForm, detailsForm }: OrganizationPageProps) => {
  const { organization } = view
  const path = `/operator/organizations/${organization.id}`
  return (
    <>
      <PageHeader
        title={<Name>{organization.name}</Name>}
        up={{ href: '/operator/organizations', name: 'Organizations' }}
      >
        <Badge tone="good">Active</Badge> since <Time at={organization.createdAt} />
      </PageHeader>
      <SeatsPanel path={path} view={view} form={seatsForm} />
      <Owners view={view} />
      <DetailsForm path={path} view={view} form={detailsForm} />
      <RecentEvents view={view.log} />
      <Facts organization={organization} revision={view.revision} />
      <Panel title="Maintenance and deletion" danger>
        <ul class="list">
          <Action
            title="Rebuild"
            text="Brings everything of it to the directory anew: for when search or lists show something else than its own pages do."
          >
            <ActionForm action={`${path}/rebuild`} small>
              Rebuild
            </ActionForm>
          </Action>
          <Action
            title="Delete"
            text="Everybody loses access at once. For 30 days it can be brought back here; after that it is gone for good."
          >
            <ButtonLink href={`${path}/delete`} look="danger" small confirms>
              Delete
            </ButtonLink>
          </Action>
        </ul>
      </Panel>
    </>
  )
}

const Owners = ({ view: { owners, team } }: { readonly view: LivingOrganization }) => (
  <Panel title="Owners" lead={counted(team.activeOwners, 'active owner')}>
    {owners.length === 0 ? (
      <PanelBody>
        <p>Nobody yet. The first owner arrives by invitation.</p>
      </PanelBody>
    ) : (
      <ul class="list">
        {owners.map(({ name, email, status }) => (
          <li>
            <span class="main">
              <Person name={name} email={email} muted={status !== 'active'} />
            </span>
            {status !== 'active' && <Badge tone="warning">Suspended</Badge>}
          </li>
        ))}
      </ul>
    )}
  </Panel>
)

interface FactsProps {
  readonly organization: Organization
  readonly revision: number
}

const Facts = ({ organization, revision }: FactsProps) => (
  <Panel title="Facts">
    <PanelBody>
      <Details>
        <Detail term="Id">
          <code>{organization.id}</code>
        </Detail>
        <Detail term="Revision">{revision}</Detail>
        <Detail term="Created">
          <Time at={organization.createdAt} precision="minute" />
        </Detail>
        <Detail term="Last changed">
          <Time at={organization.updatedAt} precision="minute" />
        </Detail>
      </Details>
    </PanelBody>
  </Panel>
)
