import type { ListedOrganization } from '../../../directory/organizations.ts'
import { Avatar } from '../../components/avatar.tsx'
import { ButtonLink } from '../../components/button.tsx'
import { Name } from '../../components/name.tsx'
import { Panel } from '../../components/panel.tsx'

interface OrganizationsPanelProps {
  readonly organizations: readonly ListedOrganization[]
  readonly label: { readonly plural: string }
}

export const OrganizationsPanel = ({ organizations, label }: OrganizationsPanelProps) => (
  <Panel title={label.plural} lead="Leave what you have no part in any more.">
    <ul class="list">
      {organizations.map(({ organization: { id, name, slug } }) => (
        <li>
          <Avatar name={name} size="medium" />
          <span class="main">
            <a class="title" href={`/o/${slug}`}>
              <Name>{name}</Name>
            </a>
          </span>
          <ButtonLink href={`/account/organizations/${id}/leave`} small confirms>
            Leave
          </ButtonLink>
        </li>
      ))}
    </ul>
  </Panel>
)
