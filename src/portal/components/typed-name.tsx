import { TextField } from './field.tsx'
import { Name } from './name.tsx'

interface TypedNameProps {
  /** The organization's. */
  readonly name: string
  readonly error: string | undefined
}

/** Asks for the organization's name before what cannot be taken back; `isTyped` looks at the answer. */
export const TypedName = ({ name, error }: TypedNameProps) => (
  <>
    <p>
      Type{' '}
      <strong>
        <Name>{name}</Name>
      </strong>{' '}
      to confirm.
    </p>
    <TextField id="name" label="Name" required error={error} />
  </>
)
