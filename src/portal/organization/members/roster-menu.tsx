import { mayKnowLink } from '../../../membership/invitation.ts'
import { memberOffers, type Outlook, obstacleToManage } from '../../../membership/offers.ts'
import type { RosterEntry } from '../../../membership/queries.ts'
import { MenuAction, MenuLink, MenuNote, MenuSeparator, RowMenu } from '../../components/menu.tsx'
import { nameOf } from '../../components/name.tsx'
import { ObstacleText } from './obstacle-text.tsx'
import { roleNamed } from './role-form.tsx'

interface RosterMenuProps {
  /** The address of the organization's pages. */
  readonly home: string
  readonly entry: RosterEntry
  readonly outlook: Outlook
  readonly isSelf: boolean
}

/** What can be done to whoever stands in the row, and why nothing can where that is so. */
export const RosterMenu = (props: RosterMenuProps) => (
  <RowMenu label={`Actions for ${nameOf(props.entry.name ?? props.entry.email)}`}>
    {props.entry.status === 'pending' ? <InvitationItems {...props} /> : <MemberItems {...props} />}
  </RowMenu>
)

const InvitationItems = ({ home, entry, outlook }: RosterMenuProps) => {
  const obstacle = obstacleToManage(entry.role, outlook)
  const invitation = `${home}/members/invitations/${entry.id}`
  if (obstacle !== null) return <Note obstacle={obstacle} entry={entry} outlook={outlook} />
  return (
    <>
      <MenuAction action={`${invitation}/resend`} icon="mail">
        Send again
      </MenuAction>
      {isLinkVisible(entry) && (
        <MenuLink href={`${invitation}/link`} icon="link" confirms>
          Copy link
        </MenuLink>
      )}
      <MenuSeparator />
      <MenuLink href={`${invitation}/cancel`} icon="cross" danger confirms>
        Cancel invitation
      </MenuLink>
    </>
  )
}

const isLinkVisible = ({ delivery, invitedByType }: RosterEntry): boolean =>
  delivery != null &&
  invitedByType != null &&
  mayKnowLink({ type: 'user' }, { delivery, invitedBy: { type: invitedByType } })

const MemberItems = ({ home, entry, outlook, isSelf }: RosterMenuProps) => {
  const person = `${home}/members/${entry.id}`
  const status = entry.status === 'suspended' ? 'suspended' : 'active'
  const offers = memberOffers({ role: entry.role, status }, outlook)
  return (
    <>
      <MenuLink href={person} icon="person">
        Show profile
      </MenuLink>
      {isSelf && (
        <MenuNote>This is you. Somebody else who manages the team can change your role or remove you.</MenuNote>
      )}
      {!isSelf && offers.changeRole !== null && <Note obstacle={offers.changeRole} entry={entry} outlook={outlook} />}
      {!isSelf && offers.changeRole === null && (
        <>
          {status === 'active' && (
            <MenuLink href={`${person}/suspend`} icon="pause" confirms>
              Suspend
            </MenuLink>
          )}
          {status === 'suspended' && offers.reactivate === null && (
            <MenuAction action={`${person}/reactivate`} icon="check">
              Reactivate
            </MenuAction>
          )}
          {status === 'suspended' && offers.reactivate !== null && (
            <Note obstacle={offers.reactivate} entry={entry} outlook={outlook} />
          )}
          <MenuSeparator />
          <MenuLink href={`${person}/remove`} icon="cross" danger confirms>
            Remove
          </MenuLink>
        </>
      )}
    </>
  )
}

type NoteProps = Pick<RosterMenuProps, 'entry' | 'outlook'> & Pick<Parameters<typeof ObstacleText>[0], 'obstacle'>

const Note = ({ obstacle, entry: { role: key }, outlook }: NoteProps) => (
  <MenuNote>
    <ObstacleText obstacle={obstacle} role={{ key, name: roleNamed(key, outlook) }} />
  </MenuNote>
)
