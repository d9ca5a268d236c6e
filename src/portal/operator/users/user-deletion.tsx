import type { User } from '../../../accounts/users.ts'
import type { StillOwner } from '../../../onboarding/delete-account.ts'
import { Alert } from '../../components/alert.tsx'
import { Confirm } from '../../components/confirm.tsx'
import { TextField } from '../../components/field.tsx'
import { Name } from '../../components/name.tsx'
import { USERS_PATH } from './users-page.tsx'

export interface DeletionRefusal {
  /** What was typed is not the address. */
  readonly mistyped?: boolean
  /** What would be without an owner. */
  readonly owned?: StillOwner['organizations']
}

interface UserDeletionProps extends DeletionRefusal {
  readonly user: User
}

export const UserDeletion = ({ user: { id, email }, mistyped = false, owned = [] }: UserDeletionProps) => (
  <Confirm
    title="Delete this account?"
    action={`${USERS_PATH}/${id}/delete`}
    verb="Delete the account"
    cancel={`${USERS_PATH}/${id}`}
  >
    {owned.length > 0 && (
      <Alert tone="bad" title="They are the last owner here">
        Make somebody else an owner, or delete it, first:{' '}
        {owned.map(({ id: organizationId, name }, index) => (
          <>
            {index > 0 && ', '}
            <a href={`/operator/organizations/${organizationId}`}>
              <Name>{name}</Name>
            </a>
          </>
        ))}
        .
      </Alert>
    )}
    <p>They leave every organization at once, and what is known of them is forgotten. This cannot be undone.</p>
    <TextField
      id="email"
      label={`Type ${email} to confirm`}
      error={mistyped ? 'This is not the address. Type it exactly as it stands above.' : null}
      required
    />
  </Confirm>
)
