import { Confirm } from '../../components/confirm.tsx'
import { titleName } from '../../components/name.tsx'
import { TypedName } from '../../components/typed-name.tsx'
import type { Workplace } from '../../workplace.ts'

interface DeletionProps {
  readonly workplace: Workplace
  readonly refusal: string | undefined
}

export const Deletion = ({ workplace, refusal }: DeletionProps) => (
  <Confirm
    title={`Delete ${titleName(workplace.name)}?`}
    action={`${workplace.path}/settings/delete`}
    verb="Delete it"
    cancel={`${workplace.path}/settings`}
  >
    <p>
      Everybody loses access at once, invitations and API keys stop working. For 30 days the operator can bring
      everything back; after that it is gone for good.
    </p>
    <TypedName name={workplace.name} error={refusal} />
  </Confirm>
)
