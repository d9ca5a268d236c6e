import type { DepartureEntry } from '../../../membership/departure.ts'
import { Confirm } from '../../components/confirm.tsx'
import { Name, titleName } from '../../components/name.tsx'
import type { Workplace } from '../../workplace.ts'
import { OwnDepartureList } from '../members/departure-list.tsx'

interface LeavingProps {
  readonly workplace: Workplace
  readonly refusal: string | undefined
  /** What would end or pass on with them. */
  readonly entries: readonly DepartureEntry[]
}

export const Leaving = ({ workplace, refusal, entries }: LeavingProps) => (
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
    <OwnDepartureList entries={entries} />
    {refusal !== undefined && workplace.may('owners:manage') && (
      <p>
        <a href={`${workplace.path}/settings/transfer`}>Transfer ownership</a> to somebody else, or delete it.
      </p>
    )}
  </Confirm>
)
