import type { Organization } from '../../../membership/organization.ts'
import { Confirm } from '../../components/confirm.tsx'
import { titleName } from '../../components/name.tsx'
import { TypedName } from '../../components/typed-name.tsx'

interface DeletionProps {
  readonly organization: Organization
  readonly error: string | undefined
}

export const Deletion = ({ organization: { id, name }, error }: DeletionProps) => (
  <Confirm
    title={`Delete ${titleName(name)}?`}
    action={`/operator/organizations/${id}/delete`}
    verb="Delete it"
    cancel={`/operator/organizations/${id}`}
  >
    <p>
      Everybody loses access at once, invitations and API keys stop working. For 30 days it can be brought back here;
      after that it is gone for good.
    </p>
    <TypedName name={name} error={error} />
  </Confirm>
)
