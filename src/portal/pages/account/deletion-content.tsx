import type { StillOwner } from '../../../onboarding/delete-account.ts'
import { Alert } from '../../components/alert.tsx'
import { Confirm } from '../../components/confirm.tsx'
import { TextField } from '../../components/field.tsx'
import { Name } from '../../components/name.tsx'

interface DeletionContentProps {
  readonly email: string
  readonly error?: string
  /** What would be without an owner. */
  readonly owned?: StillOwner['organizations']
}

export const DeletionContent = ({ email, error, owned = [] }: DeletionContentProps) => (
  <Confirm title="Delete my account?" action="/account/delete" verb="Delete my account" cancel="/account">
    {owned.length > 0 && (
      <Alert tone="bad" title="You are the last owner here">
        Make somebody else an owner, or delete it, before you go:{' '}
        {owned.map(({ id, name }, index) => (
          <>
            {index > 0 && ', '}
            <a href={`/o/${id}`}>
              <Name>{name}</Name>
            </a>
          </>
        ))}
        .
      </Alert>
    )}
    <p>You leave every team at once, and what is known of you is forgotten. This cannot be undone.</p>
    <TextField id="email" label={`Type ${email} to go on`} error={error} required />
  </Confirm>
)
