import type { SignInEntry } from '../../../accounts/sign-in-list.ts'
import { type AttributeDefinition, type AttributeValue, visibleAttributes } from '../../../membership/attributes.ts'
import type { Member, MemberSource } from '../../../membership/member.ts'
import type { Outlook } from '../../../membership/offers.ts'
import type { MemberView } from '../../../membership/queries.ts'
import { Address } from '../../components/address.tsx'
import { Badge } from '../../components/badge.tsx'
import { ButtonLink } from '../../components/button.tsx'
import { Name } from '../../components/name.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Detail, Details, Panel, PanelBody } from '../../components/panel.tsx'
import { SignInList } from '../../components/sign-in-list.tsx'
import { Time } from '../../components/time.tsx'
import { PERMISSION_TEXT } from '../../permission-text.ts'
import { RoleForm, roleNamed } from '../members/role-form.tsx'
import { StatusBadge } from '../members/status-badge.tsx'
import { ActivityPanel } from './activity-panel.tsx'
import { MemberActions } from './member-actions.tsx'

interface MemberPageProps {
  /** The address of the organization's pages. */
  readonly home: string
  readonly view: MemberView
  readonly definitions: readonly AttributeDefinition[]
  readonly outlook: Outlook
  /** Who looks. */
  readonly userId: string
  /** Of their activity. */
  readonly cursor: string | null
  /** How they reached the organization; undefined for visitors who may not see it, null while it is out of reach. */
  readonly signIns?: readonly SignInEntry[] | null | undefined
}

export const MemberPage = ({ home, view, definitions, outlook, userId, cursor, signIns }: MemberPageProps) => {
  const { member } = view
  const list = `${home}/members`
  const path = `${list}/${member.id}`
  const isSelf = member.userId === userId
  return (
    <>
      <PageHeader
        title={<Name>{member.profile.name ?? member.email}</Name>}
        up={{ href: list, name: 'Members' }}
        actions={
          member.status === 'removed' && outlook.permissions.has('members:manage') ? (
            <ButtonLink href={`${list}/invite`} icon="plus">
              Invite again
            </ButtonLink>
          ) : undefined
        }
      >
        <span class="badges">
          <StatusBadge status={member.status} />
          {isSelf && <Badge>You</Badge>}
        </span>
      </PageHeader>
      <Panel title="Profile">
        <PanelBody>
          <Profile member={member} definitions={definitions} />
        </PanelBody>
      </Panel>
      <RolePanel path={path} member={member} outlook={outlook} fixed={isSelf || member.status === 'removed'} />
      <MemberActions home={home} member={member} outlook={outlook} isSelf={isSelf} />
      <ActivityPanel path={path} view={view} cursor={cursor} />
      {signIns !== undefined && (
        <SignInList title="Sign-ins" lead="How they reached this organization, newest first." entries={signIns} />
      )}
    </>
  )
}

const Profile = ({ member, definitions }: { readonly member: Member } & Pick<MemberPageProps, 'definitions'>) => {
  const shown = visibleAttributes(definitions, member.attributes)
  return (
    <Details>
      <Detail term="Email">
        <Address>{member.email}</Address>
      </Detail>
      {definitions.map(({ key, label, type }) => {
        const value = shown[key]
        return (
          <div>
            <dt>
              <Name>{label}</Name>
            </dt>
            <dd>{value === undefined ? <span class="soft">Not given</span> : <Value value={value} type={type} />}</dd>
          </div>
        )
      })}
      <Detail term="Joined through">{SOURCES[member.source]}</Detail>
      <Detail term="Joined">
        <Time at={member.joinedAt} />
      </Detail>
      <Detail term="Last sign-in">
        {member.lastSignInAt === null ? (
          <span class="soft">Never</span>
        ) : (
          <Time at={member.lastSignInAt} precision="minute" />
        )}
      </Detail>
    </Details>
  )
}

const Value = ({ value, type }: { readonly value: AttributeValue } & Pick<AttributeDefinition, 'type'>) => {
  if (typeof value === 'boolean') return <>{value ? 'Yes' : 'No'}</>
  if (type === 'date') return <Time at={Date.parse(`${value}T00:00:00Z`)} />
  return <Name>{String(value)}</Name>
}

const SOURCES: { readonly [source in MemberSource]: string } = {
  created: 'Creating the organization',
  invitation: 'An invitation',
  added: 'The operator',
  domain: 'The domain of their address',
  sso: 'Single sign-on',
  scim: 'The directory sync',
}

interface RolePanelProps extends Pick<MemberPageProps, 'outlook'> {
  readonly path: string
  readonly member: Member
  readonly fixed: boolean
}

/** The role, and for one of the organization's own, what it allows: its name alone says that to nobody else. */
const RolePanel = ({ path, member, outlook, fixed }: RolePanelProps) => {
  const role = outlook.roles.find(({ key }) => key === member.role)
  const status = member.status
  const person = { name: member.profile.name ?? member.email, role: member.role, status }
  return (
    <Panel title="Role" lead={role?.description && <Name>{role.description}</Name>}>
      <PanelBody>
        <div>
          <RoleForm path={path} person={person} outlook={outlook} fixed={fixed} />
        </div>
        {role === undefined && (
          <p class="soft">There is no role {roleNamed(member.role, outlook)} any more: it allows nothing.</p>
        )}
        {role !== undefined && !role.builtIn && (
          <div class="permissions">
            <h3>{role.permissions.length === 0 ? 'It allows nothing' : 'It allows'}</h3>
            <ul class="badges">
              {role.permissions.map((permission) => (
                <li>
                  <Badge>{PERMISSION_TEXT[permission]}</Badge>
                </li>
              ))}
            </ul>
          </div>
        )}
      </PanelBody>
    </Panel>
  )
}
