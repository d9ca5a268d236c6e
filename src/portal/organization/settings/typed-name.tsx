import { TextField } from '../../components/field.tsx'
import { Name } from '../../components/name.tsx'
import type { Workplace } from '../../workplace.ts'

interface TypedNameProps {
  readonly workplace: Workplace
  readonly error: string | undefined
}

/** Asks for the organization's name before what cannot be taken back; `isTyped` looks at the answer. */
export const TypedName = ({ workplace, error }: TypedNameProps) => (
  <>
    <p>
      Type{' '}
      <strong>
        <Name>{workplace.name}</Name>
      </strong>{' '}
      to confirm.
    </p>
    <TextField id="name" label="Name" required error={error} />
  </>
)
