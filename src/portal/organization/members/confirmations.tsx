import type { DepartureEntry } from '../../../membership/departure.ts'
import { Confirm } from '../../components/confirm.tsx'
import { Name, nameOf } from '../../components/name.tsx'
import { DepartureList } from './departure-list.tsx'

interface ConfirmationProps {
  /** Where saying yes is sent. */
  readonly action: string
  /** The roster. */
  readonly back: string
}

interface PersonProps extends ConfirmationProps {
  readonly name: string
  /** Who is active takes a seat. */
  readonly holdsSeat: boolean
  /** What would end or pass on with them. */
  readonly entries: readonly DepartureEntry[]
}

export const ConfirmRemoval = ({ action, back, name, holdsSeat, entries }: PersonProps) => (
  <Confirm title={`Remove ${nameOf(name)}?`} action={action} verb="Remove" cancel={back}>
    <p>
      {holdsSeat
        ? 'Access ends at once, a seat becomes free, nothing else is deleted.'
        : 'Access stays ended, nothing else is deleted.'}{' '}
      <Name>{name}</Name> can be invited again at any time.
    </p>
    <DepartureList entries={entries} />
  </Confirm>
)

export const ConfirmSuspension = ({ action, back, name }: PersonProps) => (
  <Confirm title={`Suspend ${nameOf(name)}?`} action={action} verb="Suspend" cancel={back}>
    <p>
      Access ends at once and a seat becomes free. <Name>{name}</Name> keeps role and profile, and is back as soon as
      you reactivate them, which takes a seat again.
    </p>
  </Confirm>
)

interface RoleChangeProps extends ConfirmationProps {
  readonly name: string
  readonly role: { readonly key: string; readonly name: string }
  readonly entries: readonly DepartureEntry[]
}

/** Asked only where the new role ends something of what they created. */
export const ConfirmRoleChange = ({ action, back, name, role, entries }: RoleChangeProps) => (
  <Confirm title={`Change the role of ${nameOf(name)}?`} action={action} verb="Change role" cancel={back}>
    <p>
      <Name>{name}</Name> becomes <Name>{role.name}</Name>. That role does not allow some of what they created.
    </p>
    <input type="hidden" name="role" value={role.key} />
    <input type="hidden" name="confirmed" value="yes" />
    <DepartureList entries={entries} />
  </Confirm>
)

export const ConfirmCancellation = ({ action, back, email }: ConfirmationProps & { readonly email: string }) => (
  <Confirm title="Cancel this invitation?" action={action} verb="Cancel invitation" cancel={back} keep="Keep it">
    <p>
      The link that <strong>{email}</strong> was sent stops working at once, and a seat becomes free. They are not told.
    </p>
  </Confirm>
)
