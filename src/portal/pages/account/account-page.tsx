import type { LinkedIdentity } from '../../../accounts/identities.ts'
import type { Session } from '../../../accounts/sessions.ts'
import type { SignInEntry } from '../../../accounts/sign-in-list.ts'
import type { ListedOrganization } from '../../../directory/organizations.ts'
import type { AttributeDefinition } from '../../../membership/attributes.ts'
import type { Slice } from '../../../membership/queries.ts'
import { ButtonLink } from '../../components/button.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Panel } from '../../components/panel.tsx'
import { SignInList } from '../../components/sign-in-list.tsx'
import type { Visitor } from '../../environment.ts'
import type { FormFields } from '../../form-body.ts'
import type { FormErrors } from '../../form-errors.ts'
import { IdentitiesPanel } from './identities-panel.tsx'
import { OrganizationsPanel } from './organizations-panel.tsx'
import { ProfilePanel } from './profile-panel.tsx'
import { SessionsPanel } from './sessions-panel.tsx'

interface AccountPageProps {
  readonly visitor: Visitor
  readonly sessions: Slice<Session>
  readonly identities: readonly LinkedIdentity[]
  readonly signIns: readonly SignInEntry[] | null
  readonly organizations: readonly ListedOrganization[]
  readonly label: { readonly singular: string; readonly plural: string }
  readonly definitions: readonly AttributeDefinition[]
  /** What was sent and could not be taken, and why. */
  readonly form?: FormFields
  readonly errors?: FormErrors
}

export const AccountPage = ({
  visitor,
  sessions,
  identities,
  signIns,
  organizations,
  label,
  ...profile
}: AccountPageProps) => (
  <>
    <PageHeader title="My account" />
    <ProfilePanel user={visitor.user} {...profile} />
    <SessionsPanel sessions={sessions} current={visitor.session.id} />
    {identities.length > 0 && (
      <IdentitiesPanel
        identities={identities}
        path="/account/identities"
        lead="Accounts elsewhere that sign in as you. Unlink what you do not recognize."
      />
    )}
    <SignInList title="Recent sign-ins" lead="Sign out of sessions that you do not recognize." entries={signIns} />
    {organizations.length > 0 && <OrganizationsPanel organizations={organizations} label={label} />}
    <Panel
      danger
      title="Delete my account"
      lead="You leave every team, and what is known of you is forgotten."
      actions={
        <ButtonLink href="/account/delete" look="danger">
          Delete
        </ButtonLink>
      }
    />
  </>
)
