import type { Settings } from '../../../contract/settings.ts'
import type { ListedOrganization } from '../../../directory/organizations.ts'
import type { InvitationView, Slice } from '../../../membership/queries.ts'
import { Alert } from '../../components/alert.tsx'
import { Avatar } from '../../components/avatar.tsx'
import { ButtonLink } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { Name } from '../../components/name.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Pagination } from '../../components/pagination.tsx'
import { Panel } from '../../components/panel.tsx'
import { InvitationsPanel } from './invitations-panel.tsx'

interface ChooserPageProps {
  readonly organizations: Slice<ListedOrganization>
  readonly invitations: Slice<InvitationView>
  readonly cursors: { readonly organizations: string | null; readonly invitations: string | null }
  readonly settings: Settings
  readonly email: string
  readonly now: number
  /** Why an invitation was not answered. */
  readonly notTaken?: string | undefined
}

/** Where to go, for someone who belongs to several organizations or to none yet. */
export const ChooserPage = ({ organizations, cursors, settings, email, ...invited }: ChooserPageProps) => {
  const { items, nextCursor } = organizations
  const { invitations, now, notTaken } = invited
  const mayCreate = settings.sign_up_enabled
  const create = (look: 'plain' | 'primary') => (
    <ButtonLink href="/organizations/new" look={look} icon="plus">
      Create new
    </ButtonLink>
  )
  return (
    <>
      <PageHeader
        title={settings.organization_label.plural}
        actions={mayCreate && items.length > 0 ? create('plain') : undefined}
      >
        Those that you belong to.
      </PageHeader>
      {notTaken !== undefined && <Alert tone="bad">{notTaken}</Alert>}
      <InvitationsPanel invitations={invitations} cursor={cursors.invitations} email={email} now={now} />
      <Panel>
        {items.length > 0 ? (
          <ul class="list">
            {items.map(({ organization: { name, slug } }) => (
              <li>
                <Avatar name={name} size="medium" />
                <span class="main">
                  <a class="title whole" href={`/o/${slug}`}>
                    <Name>{name}</Name>
                  </a>
                  <span class="small">{slug}</span>
                </span>
              </li>
            ))}
          </ul>
        ) : (
          <EmptyState icon="building" title="None yet" actions={mayCreate ? create('primary') : undefined}>
            <p>
              {invitations.items.length > 0 ? 'Accept an invitation' : 'Ask to be invited'}
              {mayCreate ? ', or create one and invite your team.' : '.'}
            </p>
            <p>Invitations must go to {email}, the address that you are signed in with.</p>
          </EmptyState>
        )}
        <Pagination
          first={cursors.organizations === null ? null : '/organizations'}
          next={nextCursor === null ? null : `/organizations?${new URLSearchParams({ cursor: nextCursor })}`}
        />
      </Panel>
    </>
  )
}
