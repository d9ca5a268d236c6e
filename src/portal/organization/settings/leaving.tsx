import { Confirm } from '../../components/confirm.tsx'
import { Name, titleName } from '../../components/name.tsx'
import type { Workplace } from '../../workplace.ts'

interface LeavingProps {
  readonly workplace: Workplace
  readonly refusal: string | undefined
}

export const Leaving = ({ workplace, refusal }: LeavingProps) => (
  <Confirm
    title={`Leave ${titleName(workplace.name)}?`}
    action={`${workplace.path}/settings/leave`}
    verb="Leave"
    cancel={`${workplace.path}/settings`}
    error={refusal}
  >
    <p>
      Your access to <Name>{workplace.name}</Name> ends at once and your seat becomes free. Nothing else is deleted; to
      come back you have to be invited again.
    </p>
    {refusal !== undefined && workplace.may('owners:manage') && (
      <p>
        <a href={`${workplace.path}/settings/transfer`}>Transfer ownership</a> to somebody else, or delete it.
      </p>
    )}
  </Confirm>
)
