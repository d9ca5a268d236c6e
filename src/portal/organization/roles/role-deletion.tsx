import { DEFAULT_ROLE, type Role } from '../../../membership/roles.ts'
import { Confirm } from '../../components/confirm.tsx'
import { SelectField } from '../../components/field.tsx'
import { Name, titleName } from '../../components/name.tsx'
import type { Workplace } from '../../workplace.ts'

interface RoleDeletionProps {
  readonly workplace: Workplace
  readonly role: Role
  /** Which of them people can get instead. */
  readonly others: readonly Role[]
  readonly refusal: string | undefined
}

export const RoleDeletion = ({ workplace, role, others, refusal }: RoleDeletionProps) => (
  <Confirm
    title={`Delete the role ${titleName(role.name)}?`}
    action={`${workplace.path}/roles/${role.key}/delete`}
    verb="Delete role"
    cancel={`${workplace.path}/roles`}
    error={refusal}
  >
    <p>
      Whoever holds <Name>{role.name}</Name>, or is invited into it, gets the role that you choose here, with the next
      thing they do.
    </p>
    <SelectField
      id="reassign_to"
      label="Role they get instead"
      options={others.map(({ key, name }) => ({ value: key, name }))}
      value={DEFAULT_ROLE}
    />
  </Confirm>
)
