import type { Member } from '../../../membership/member.ts'
import { type MemberOffers, memberOffers, type Outlook } from '../../../membership/offers.ts'
import { OWNER } from '../../../membership/roles.ts'
import { ActionForm, ButtonLink } from '../../components/button.tsx'
import { Panel } from '../../components/panel.tsx'
import { ObstacleText } from '../members/obstacle-text.tsx'
import { roleNamed } from '../members/role-form.tsx'
import { Action } from './action.tsx'

interface MemberActionsProps {
  /** The address of the organization's pages. */
  readonly home: string
  readonly member: Member
  readonly outlook: Outlook
  readonly isSelf: boolean
}

/** What can be done to somebody, with what comes of it, or why it cannot. */
export const MemberActions = ({ home, member, outlook, isSelf }: MemberActionsProps) => {
  const path = `${home}/members/${member.id}`
  if (!outlook.permissions.has('members:manage') || member.status === 'removed') return null
  if (isSelf) {
    return (
      <Panel title="Access">
        <p class="body">
          <OwnAccess home={home} />
        </p>
      </Panel>
    )
  }
  const offers = memberOffers({ role: member.role, status: member.status }, outlook)
  const role = { key: member.role, name: roleNamed(member.role, outlook) }
  if (offers.changeRole !== null) {
    return (
      <Panel title="Access">
        <p class="body">
          <ObstacleText obstacle={offers.changeRole} role={role} />
        </p>
      </Panel>
    )
  }
  return (
    <Panel title="Access" danger>
      <ul class="list">
        {offers.transferOwnership === null && member.role !== OWNER && (
          <Action title="Hand over ownership" text="They become an owner, and you an admin.">
            <ButtonLink href={`${home}/settings/transfer/${member.id}`}>Hand over</ButtonLink>
          </Action>
        )}
        {member.status === 'active' ? (
          <Action title="Suspend" text="Access ends at once and a seat becomes free. Role and profile stay.">
            <ButtonLink href={`${path}/suspend`} confirms>
              Suspend
            </ButtonLink>
          </Action>
        ) : (
          <Reactivation path={path} offers={offers} role={role} />
        )}
        <Action title="Remove" text="Access ends at once, a seat becomes free, nothing else is deleted.">
          <ButtonLink href={`${path}/remove`} look="danger" confirms>
            Remove
          </ButtonLink>
        </Action>
      </ul>
    </Panel>
  )
}

/** Nobody takes their own access away by mistake: what they look for here is a way out. */
export const OwnAccess = ({ home }: { readonly home: string }) => (
  <span>
    This is you. Somebody else who manages the team can change your role. To go,{' '}
    <a href={`${home}/settings/leave`}>leave</a>.
  </span>
)

interface ReactivationProps {
  readonly path: string
  readonly offers: MemberOffers
  readonly role: Parameters<typeof ObstacleText>[0]['role']
}

const Reactivation = ({ path, offers, role }: ReactivationProps) => (
  <Action
    title="Reactivate"
    text={
      offers.reactivate === null ? (
        'They get their access back, and take a seat.'
      ) : (
        <ObstacleText obstacle={offers.reactivate} role={role} />
      )
    }
  >
    {offers.reactivate === null && <ActionForm action={`${path}/reactivate`}>Reactivate</ActionForm>}
  </Action>
)
