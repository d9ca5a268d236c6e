import { deviceName } from '../../../accounts/device-name.ts'
import type { LinkedIdentity } from '../../../accounts/identities.ts'
import type { Session } from '../../../accounts/sessions.ts'
import type { SignInEntry } from '../../../accounts/sign-in-list.ts'
import type { User } from '../../../accounts/users.ts'
import type { Membership } from '../../../directory/own-organizations.ts'
import { type AttributeDefinition, visibleAttributes } from '../../../membership/attributes.ts'
import type { Slice } from '../../../membership/queries.ts'
import { builtInRole } from '../../../membership/roles.ts'
import { Avatar } from '../../components/avatar.tsx'
import { Badge } from '../../components/badge.tsx'
import { ActionForm, ButtonLink } from '../../components/button.tsx'
import { Icon } from '../../components/icon.tsx'
import { Name } from '../../components/name.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Detail, Details, Panel, PanelBody } from '../../components/panel.tsx'
import { SignInList } from '../../components/sign-in-list.tsx'
import { Time } from '../../components/time.tsx'
import { Action } from '../../organization/member/action.tsx'
import { IdentitiesPanel } from '../../pages/account/identities-panel.tsx'
import { listAddress } from '../list-choice.ts'
import { AddressState, USERS_PATH } from './users-page.tsx'

export interface UserView {
  readonly user: User
  readonly definitions: readonly AttributeDefinition[]
  readonly memberships: Slice<Membership>
  readonly sessions: Slice<Session>
  readonly identities: readonly LinkedIdentity[]
  readonly signIns: readonly SignInEntry[] | null
}

export const UserPage = ({ user, definitions, memberships, sessions, identities, signIns }: UserView) => {
  const path = `${USERS_PATH}/${user.id}`
  return (
    <>
      <PageHeader
        title={user.name === null ? user.email : <Name>{user.name}</Name>}
        up={{ href: USERS_PATH, name: 'Users' }}
      >
        <AddressState verified={user.emailVerified} closing={user.closingAt !== null} /> {user.email}
      </PageHeader>
      <Profile user={user} definitions={definitions} />
      <Memberships memberships={memberships} />
      <Sessions path={path} sessions={sessions} />
      {identities.length > 0 && (
        <IdentitiesPanel
          identities={identities}
          path={`${path}/identities`}
          lead="Accounts at trusted issuers that sign in as this person."
        />
      )}
      <SignInList title="Recent sign-ins" lead="Of the last 90 days, newest first." entries={signIns} />
      <Panel title="Deletion" danger>
        <ul class="list">
          <Action
            title="Delete the account"
            text="They leave every organization, and what is known of them is forgotten. This cannot be undone."
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

const Profile = ({ user, definitions }: Pick<UserView, 'user' | 'definitions'>) => {
  const values = visibleAttributes(definitions, user.attributes)
  return (
    <Panel
      title="Profile"
      actions={
        <ButtonLink href={listAddress('/operator/events', { query: user.id })} small>
          Events
        </ButtonLink>
      }
    >
      <PanelBody>
        <Details>
          <Detail term="Id">
            <code>{user.id}</code>
          </Detail>
          <Detail term="Account since">
            <Time at={user.createdAt} precision="minute" />
          </Detail>
          <Detail term="Last sign-in">
            {user.lastSignInAt === null ? 'Never' : <Time at={user.lastSignInAt} precision="minute" />}
          </Detail>
          {definitions.map(({ key, label }) => (
            <Detail term={label}>{values[key] === undefined ? '–' : <Name>{said(values[key])}</Name>}</Detail>
          ))}
        </Details>
      </PanelBody>
    </Panel>
  )
}

const said = (value: string | number | boolean): string =>
  typeof value === 'boolean' ? (value ? 'Yes' : 'No') : String(value)

const Memberships = ({ memberships: { items, nextCursor } }: Pick<UserView, 'memberships'>) => (
  <Panel title="Organizations" lead={nextCursor === null ? undefined : `The first ${items.length} by name.`}>
    {items.length === 0 ? (
      <PanelBody>
        <p>They belong to none.</p>
      </PanelBody>
    ) : (
      <ul class="list">
        {items.map(({ organization: { id, name, slug }, member: { role, status } }) => (
          <li>
            <Avatar name={name} size="medium" />
            <span class="main">
              <a class="title" href={`/operator/organizations/${id}`}>
                <Name>{name}</Name>
              </a>
              <span class="small">{slug}</span>
            </span>
            <Badge>{builtInRole(role)?.name ?? role}</Badge>
            {status === 'suspended' && <Badge tone="warning">Suspended</Badge>}
          </li>
        ))}
      </ul>
    )}
  </Panel>
)

interface SessionsProps {
  readonly path: string
  readonly sessions: Slice<Session>
}

const Sessions = ({ path, sessions: { items, nextCursor } }: SessionsProps) => (
  <Panel
    title="Where they are signed in"
    lead={nextCursor === null ? undefined : `The last ${items.length} that were used.`}
    actions={
      items.length > 0 && (
        <ActionForm action={`${path}/sessions/end`} small>
          Sign out everywhere
        </ActionForm>
      )
    }
  >
    {items.length === 0 ? (
      <PanelBody>
        <p>Nowhere.</p>
      </PanelBody>
    ) : (
      <ul class="list">
        {items.map(({ userAgent, createdAt, lastSeenAt }) => (
          <li>
            <Icon name="device" />
            <span class="main">
              <span class="title">{deviceName(userAgent)}</span>
              <span class="small">
                Last used <Time at={lastSeenAt} precision="minute" />
              </span>
            </span>
            <span class="small">
              since <Time at={createdAt} />
            </span>
          </li>
        ))}
      </ul>
    )}
  </Panel>
)
