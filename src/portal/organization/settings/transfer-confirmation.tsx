import type { Member } from '../../../membership/member.ts'
import { Confirm } from '../../components/confirm.tsx'
import { Name } from '../../components/name.tsx'
import { TypedName } from '../../components/typed-name.tsx'
import type { Workplace } from '../../workplace.ts'

interface TransferConfirmationProps {
  readonly workplace: Workplace
  readonly member: Member
  readonly mistyped: string | undefined
  readonly refusal: string | undefined
}

export const TransferConfirmation = ({ workplace, member, mistyped, refusal }: TransferConfirmationProps) => (
  <Confirm
    title="Transfer ownership?"
    action={`${workplace.path}/settings/transfer/${member.id}`}
    verb="Transfer ownership"
    cancel={`${workplace.path}/settings/transfer`}
    error={refusal}
  >
    <p>
      <Name>{member.profile.name ?? member.email}</Name> ({member.email}) becomes the owner and you become an admin.
      Only the new owner can give ownership back.
    </p>
    <TypedName name={workplace.name} error={mistyped} />
  </Confirm>
)
